"""Which process works on a request: told by a lock that the kernel releases when the process ends."""

import os
import secrets
from pathlib import Path

from storage.process.atomic_files import make_folder
from storage.process.lock import ClaimLock, exclusive

SUFFIX = ".owner"


class Owner:
    """The present process among those that keep answers; its name is never used again.

    Raises
    ------
    OSError
        If its lock file cannot be made.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._name = f"{os.getpid()}-{secrets.token_hex(6)}"
        make_folder(folder)
        with exclusive(folder / "owners.lock"):
            self._remove_ended()
            self._lock = ClaimLock.take(self._path(self._name))

    @property
    def name(self) -> str:
        """Of this process, as its claims have it."""
        return self._name

    def lives(self, name: str) -> bool:
        """Whether the process with this name still runs; one that gave its work back has no name."""
        if name == self._name:
            return True
        if not name or not self._path(name).exists():
            return False
        lock = ClaimLock.take(self._path(name))
        if lock is None:
            return True
        lock.release()
        return False

    def close(self) -> None:
        """Give the name up, as the end of the process does."""
        if self._lock is not None:
            self._lock.remove()

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}{SUFFIX}"

    def _remove_ended(self) -> None:
        for path in self._folder.glob(f"*{SUFFIX}"):
            lock = ClaimLock.take(path)
            if lock is not None:
                lock.remove()
