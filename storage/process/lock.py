"""Lock files: held for the life of a process, so that one of a kind works on a runtime folder, or for a step.

The kernel drops the lock when the process ends, however it ends: nothing to clean up after a crash.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

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
