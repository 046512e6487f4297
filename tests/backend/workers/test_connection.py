"""The limit of connections, over real sockets in one event loop."""

import asyncio
import socket

import pytest
from uvicorn.server import ServerState

from backend.workers import connection
from backend.workers.connection import Connection
from backend.workers.worker import configuration


async def _answer_nothing(_scope: object, _receive: object, _send: object) -> None:
    await asyncio.Event().wait()


def test_the_connection_that_waited_longest_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "MOST_CONNECTIONS", 2)
    assert asyncio.run(_who_is_left()) == ["working", "new"]


async def _who_is_left() -> list[str]:
    state, config = ServerState(), configuration(_answer_nothing)
    config.load()
    sent = {"working": b"GET / HTTP/1.1\r\nHost: test\r\n\r\n", "waiting": b"GET /", "new": b""}
    clients = {}
    for name, data in sent.items():
        ours, clients[name] = socket.socketpair()
        loop = asyncio.get_running_loop()
        await loop.connect_accepted_socket(lambda: Connection(config, state, {}), ours)
        clients[name].sendall(data)
        clients[name].setblocking(False)
        await asyncio.sleep(0.05)  # until the protocol has it
    left = [name for name, client in clients.items() if not _closed(client)]
    for task in state.tasks:
        task.cancel()
    for each in list(state.connections):
        each.transport.abort()
    await asyncio.sleep(0)
    for client in clients.values():
        client.close()
    return left


def _closed(client: socket.socket) -> bool:
    try:
        return client.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True
