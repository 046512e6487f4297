"""What stands before the WSGI application: a request gets a thread only once all of it has arrived.

The event loop reads heads and bodies and writes answers, so a slow client keeps nothing but its connection
waiting. A plain prediction is answered in the event loop itself, because handing it to a thread costs as much
as answering it; probes of the health have a thread of their own, so that they are answered while all others
are busy.
"""

import asyncio
import logging
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from backend.web.prediction_shortcut import PlainAnswer
from backend.web.problem_document import DEFECT, DEFECT_TITLE, MEDIA_TYPE, problem_document
from backend.web.refused_body import REFUSED_BODY
from backend.web.request_recorder import REQUEST_ID_HEADER
from backend.web.row_file import STREAMED
from backend.workers.bodies import Bodies, ClientGone, Receive, received
from backend.workers.connection import ARRIVED
from backend.workers.streamed import Send, send_parts
from storage.errors import HousingError
from storage.schema.records import new_id

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

logger = logging.getLogger(__name__)

HEALTH = "/health"
STUCK_SECONDS = 120.0
CLOSE = (b"connection", b"close")
CONSTANT_ENVIRONMENT: dict[str, Any] = {
    "SCRIPT_NAME": "",
    "wsgi.version": (1, 0),
    "wsgi.url_scheme": "http",
    "wsgi.errors": sys.stderr,
    "wsgi.input_terminated": True,
    "wsgi.multithread": True,
    "wsgi.multiprocess": True,
    "wsgi.run_once": False,
}

Headers = list[tuple[bytes, bytes]]
Answered = tuple[int, Headers, bytes | Iterable[bytes]]
"""Status, headers, and the content or the parts of which it is made while it is sent."""


class Front:
    """An ASGI application that answers through a WSGI application.

    Parameters
    ----------
    application
        Called in a thread, with the whole body.
    at_once
        Answers a request in the event loop, or returns None if it needs the application.
    threads
        How many requests the application may work on at once, besides one about its health.
    """

    def __init__(
        self,
        application: "WSGIApplication",
        at_once: "Callable[[WSGIEnvironment], PlainAnswer | None] | None",
        bodies: Bodies,
        limit_bytes: int,
        threads: int,
    ) -> None:
        self._application = application
        self.at_once = at_once
        self._bodies = bodies
        self._limit_bytes = limit_bytes
        self._threads = ThreadPoolExecutor(threads, "request")
        self._health_thread = ThreadPoolExecutor(1, "health")
        self._probe: Future[None] | None = None
        self._probed = 0.0

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request; see the ASGI specification."""
        environ = environment(scope)
        try:
            closes = await self._read_body(environ, receive, ARRIVED in scope)
        except ClientGone:
            return
        try:
            status, headers, content = await self._answer(environ)
        except Exception:
            # The application answers its own defects: this one is before or behind it.
            logger.exception("Unexpected error: the request failed because of a bug.")
            status, headers, content = defect_answer()
        if closes:
            headers = [*headers, CLOSE]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        if isinstance(content, bytes):
            await send({"type": "http.response.body", "body": content})
        else:
            await send_parts(content, self._threads, receive, send)

    def works(self) -> bool:
        """Whether the threads take on work; False if none was free for two minutes."""
        if self._probe is None or self._probe.done():
            self._probe, self._probed = self._threads.submit(_nothing), time.monotonic()
        return time.monotonic() - self._probed < STUCK_SECONDS

    async def _read_body(self, environ: "WSGIEnvironment", receive: Receive, arrived: bool) -> bool:
        """Put the body into the environment; return whether the connection must close after the answer."""
        environ["wsgi.input"] = BytesIO()
        length = int(environ.get("CONTENT_LENGTH", 0))
        if length > self._limit_bytes or "HTTP_TRANSFER_ENCODING" in environ:
            return True  # refused without a look at the body
        if length and arrived:
            environ["wsgi.input"] = await received(receive)
        elif length:
            try:
                environ["wsgi.input"] = await self._bodies.read(receive, length)
            except HousingError as error:
                environ[REFUSED_BODY] = error
                return True
        return False

    async def _answer(self, environ: "WSGIEnvironment") -> Answered:
        if self.at_once is not None and REFUSED_BODY not in environ:
            plain = self.at_once(environ)
            if plain is not None:
                return 200, plain.headers, plain.content
        about_health = environ["PATH_INFO"].startswith(HEALTH)
        threads = self._health_thread if about_health else self._threads
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(threads, _call, self._application, environ)


def defect_answer() -> tuple[int, Headers, bytes]:
    """Return the answer where the application cannot give one."""
    request_id = new_id()
    headers = [
        (b"Content-Type", MEDIA_TYPE.encode()),
        (REQUEST_ID_HEADER.encode(), request_id.encode()),
    ]
    body = problem_document(500, DEFECT_TITLE, DEFECT, request_id)
    return 500, [*headers, (b"Content-Length", b"%d" % len(body))], body


def environment(scope: dict[str, Any]) -> "WSGIEnvironment":
    """Return the WSGI environment of a request, without its body (PEP 3333)."""
    path: bytes = scope["raw_path"]
    (server, port), client = scope["server"], scope["client"]
    environ = CONSTANT_ENVIRONMENT | {
        "REQUEST_METHOD": scope["method"],
        "PATH_INFO": (unquote_to_bytes(path) if b"%" in path else path).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": server,
        "SERVER_PORT": str(port),
        "REMOTE_ADDR": client[0] if client else "",
    }
    for name, value in scope["headers"]:
        if b"_" in name:
            continue  # X_Request_ID would pass for X-Request-ID
        variable, text = _variable(name), value.decode("latin-1")
        environ[variable] = f"{environ[variable]},{text}" if variable in environ else text
    return environ


@lru_cache(maxsize=256)
def _variable(header: bytes) -> str:
    name = header.decode("latin-1").upper().replace("-", "_")
    return name if name in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{name}"


def _call(application: "WSGIApplication", environ: "WSGIEnvironment") -> Answered:
    started: list[tuple[int, Headers]] = []

    def start_response(status: str, headers: list[tuple[str, str]], _: Any = None) -> Any:
        encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        started[:] = [(int(status.partition(" ")[0]), encoded)]

    parts = application(environ, start_response)
    if environ.get(STREAMED):
        return *started[0], parts
    try:
        content = b"".join(parts)
    finally:
        if hasattr(parts, "close"):
            parts.close()
    return *started[0], content


def _nothing() -> None:
    """Show that a thread is free."""
