"""The limit of connections, and what the server itself answers, over real sockets in one event loop."""

import asyncio
import socket

import pytest
from uvicorn.server import ServerState

from backend.contract.base import ErrorResponse
from backend.workers import connection
from backend.workers.bodies import Bodies
from backend.workers.connection import Connection
from backend.workers.front import Front
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


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        (b"nonsense\r\n\r\n", 400, "not valid HTTP"),
        ("GET /\u00fc HTTP/1.1\r\nHost: test\r\n\r\n".encode(), 400, "percent-encoded"),
        (b"GET / HTTP/1.1\r\nCookie: " + b"a" * 70_000, 431, "larger than 64 KiB"),
        (b"GET / HTTP/1.1\r\nCookie: " + b"a" * 70_000 + b"\r\n\r\n", 431, "larger than 64 KiB"),
        (b"GET / HTTP/1.1\r\nHost: test\r\n\r\n", 500, "report the request id"),
    ],
)
def test_what_the_server_refuses_looks_like_any_other_error(
    sent: bytes, status: int, said: str
) -> None:
    head, body = asyncio.run(_answer(sent)).split(b"\r\n\r\n")
    first, *lines = head.decode().lower().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    problem = ErrorResponse.model_validate_json(body)
    assert f"http/1.1 {status} " in first
    assert headers["content-type"] == "application/problem+json"
    assert int(headers["content-length"]) == len(body)
    assert headers["x-frame-options"] == "deny"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-request-id"] == problem.instance
    assert problem.status == status
    assert said in problem.error


async def _answer(sent: bytes) -> bytes:
    """Send to a server whose application has a defect; return all that it answers."""
    front = Front(_fail, None, Bodies(1_000, 1.0), 1_000, 1)
    config, state = configuration(front), ServerState()
    config.load()
    state.default_headers = config.encoded_headers
    ours, client = socket.socketpair()
    client.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.connect_accepted_socket(lambda: Connection(config, state, {}), ours)
    await loop.sock_sendall(client, sent)
    answer = await loop.sock_recv(client, 65_536)
    for each in list(state.connections):
        each.transport.abort()
    await asyncio.sleep(0)
    client.close()
    return answer


def _fail(_environ: object, _start_response: object) -> list[bytes]:
    raise RuntimeError("a defect")


def _closed(client: socket.socket) -> bool:
    try:
        return client.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True
