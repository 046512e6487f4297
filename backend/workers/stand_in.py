"""What answers until the first worker has loaded its model: that the service lives, and how long it may take.

Compiling machine code takes a minute. Without a word meanwhile, that looks like an outage, and whoever
watches over the service might start it again for it.
"""

import asyncio
import socket
from collections.abc import Iterable
from typing import TYPE_CHECKING

from backend.contract.base import STARTING
from backend.contract.service import HealthResponse, alive
from backend.supervisor.states import supervised
from backend.web.problem_document import MEDIA_TYPE, problem_document
from backend.web.request_recorder import REQUEST_ID_HEADER, usable_request_id
from backend.workers.board import Board
from backend.workers.bodies import Bodies
from backend.workers.front import Front
from backend.workers.worker import WorkerServer
from storage.paths import RuntimePaths
from storage.schema.records import utc_now
from storage.settings import Settings
from training.kernels.machine_code import is_compiled

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

LIVE = "/health/live"
HEALTH = ("/health", "/health/ready")
SECONDS_TO_WAIT = 2
LOOK_SECONDS = 0.05
LOADING = "The service is starting: it loads its model, which takes some seconds."
COMPILING = (
    "The service is starting for the first time on this machine: it compiles machine code, which takes up to "
    "two minutes."
)


def stand_in(settings: Settings, listener: socket.socket, board: Board) -> None:
    """Answer in the workers' place until one of them works."""
    listener.setblocking(False)
    application = Starting(settings.paths, LOADING if is_compiled() else COMPILING)
    limit_bytes = settings.backend.request_limit_bytes
    bodies = Bodies(limit_bytes, settings.backend.body_timeout_seconds)
    StandInServer(Front(application, None, bodies, limit_bytes, 1), listener, board).run()


class StandInServer(WorkerServer):
    """The server of the process that stands in; it ends when a worker begins, or its parent ends."""

    def __init__(self, front: Front, listener: socket.socket, board: Board) -> None:
        super().__init__(front, listener, board, number=0)

    def _has_fewest(self) -> bool:
        if self._board.somebody_works():
            # What has just arrived is for them; not at once, as the acceptor is about to go on.
            asyncio.get_running_loop().call_soon(self._acceptor.stop)
            return False
        return True

    async def _look(self) -> None:
        while self._board.has_parent() and not self._board.somebody_works():
            self._close_slow(asyncio.get_running_loop().time())
            await asyncio.sleep(LOOK_SECONDS)
        self._acceptor.stop()
        self.should_exit = True


class Starting:
    """A WSGI application that says that the service is starting, whatever is asked."""

    def __init__(self, paths: RuntimePaths, sentence: str) -> None:
        self._paths = paths
        self._sentence = sentence

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request."""
        path = environ["PATH_INFO"]
        request_id = usable_request_id(environ.get("HTTP_X_REQUEST_ID", ""))
        status, kind = ("200 OK" if path == LIVE else "503 Service Unavailable"), "application/json"
        if path == LIVE:
            body = alive().model_dump_json().encode()
        elif path in HEALTH:
            body = self._health().model_dump_json().encode()
        else:
            body, kind = self._problem(request_id), MEDIA_TYPE
        headers = {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            REQUEST_ID_HEADER: request_id,
            "Connection": "close",  # the next request is for a worker
        }
        if path != LIVE:
            headers["Retry-After"] = str(SECONDS_TO_WAIT)
        start_response(status, list(headers.items()))
        return [body]

    def _health(self) -> HealthResponse:
        return HealthResponse(
            status="unhealthy",
            message=self._sentence,
            code=STARTING,
            # What a process printed is for those who may read, and no key is checked here.
            processes=supervised(self._paths.process_states, utc_now(), with_lines=False),
        )

    def _problem(self, request_id: str) -> bytes:
        return problem_document(503, "Service starting", self._sentence, request_id, code=STARTING)
