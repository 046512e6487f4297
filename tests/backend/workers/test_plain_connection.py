"""Plain predictions answered while they are parsed, over a real socket in one event loop."""

import asyncio
import socket
from typing import TYPE_CHECKING

import pytest
from uvicorn.server import ServerState

from backend.web.prediction_shortcut import USED_HEADERS, PlainAnswer
from backend.workers.plain_connection import PlainConnection
from backend.workers.worker import configuration

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

PLAIN = b"POST /predict HTTP/1.1\r\nContent-Length: 2\r\nX-Request-ID: mine\r\n\r\n{}"
LARGE = 1024 * 1024


class Answers:
    """Answers at once with as many bytes as told; remembers what was asked, and what was passed on."""

    def __init__(self, size: int) -> None:
        self.environments: list[WSGIEnvironment] = []
        self.passed_on: list[str] = []
        self._content = b"x" * size

    def at_once(self, environ: "WSGIEnvironment") -> PlainAnswer | None:
        self.environments.append(environ)
        length = b"%d" % len(self._content)
        return PlainAnswer([(b"Content-Length", length)], self._content) if self._content else None

    async def application(self, scope: dict[str, object], _receive: object, _send: object) -> None:
        self.passed_on.append(str(scope["path"]))
        await asyncio.Event().wait()


async def _sent(answers: Answers, *pieces: bytes) -> bytes:
    state, config = ServerState(), configuration(answers.application)
    config.load()
    ours, client = socket.socketpair()
    client.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.connect_accepted_socket(
        lambda: PlainConnection(answers.at_once, config, state, {}), ours
    )
    for piece in pieces:
        await loop.sock_sendall(client, piece)
        await asyncio.sleep(0.05)  # until the protocol has it
    received = client.recv(65536) if answers.environments and not answers.passed_on else b""
    for task in state.tasks:
        task.cancel()
    for each in list(state.connections):
        each.transport.abort()
    await asyncio.sleep(0.01)
    client.close()
    return received


def test_a_request_in_one_piece_is_answered_at_once() -> None:
    answers = Answers(2)
    received = asyncio.run(_sent(answers, PLAIN + PLAIN))
    assert received.count(b"HTTP/1.1 200 OK\r\n") == received.count(b"\r\n\r\nxx") == 2
    assert answers.passed_on == []
    assert answers.environments[0]["HTTP_X_REQUEST_ID"] == "mine"
    assert answers.environments[0]["wsgi.input"].read() == b"{}"


def test_it_passes_on_every_header_that_an_answer_depends_on() -> None:
    answers = Answers(2)
    others = b"".join(b"%b: one\r\n" % name for name in USED_HEADERS if name != b"content-length")
    asyncio.run(
        _sent(answers, b"POST /predict HTTP/1.1\r\nContent-Length: 2\r\n" + others + b"\r\n{}")
    )
    (environ,) = answers.environments
    assert {environ[variable] for variable in USED_HEADERS.values()} == {"one", "2"}


@pytest.mark.parametrize(
    "pieces",
    [
        (PLAIN[:-1], b"}"),
        (PLAIN.replace(b": 2", b": 100000") + b" " * 80_000,),
        (PLAIN.replace(b"HTTP/1.1", b"HTTP/1.0"),),
        (PLAIN.replace(b"X-Request-ID", b"Expect"),),
        (PLAIN.replace(b"X-Request-ID: mine", b"Connection: close"),),
        (PLAIN.replace(b"/predict", b"/predict?explain=true"),),
        (PLAIN.replace(b"POST", b"PUT"),),
    ],
)
def test_any_other_request_goes_the_usual_way(pieces: tuple[bytes, ...]) -> None:
    answers = Answers(2)
    asyncio.run(_sent(answers, *pieces))
    assert answers.environments == []
    assert answers.passed_on == ["/predict"]


def test_a_request_that_is_not_answered_at_once_is_handed_on() -> None:
    answers = Answers(0)
    asyncio.run(_sent(answers, PLAIN))
    assert len(answers.environments) == 1
    assert answers.passed_on == ["/predict"]


def test_a_client_that_does_not_read_waits() -> None:
    answers = Answers(LARGE)
    asyncio.run(_sent(answers, PLAIN * 50))
    assert len(answers.environments) < 5
    assert answers.passed_on == ["/predict"]
