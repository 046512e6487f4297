"""A real ``python -m training``, once for all pytest processes and begun before any test waits for it."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.system import REPOSITORY, clean_environment

CANDIDATES = "linear_regression,hist_gradient_boosting"
FIXTURE = "trained_runtime"
GROUP = "xdist_group"
LONGEST_GROUPS = ("browser", "faults", "processes", "system")
"""The groups of tests that one process carries out alone, the longest first."""


class SharedTraining:
    """The training of one run of the suite: whoever comes first starts it, the others wait for it.

    The trainer itself holds the lock file, so that it is free as soon as it ends, however it ends.
    """

    def __init__(self, shared: Path) -> None:
        self.runtime = shared / FIXTURE
        self._lock = shared / f"{FIXTURE}.lock"
        self._log = shared / f"{FIXTURE}.log"
        self._trainer: subprocess.Popen[bytes] | None = None

    def begin(self) -> None:
        """Train in the background, unless somebody trains or has trained."""
        with self._lock.open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            if not self._is_trained():
                self._trainer = self._train(lock.fileno())

    def finished(self) -> Path:
        """Return the runtime folder, trained."""
        with self._held():
            pass
        if not self._is_trained():
            self.begin()
            with self._held():
                assert self._is_trained(), self._log.read_text()
        return self.runtime

    def end(self) -> None:
        """Stop what nobody waits for any more."""
        if self._trainer is not None:
            self._trainer.terminate()
            self._trainer.wait()

    def _is_trained(self) -> bool:
        return (self.runtime / "models" / "champion.json").exists()

    @contextmanager
    def _held(self) -> Iterator[None]:
        with self._lock.open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _train(self, lock: int) -> subprocess.Popen[bytes]:
        with self._log.open("wb") as output:
            return subprocess.Popen(
                [sys.executable, "-m", "training", "--candidates", CANDIDATES],
                cwd=REPOSITORY,
                env=clean_environment(HOUSING_RUNTIME_DIRECTORY=str(self.runtime)),
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=[lock],
            )


def shared_folder(factory: pytest.TempPathFactory) -> Path:
    """Return the folder that all pytest processes of this run have in common."""
    folder = factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


def wants_training(item: pytest.Item) -> bool:
    """Whether a test asks for the trained folder, by itself or through another fixture."""
    return FIXTURE in getattr(item, "fixturenames", ())


def start_order(items: list[pytest.Item]) -> list[pytest.Item]:
    """Return the tests in the order in which the pytest processes take them.

    First what needs no model, for about as long as the training takes; then the groups, so that none is left
    to one process at the end; and last single tests, which go to whoever is free.
    """
    return sorted(items, key=_rank)


def _rank(item: pytest.Item) -> int:
    if _is_quick(item):
        return 0
    group = _group(item)
    return 1 + (LONGEST_GROUPS.index(group) if group in LONGEST_GROUPS else len(LONGEST_GROUPS))


def _is_quick(item: pytest.Item) -> bool:
    room = item.path.relative_to(REPOSITORY).parts[:2]
    return room == ("tests", "storage") and not wants_training(item) and not _group(item)


def _group(item: pytest.Item) -> str:
    marker = item.get_closest_marker(GROUP)
    return str(marker.args[0]) if marker is not None else ""
