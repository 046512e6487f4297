"""Training of the model.

Not empty, because OpenMP reads its environment once, when scikit-learn is first imported: waiting threads
spin by default, and on a machine whose cores also serve, fitting took sixteen times as long.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
