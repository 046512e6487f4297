"""Accepting connections from the socket that all workers share, in fair shares.

The event loop's own server takes every connection that waits, so one worker would get all of a client's pool
while the others have nothing to do.
"""

import asyncio
import logging
import socket
from collections.abc import Callable

logger = logging.getLogger(__name__)

COURTESY_SECONDS = 0.001
FULL_SECONDS = 0.5


class Acceptor:
    """Accepts one connection at a time; a worker with more than another lets that one go first.

    Parameters
    ----------
    listener
        Shared, not blocking.
    protocol
        Creates the protocol of a connection.
    has_fewest
        Whether no other worker has fewer connections.
    """

    def __init__(
        self,
        listener: socket.socket,
        protocol: Callable[[], asyncio.Protocol],
        has_fewest: Callable[[], bool],
    ) -> None:
        self._listener = listener
        self._protocol = protocol
        self._has_fewest = has_fewest
        self._loop = asyncio.get_running_loop()
        self._opening: set[asyncio.Task[object]] = set()
        self._later: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin to accept, in the running event loop."""
        self._loop.add_reader(self._listener.fileno(), self._arrived)

    def stop(self) -> None:
        """Accept nothing more; what waits is for the other workers."""
        self._loop.remove_reader(self._listener.fileno())
        if self._later is not None:
            self._later.cancel()

    def _arrived(self) -> None:
        if self._has_fewest():
            self._accept()
        else:
            self._pause(COURTESY_SECONDS, self._accept)

    def _accept(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return  # another worker has it, or the client gave up
        except OSError as error:
            logger.error("No connection can be accepted: %s.", error.strerror)
            self._pause(FULL_SECONDS)
            return
        connection.setblocking(False)
        opening = self._loop.create_task(
            self._loop.connect_accepted_socket(self._protocol, connection)
        )
        self._opening.add(opening)
        opening.add_done_callback(self._opened)

    def _opened(self, opening: asyncio.Task[object]) -> None:
        self._opening.discard(opening)
        if not opening.cancelled():
            opening.exception()  # a client that left at once is no error

    def _pause(self, seconds: float, then: Callable[[], None] | None = None) -> None:
        self._loop.remove_reader(self._listener.fileno())
        self._later = self._loop.call_later(seconds, self._go_on, then)

    def _go_on(self, then: Callable[[], None] | None) -> None:
        self.start()
        if then is not None:
            then()
