"""Lock files: held for the life of a process, for a step, or while a trigger is worked on.

The kernel releases the lock when the process ends, however it ends, so nothing needs cleaning up after a
crash. A slow, stopped or busy worker keeps its claim as long as it lives, so no timeout can give one trigger
to two workers; a killed one loses it at once, so nobody waits for a timeout either. The heartbeat of a claim
is therefore only for people: it shows the progress and its time.
"""

import fcntl
import logging
import os
import signal
import socket
import threading
import weakref
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Self

from storage.errors import ServiceUnavailable

logger = logging.getLogger(__name__)

LONGEST_NOTE_BYTES = 500
DESCRIPTOR_VARIABLE = "HELD_LOCK_DESCRIPTOR"
"""Tells the program that a process becomes where its lock is."""
LOOK_SECONDS = 1.0
"""How long a removed lock file may go unnoticed."""


class AlreadyRunning(ServiceUnavailable):
    """Another process of this kind is using the same runtime folder."""

    title = "Already running"


class HeldLock:
    """The lock that makes this process the only one of its kind.

    A lock file that was removed, perhaps with its folder, keeps nobody out: the next process makes a new one.
    So whoever holds it for long takes it anew.
    """

    def __init__(self, path: Path, descriptor: int, kind: str) -> None:
        self._path = path
        self._descriptor = descriptor
        self._kind = kind
        self._released = threading.Event()

    def renew(self) -> None:
        """Take the lock's file anew if its name does not lead to the one that is held.

        Raises
        ------
        AlreadyRunning
            If another process has taken a new one meanwhile.
        OSError
            If it cannot be made.
        """
        if self._is_reachable():
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with _opened(self._path) as anew:
            _take(anew, self._path, self._kind)
            os.dup2(anew, self._descriptor, os.get_inheritable(self._descriptor))

    def is_kept(self) -> bool:
        """Renew the lock; return whether this is still the only process of its kind, and say if not."""
        try:
            self.renew()
        except AlreadyRunning as error:
            logger.error("The lock file was removed, and this process stops: %s", error)
            return False
        except OSError:
            return True  # nobody else can make it either
        return True

    def keep(self) -> None:
        """Renew the lock in a thread until it is released; stop this process if another has taken it."""
        threading.Thread(target=self._keep, name="lock", daemon=True).start()

    def hand_over(self) -> None:
        """Let the program that this process is about to become find the lock; see ``inherited``."""
        os.environ[DESCRIPTOR_VARIABLE] = str(self._descriptor)

    def release(self) -> None:
        """End ``keep``; whoever opened the file closes it."""
        self._released.set()

    def _keep(self) -> None:
        while not self._released.wait(LOOK_SECONDS):
            if not self.is_kept():
                os.kill(os.getpid(), signal.SIGTERM)
                return

    def _is_reachable(self) -> bool:
        try:
            return os.path.samestat(self._path.stat(), os.fstat(self._descriptor))
        except OSError:
            return False


@contextmanager
def only_process(lock: Path, kind: str) -> Iterator[HeldLock]:
    """Hold ``lock``, which makes this process the one of its ``kind``.

    Raises
    ------
    AlreadyRunning
        If another process holds it; the message names that process.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with _opened(lock) as descriptor:
        _take(descriptor, lock, kind)
        held = HeldLock(lock, descriptor, kind)
        try:
            yield held
        finally:
            held.release()


def only_process_or_exit(lock: Path, kind: str) -> HeldLock:
    """Hold ``lock`` until this process has ended, and what it forks or becomes by ``exec``.

    If another process holds it, or no lock can be made, this ends the process with one sentence.
    """
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
        _take(descriptor, lock, kind)
        os.set_inheritable(descriptor, True)
    except AlreadyRunning as error:
        raise SystemExit(str(error)) from error
    except OSError as error:
        raise SystemExit(
            f"{lock} cannot be written ({error.strerror}); fix its permissions, or set "
            "HOUSING_RUNTIME_DIRECTORY to another folder."
        ) from error
    return HeldLock(lock, descriptor, kind)


def inherited(lock: Path, kind: str) -> HeldLock | None:
    """Return the lock that this process took before it became another program; None without it."""
    descriptor = os.environ.pop(DESCRIPTOR_VARIABLE, None)
    return HeldLock(lock, int(descriptor), kind) if descriptor is not None else None


def _take(descriptor: int, lock: Path, kind: str) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(descriptor, LONGEST_NOTE_BYTES, 0).decode(errors="replace").strip()
        named = f" ({holder})" if holder else ""
        raise AlreadyRunning(
            f"{kind} is already running for {lock.parent.parent}{named}; stop it first, "
            "or set HOUSING_RUNTIME_DIRECTORY to another folder."
        ) from error
    with suppress(OSError):  # a full disk: the lock is held, only its note is missing
        note = f"process {os.getpid()} on {socket.gethostname()}"
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, note.encode(), 0)


@contextmanager
def exclusive(lock: Path) -> Iterator[None]:
    """Hold the lock exclusively, waiting for other processes and threads; released when the holder ends."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with _opened(lock) as descriptor:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield


@contextmanager
def in_turn(lock: Path) -> Iterator[None]:
    """Like ``exclusive``, but without waiting if no lock can be created, as on a read-only disk."""
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
        # A claim that is garbage-collected is released, as if its holder had died.
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
        """Release the lock and leave its file, as the kernel does when the holder dies."""
        self._close()

    def remove(self) -> None:
        """Release the lock and delete its file; only inside the folder's lock, when nobody can open it."""
        self._path.unlink(missing_ok=True)
        self._close()
