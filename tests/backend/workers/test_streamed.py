"""Answers that are made while they are sent: whole, cut short, slow to be read; over real sockets."""

import asyncio
import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from uvicorn.server import ServerState

from backend.web.row_file import STREAMED
from backend.workers.bodies import Bodies
from backend.workers.connection import Connection
from backend.workers.front import Front
from backend.workers.worker import configuration

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

REQUEST = b"GET /file HTTP/1.1\r\nHost: test\r\n\r\n"
END = b"\r\n0\r\n\r\n"
LARGE = b"#" * 300_000


class Application:
    """Answers with parts, and notes how many were made and whether it was told to stop."""

    def __init__(self, parts: int, *, fails: bool = False) -> None:
        self.parts, self.fails = parts, fails
        self.made = 0
        self.closed = False

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterator[bytes]:
        environ[STREAMED] = True
        start_response("200 OK", [("Content-Type", "text/csv")])
        return self._make()

    def _make(self) -> Iterator[bytes]:
        try:
            for _ in range(self.parts):
                self.made += 1
                yield LARGE
            if self.fails:
                raise RuntimeError("a defect")
        finally:
            self.closed = True


def test_all_parts_arrive_and_the_connection_stays_usable() -> None:
    application = Application(5)
    answer = asyncio.run(_served(application, _read_twice))
    assert answer.count(b"#") == 2 * 5 * len(LARGE)
    assert answer.count(b"HTTP/1.1 200 OK") == 2
    assert answer.endswith(END)
    assert application.closed


def test_a_failure_closes_before_the_end(caplog: pytest.LogCaptureFixture) -> None:
    application = Application(2, fails=True)
    answer = asyncio.run(_served(application, _read_all))
    assert answer.count(b"#") == 2 * len(LARGE)
    assert not answer.endswith(END)
    assert "ends before its end" in caplog.text


def test_a_client_that_does_not_read_keeps_no_thread_and_one_that_goes_away_ends_it() -> None:
    application = Application(100)
    asyncio.run(_served(application, _read_nothing))
    assert application.made < 20
    assert application.closed


async def _served(application: Application, act: Any) -> bytes:
    front = Front(application, None, Bodies(1_000, 1.0), 1_000, 1)
    config, state = configuration(front), ServerState()
    config.load()
    ours, client = socket.socketpair()
    client.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.connect_accepted_socket(lambda: Connection(config, state, {}), ours)
    await loop.sock_sendall(client, REQUEST)
    read: bytes = await act(client, front)
    client.close()
    async with asyncio.timeout(10):
        while not application.closed or state.tasks:
            await asyncio.sleep(0.01)
    for each in list(state.connections):
        each.transport.abort()
    await asyncio.sleep(0)
    return read


async def _read_all(client: socket.socket, _front: Front) -> bytes:
    loop, read = asyncio.get_running_loop(), b""
    async with asyncio.timeout(10):
        while part := await loop.sock_recv(client, 1_000_000):
            read += part
            if read.endswith(END):
                break
    return read


async def _read_twice(client: socket.socket, front: Front) -> bytes:
    read = await _read_all(client, front)
    await asyncio.get_running_loop().sock_sendall(client, REQUEST)
    return read + await _read_all(client, front)


async def _read_nothing(_client: socket.socket, front: Front) -> bytes:
    await asyncio.sleep(0.3)
    # The only thread is free for others meanwhile.
    await asyncio.wait_for(asyncio.get_running_loop().run_in_executor(front._threads, int), 5)
    return b""
