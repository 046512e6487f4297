"""A plugin that is loaded before anything else: one thread for the trees, as in the serving processes.

OpenMP reads its settings when it is first loaded. On shared cores, its threads would wait for each other, and
spin while they do.
"""

import os

os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OMP_WAIT_POLICY"] = "PASSIVE"
