"""Lock files: held for the life of a process, for a step, or while a trigger is worked on.

The kernel drops the lock when the process ends, however it ends: nothing to clean up after a crash. A worker
that is slow, stopped or busy keeps its claim for as long as it lives, so no time-out can give one trigger to
two workers; one that was killed loses it at once, so nobody waits for a time-out either. The heart-beat of a
claim is therefore for people: it says how far the work is, and when that was said.
"""

import fcntl
import os
import weakref
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Self

from storage.errors import ServiceUnavailable


class AlreadyRunning(ServiceUnavailable):
    """Another process of this kind works on the same runtime folder."""

    title = "Already running"


@contextmanager
def only_process(lock: Path, kind: str) -> Iterator[None]:
    """Hold ``lock``, which makes this process the one of its ``kind``.

    Raises
    ------
    AlreadyRunning
        If another process holds it.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with _opened(lock) as descriptor:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunning(
                f"A {kind} already works in {lock.parent.parent}; stop it first, or leave the work to it."
            ) from error
        yield


@contextmanager
def exclusive(lock: Path) -> Iterator[None]:
    """Wait until no other process or thread is inside, then be inside; ends with the holder."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with _opened(lock) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield


@contextmanager
def in_turn(lock: Path) -> Iterator[None]:
    """Be inside like ``exclusive``; where no lock can be kept, as on a read-only disk, nobody waits."""
    with ExitStack() as stack:
        with suppress(OSError):
            fcntl.flock(stack.enter_context(_opened(lock)), fcntl.LOCK_EX)
        yield


@contextmanager
def _opened(lock: Path) -> Iterator[int]:
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


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
