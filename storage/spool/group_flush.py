"""Threads that wait for the disk share its flushes: one for all that arrived while the last one ran."""

import errno
import os
import threading
from collections import deque
from collections.abc import Callable

REMEMBERED_FAILURES = 100


class GroupFlush:
    """Flushes for everybody who waits.

    Parameters
    ----------
    flush
        Flushes all that was appended so far, and returns the position that it reached. If it raises OSError,
        what was not flushed before counts as lost.
    position
        Returns how much was appended so far, in bytes.
    """

    def __init__(self, flush: Callable[[], int], position: Callable[[], int]) -> None:
        self._flush = flush
        self._position = position
        self._state = threading.Condition()
        self._is_flushing = False
        self._flushed = 0
        self._lost: deque[tuple[int, int]] = deque(maxlen=REMEMBERED_FAILURES)

    def wait(self, position: int) -> None:
        """Return once everything up to ``position`` is on the disk.

        Raises
        ------
        OSError
            If it may not be.
        """
        with self._state:
            while self._is_flushing and not self._is_settled(position):
                self._state.wait()
            if self._is_settled(position):
                return
            self._is_flushing = True
        self._flush_all()

    def _is_settled(self, position: int) -> bool:
        # The kernel reports a failed flush once; the next one would seem to succeed for all who waited.
        if any(begin < position <= end for begin, end in self._lost):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return position <= self._flushed

    def _flush_all(self) -> None:
        reached = None
        try:
            reached = self._flush()
        finally:
            with self._state:
                if reached is None:
                    self._lost.append((self._flushed, self._position()))
                else:
                    self._flushed = reached
                self._is_flushing = False
                self._state.notify_all()
