"""A connection that answers plain predictions while it parses them, without a task of the event loop."""

import asyncio
from collections.abc import Callable
from io import BytesIO
from typing import TYPE_CHECKING, Any

from uvicorn.config import Config
from uvicorn.server import ServerState

from backend.web.plain_forms import FORMS
from backend.web.prediction_shortcut import USED_HEADERS, PlainAnswer
from backend.workers.connection import Connection

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

TARGETS = {path.encode(): path for path in FORMS}
UNUSUAL_HEADERS = (b"expect", b"transfer-encoding", b"upgrade", b"idempotency-key")

AtOnce = Callable[["WSGIEnvironment"], PlainAnswer | None]


class PlainConnection(Connection):
    """Answers a plain prediction at once if all of it arrived in one piece; any other goes the usual way.

    A request is held back while it may be plain. If it turns out not to be, what was held is handed on, as if
    it had just been parsed.
    """

    def __init__(
        self,
        at_once: AtOnce | None,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._at_once = at_once
        self._held: list[bytes] | None = None

    def data_received(self, data: bytes) -> None:
        """Parse what arrived; do not wait for the rest of a plain request."""
        super().data_received(data)
        if self._held is not None and not self.transport.is_closing():
            self._hand_on()

    def on_headers_complete(self) -> None:
        """Hold a request back that may be plain."""
        if self._may_be_plain():
            self.end_head()
            self._held = []
        else:
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        if self._held is not None:
            self._held.append(body)
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Answer a plain request, or hand it on."""
        if self._held is not None and not self._answered(b"".join(self._held)):
            self._hand_on()
        if self._held is not None:
            self._held = None
        else:
            super().on_message_complete()

    def _may_be_plain(self) -> bool:
        return (
            self._at_once is not None
            and self.url in TARGETS
            and self.parser.get_method() == b"POST"
            and self.parser.get_http_version() == "1.1"
            and self.parser.should_keep_alive()
            and self._is_idle()
            and not self.flow.write_paused  # a client that does not read waits, as it does elsewhere
            and not any(name in UNUSUAL_HEADERS for name, _ in self.headers)
        )

    def _answered(self, body: bytes) -> bool:
        environ: WSGIEnvironment = {
            "PATH_INFO": TARGETS[self.url],
            "REQUEST_METHOD": "POST",
            "wsgi.input": BytesIO(body),
        }
        for name, value in self.headers:
            if (variable := USED_HEADERS.get(name)) is not None:
                if variable in environ:
                    return False
                environ[variable] = value.decode("latin-1")
        plain = self._at_once(environ) if self._at_once is not None else None
        if plain is None:
            return False
        self._send(plain)
        return True

    def _send(self, plain: PlainAnswer) -> None:
        headers = [*self.server_state.default_headers, *plain.headers]
        lines = [b"%b: %b\r\n" % header for header in headers]
        self.transport.write(b"".join([b"HTTP/1.1 200 OK\r\n", *lines, b"\r\n", plain.content]))
        self.on_response_complete()

    def _hand_on(self) -> None:
        parts, self._held = self._held or [], None
        super().on_headers_complete()
        for part in parts:
            super().on_body(part)
