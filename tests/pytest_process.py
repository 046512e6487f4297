"""A plugin that is loaded before anything else: what each pytest process, and what it starts, runs with."""

import gc
import os
import signal
import sys

import pytest

# One thread for the trees, as in the serving processes. OpenMP reads this when it is first loaded. On shared
# cores, its threads would wait for each other, and spin while they do.
os.environ["OMP_NUM_THREADS"] = "1"
os.environ["OMP_WAIT_POLICY"] = "PASSIVE"

# Without kept bytecode, each of some two hundred processes would compile the project anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# A suite in the background inherits deaf ears for these, and so would every process that it starts.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)

# Importing and collecting the tests makes a million objects and hardly any garbage.
gc.disable()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run choose on which screens the browser tests do what operators do."""
    parser.addoption(
        "--every-screen",
        action="store_true",
        help="browser tests: each on every screen (laptop and tablet, by day and by night), not on one",
    )


def pytest_collection_finish(session: pytest.Session) -> None:
    """Collect garbage from here on, but never look again at what was imported."""
    gc.collect()
    gc.freeze()
    gc.enable()
