"""Who works on a trigger: a kernel lock that goes with its holder, however the holder ends.

A worker that is slow, stopped or busy keeps its claim for as long as it lives, so no time-out can give one
trigger to two workers; one that was killed loses it at once, so nobody waits for a time-out either. The
heart-beat is therefore for people: it says how far the work is, and when that was said.
"""

import fcntl
import os
import weakref
from pathlib import Path
from typing import Self


class ClaimLock:
    """The lock file of one trigger, held."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        # A claim that its holder forgets is let go of, as one whose holder died.
        self._close = weakref.finalize(self, os.close, descriptor)

    @classmethod
    def take(cls, path: Path) -> Self | None:
        """Take the lock, or return None while another holds it."""
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        return cls(path, descriptor)

    def release(self) -> None:
        """Let go of the lock and leave its file, as the kernel does when the holder dies."""
        self._close()

    def remove(self) -> None:
        """Let go of the lock for good. Only inside the lock of the folder: nobody may be opening the file."""
        self._path.unlink(missing_ok=True)
        self._close()
