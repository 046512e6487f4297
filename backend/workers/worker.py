"""What one worker process does: serve the application until it is told to stop."""

import asyncio
import socket
from collections.abc import Callable
from functools import partial

from uvicorn import Config, Server

from backend.contract.security_headers import SECURITY_HEADERS
from backend.workers.acceptor import Acceptor
from backend.workers.board import Board
from backend.workers.connection import Connection
from backend.workers.front import Front
from backend.workers.plain_connection import PlainConnection

KEEP_ALIVE_SECONDS = 60
STOP_SECONDS = 4
LOOK_SECONDS = 1.0


class WorkerServer(Server):
    """uvicorn in a worker process: once a second it shows that it works, and closes what is too slow.

    Parameters
    ----------
    listener
        The socket that the workers share.
    number
        Of this worker on the board.
    """

    def __init__(self, front: Front, listener: socket.socket, board: Board, number: int) -> None:
        super().__init__(configuration(front))
        self._front = front
        self._listener = listener
        self._board = board
        self._number = number

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to accept connections."""
        await super().startup([])
        protocol = partial(PlainConnection, self._front.at_once, self.config, self.server_state, {})
        self._acceptor = Acceptor(self._listener, protocol, self._has_fewest)
        self._acceptor.start()
        self._watch = asyncio.create_task(self._look())

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept nothing more, and finish what has begun."""
        self._acceptor.stop()
        await super().shutdown([])

    def _has_fewest(self) -> bool:
        connections = len(self.server_state.connections)
        self._board.beat(self._number, connections)
        return connections <= self._board.fewest_connections()

    async def _look(self) -> None:
        while True:
            if self._front.works():
                self._board.beat(self._number, len(self.server_state.connections))
            if not self._board.has_parent():
                self.should_exit = True  # nobody would start, watch or stop this process
            self._close_slow(asyncio.get_running_loop().time())
            await asyncio.sleep(LOOK_SECONDS)

    def _close_slow(self, now: float) -> None:
        for connection in list(self.server_state.connections):
            if isinstance(connection, Connection):
                connection.check(now)


def configuration(application: Callable[..., object]) -> Config:
    """Return uvicorn's settings."""
    return Config(
        application,
        http=Connection,
        loop="uvloop",
        ws="none",
        lifespan="off",
        interface="asgi3",
        log_config=None,
        log_level="error",
        access_log=False,
        server_header=False,
        headers=SECURITY_HEADERS,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
    )
