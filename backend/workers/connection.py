"""One connection of a client, with an end to everything that the client can be slow in.

uvicorn parses and answers; it has no time limit for a request's head or for a client that does not read, and
none for the number of connections. Bodies have theirs in ``backend.workers.bodies``.
"""

import asyncio
from collections.abc import Iterable
from http import HTTPStatus
from itertools import chain
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from backend.web.problem_document import MEDIA_TYPE, problem_document
from backend.web.request_recorder import REQUEST_ID_HEADER
from backend.workers.one_write import OneWrite
from storage.schema.records import new_id

HEAD_SECONDS = 10.0
HEAD_BYTES = 64 * 1024
READING_SECONDS = 60.0
MOST_CONNECTIONS = 2_000
ARRIVED = "housing.arrived"
"""In the scope of a request that has arrived with all of its body."""
TOO_LARGE = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
SENTENCES = {
    HTTPStatus.BAD_REQUEST: "This is not valid HTTP; check the first line, whose address must be "
    "percent-encoded, and the headers.",
    TOO_LARGE: f"Address and headers are larger than {HEAD_BYTES // 1024} KiB; send less.",
}


class Connection(HttpToolsProtocol):
    """Closes itself when ``check`` finds that the client took too long.

    A request's first line and headers must be complete within 10 s of its first byte, or of the connection,
    and within 64 KiB. An answer, or each part of one that is made while it is sent, must be read within a
    minute. Beyond 2,000 connections in a worker, the one that has kept the worker waiting longest is closed
    for each new one.
    """

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._head_bytes = 0
        self._in_head = True
        self._unread_since: float | None = None
        self._writes = 0
        self._limited = self.loop.time()
        """Since when a limit counts: the connection or the first byte of the request."""

    # asyncio's signature has the base of all transports; a server's connections have this one.
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin; see ``asyncio.Protocol``."""
        self._one_write = OneWrite(transport)
        super().connection_made(self._one_write)  # type: ignore[arg-type]  # one in all but name
        if len(self.connections) > MOST_CONNECTIONS:
            drop_longest_waiting(self.connections)

    def data_received(self, data: bytes) -> None:
        """Parse what arrived; refuse a head that is too large."""
        if self._is_idle() and not self._in_head:
            self._begin_head()  # even if it is no more than an empty line
        super().data_received(data)
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES and not self.transport.is_closing():
                self._refuse(TOO_LARGE)

    def on_message_begin(self) -> None:
        """Begin a request."""
        self._begin_head()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Let the application begin."""
        self.end_head()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Note that all of the request has arrived, mostly before the application begins."""
        if not self.cycle.response_complete:
            self.cycle.scope[ARRIVED] = True  # type: ignore[literal-required]
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Begin to wait until the client has read the answer."""
        self._one_write.flush()
        self._unread_since = None
        self._limited = self.loop.time()
        super().on_response_complete()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is not HTTP; a head that is too large comes here too."""
        self._refuse(TOO_LARGE if self._head_bytes > HEAD_BYTES else HTTPStatus.BAD_REQUEST)

    def check(self, now: float) -> None:
        """Close the connection if the client is too slow; ``now`` is the event loop's time."""
        if self._in_head and now - self._limited > HEAD_SECONDS:
            self.transport.abort()
        elif not self.transport.get_write_buffer_size():
            self._unread_since = None
        elif self._unread_since is None or self._writes != self._one_write.writes:
            # The next part of an answer is only sent once most of the one before was read.
            self._unread_since, self._writes = now, self._one_write.writes
        elif now - self._unread_since > READING_SECONDS:
            self.transport.abort()

    def waiting_since(self) -> float | None:
        """Return since when it waits for the client; None while the application works."""
        complete = self.cycle is not None and not self.cycle.more_body
        return None if complete and not self._is_idle() else self._limited

    def end_head(self) -> None:
        """Note that the head has arrived; refuse one that is too large."""
        self._head_bytes = len(self.url) + sum(map(len, chain(*self.headers)))
        if self._head_bytes > HEAD_BYTES:
            raise ValueError("the head is too large")  # answered by ``send_400_response``
        self._in_head = False

    def _begin_head(self) -> None:
        self._in_head, self._head_bytes, self._limited = True, 0, self.loop.time()

    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _refuse(self, status: HTTPStatus) -> None:
        # No request has begun that the application could answer; its client gets what it would send.
        request_id = new_id()
        headers = [
            *self.server_state.default_headers,
            (b"content-type", MEDIA_TYPE.encode()),
            (REQUEST_ID_HEADER.encode(), request_id.encode()),
            (b"connection", b"close"),
        ]
        body = problem_document(status, status.phrase, SENTENCES[status], request_id)
        self.transport.write(answer_bytes(status, headers, body))
        self.transport.close()


def answer_bytes(status: HTTPStatus, headers: Iterable[tuple[bytes, bytes]], body: bytes) -> bytes:
    """Return an answer as it is sent."""
    lines = [
        b"HTTP/1.1 %d %b" % (status, status.phrase.encode()),
        *(b"%b: %b" % header for header in headers),
        b"content-length: %d" % len(body),
    ]
    return b"\r\n".join([*lines, b"", body])


def drop_longest_waiting(connections: Iterable[object]) -> None:
    """Close the connection that has kept the worker waiting longest, if any does."""
    waiting = [
        (since, number, each)
        for number, each in enumerate(connections)
        if isinstance(each, Connection) and (since := each.waiting_since()) is not None
    ]
    if waiting:
        min(waiting)[2].transport.abort()
