"""What the workers show each other and their parent: a few numbers in memory that they share."""

import mmap
import os
import struct
import time

SLOT = struct.Struct("dq")
NEVER = 0.0
COUNTLESS = 1 << 62
"""Connections of a worker that accepts none: each of the others has fewer."""


class Board:
    """The last heartbeat and the number of connections of each worker; times are ``time.monotonic()``.

    Created before the workers are forked. A worker writes only its own slot, so nothing stays locked when it
    dies, and a number that is a moment old does no harm.
    """

    def __init__(self, workers: int) -> None:
        self._parent = os.getpid()
        self._workers = range(workers)
        self._memory = mmap.mmap(-1, SLOT.size * workers)

    def has_parent(self) -> bool:
        """Whether the parent of this process is still the one that created the board."""
        return os.getppid() == self._parent

    def forget(self, worker: int) -> None:
        """Begin anew, before a worker is started."""
        SLOT.pack_into(self._memory, SLOT.size * worker, NEVER, COUNTLESS)

    def beat(self, worker: int, connections: int) -> None:
        """Show that this worker works, and how many connections it has."""
        SLOT.pack_into(self._memory, SLOT.size * worker, time.monotonic(), connections)

    def last(self, worker: int) -> float | None:
        """Return the time of the last heartbeat; None while the worker is still starting."""
        moment = self._slot(worker)[0]
        return None if moment == NEVER else moment

    def somebody_works(self) -> bool:
        """Whether a worker has shown that it works."""
        return any(self.last(worker) is not None for worker in self._workers)

    def fewest_connections(self) -> int:
        """Return the smallest number of connections that a worker has."""
        return min(self._slot(worker)[1] for worker in self._workers)

    def _slot(self, worker: int) -> tuple[float, int]:
        moment, connections = SLOT.unpack_from(self._memory, SLOT.size * worker)
        return float(moment), int(connections)
