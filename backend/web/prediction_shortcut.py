"""One prediction without Flask, for requests that need nothing else from it, in each of the plain forms.

Flask's request handling costs more than the prediction itself. The shortcut gives the same answer, writes the
same rows (from one spool record instead of two) and updates the same metrics, but only for valid requests. If
there is a query string, a wrong key, another content type, an invalid input, no model or a full disk, it
passes the unchanged request on to Flask. So errors are reported in one place only.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from backend.contract.base import SOURCE_HEADER
from backend.contract.predictions import caller_of
from backend.serving.prediction_service import PredictionService
from backend.serving.stage_clock import APPEND, MODEL, PARSE, WRITE, StageClock
from backend.web.authorization import reading_role
from backend.web.key_ring import KeyRing
from backend.web.plain_forms import FORMS, Question
from backend.web.request_recorder import REQUEST_ID_HEADER, RequestRecorder, usable_request_id
from backend.web.traffic_source import allowed_source
from storage.errors import HousingError
from storage.schema.records import utc_now
from storage.schema.source import CLIENT, Source
from storage.settings import Settings
from storage.spool.lines import Answered

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

JSON = "application/json"
SOURCE_VARIABLE = f"HTTP_{SOURCE_HEADER.upper().replace('-', '_')}"
ENCODING = "HTTP_CONTENT_ENCODING"
IDEMPOTENCY_VARIABLE = "HTTP_IDEMPOTENCY_KEY"
ORIGIN = "HTTP_ORIGIN"
LENGTH_OF_JSON = "HTTP_INFERENCE_HEADER_CONTENT_LENGTH"
USED_HEADERS = {
    b"content-type": "CONTENT_TYPE",
    b"content-length": "CONTENT_LENGTH",
    b"content-encoding": ENCODING,
    b"host": "HTTP_HOST",
    b"origin": ORIGIN,
    b"authorization": "HTTP_AUTHORIZATION",
    b"x-request-id": "HTTP_X_REQUEST_ID",
    SOURCE_HEADER.lower().encode(): SOURCE_VARIABLE,
    b"inference-header-content-length": LENGTH_OF_JSON,
}
"""The headers that a plain answer depends on, as WSGI calls them: whoever makes an environ needs all."""
LONGEST_PLAIN_BYTES = 4096
"""Eight numbers are some 200 bytes. A longer body may take long, so it is for a thread."""


@dataclass(frozen=True, slots=True)
class PlainAnswer:
    """A 200: its headers and its body."""

    headers: list[tuple[bytes, bytes]]
    content: bytes


class PredictionShortcut:
    """A WSGI middleware; the application behind it answers whatever the shortcut does not."""

    def __init__(
        self,
        application: "WSGIApplication",
        keys: KeyRing,
        settings: Settings,
        predictions: PredictionService,
        recorder: RequestRecorder,
    ) -> None:
        self._application = application
        self._keys = keys
        self._hosts = settings.service_hosts
        self._needed = reading_role(settings)
        self._predictions = predictions
        self._recorder = recorder

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer a plain prediction request; pass any other on."""
        plain = self.answer(environ)
        if plain is None:
            return self._application(environ, start_response)
        headers = [(name.decode(), value.decode()) for name, value in plain.headers]
        start_response("200 OK", headers)
        return [plain.content]

    def answer(self, environ: "WSGIEnvironment") -> PlainAnswer | None:
        """Answer a plain prediction request; return None for any other, whose body can be read again."""
        clock = StageClock(time.perf_counter())
        form = FORMS.get(environ["PATH_INFO"])
        if form is None or not self._is_plain(environ):
            return None
        source = self._source(environ)
        question = form.read(_body(environ)) if source is not None else None
        if question is None or source is None:
            return None
        clock.end(PARSE)
        request_id = usable_request_id(environ.get("HTTP_X_REQUEST_ID", ""))
        content = self._logged_answer(form.template, question, source, request_id, clock)
        return None if content is None else PlainAnswer(_headers(content, request_id), content)

    def _is_plain(self, environ: "WSGIEnvironment") -> bool:
        return (
            environ["REQUEST_METHOD"] == "POST"
            and not environ.get("QUERY_STRING")
            and IDEMPOTENCY_VARIABLE not in environ
            and environ.get("CONTENT_TYPE") == JSON
            and ENCODING not in environ
            and ORIGIN not in environ
            and LENGTH_OF_JSON not in environ
            and self._hosts.has(environ.get("HTTP_HOST", ""))
            and environ.get("CONTENT_LENGTH", "").isdecimal()
            and int(environ["CONTENT_LENGTH"]) <= LONGEST_PLAIN_BYTES
        )

    def _source(self, environ: "WSGIEnvironment") -> Source | None:
        """Return whose request it is; None if it may not be asked, or not be said so."""
        said = environ.get(SOURCE_VARIABLE)
        try:
            held = self._keys.holder(environ.get("HTTP_AUTHORIZATION", "")).role
            if held < self._needed:
                return None
            return CLIENT if said is None else allowed_source(said, held)
        except HousingError:
            return None

    def _logged_answer(
        self,
        template: str,
        question: Question,
        source: Source,
        request_id: str,
        clock: StageClock,
    ) -> bytes | None:
        """Return the answer once it is logged; None if nothing was logged or counted."""
        try:
            features = question.features
            draft = self._predictions.draft(features, caller_of(features, source))
            clock.end(MODEL)
            content = question.written(draft)
            clock.end(WRITE)
            seconds, version, moment = clock.seconds, draft.model_version, utc_now()
            answered = Answered(template, "POST", 200, seconds, None, request_id, version, source)
            if self._predictions.waits_for_the_disk:
                # That is most of the time, so the request is recorded once it is over.
                self._predictions.log(draft, request_id)
            else:
                self._predictions.log_answered(draft, answered, moment)
        except Exception:  # noqa: BLE001  Flask will fail the same way, log it and answer
            return None
        clock.end(APPEND)
        if self._predictions.waits_for_the_disk:
            self._recorder.record(answered._replace(response_time=clock.seconds), clock)
        else:
            self._recorder.logged(answered, moment, clock)
        return content


def _headers(content: bytes, request_id: str) -> list[tuple[bytes, bytes]]:
    return [
        (b"Content-Type", JSON.encode()),
        (b"Content-Length", b"%d" % len(content)),
        (REQUEST_ID_HEADER.encode(), request_id.encode()),
    ]


def _body(environ: "WSGIEnvironment") -> bytes:
    """Return the body, which can be read again."""
    body: bytes = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    environ["wsgi.input"] = BytesIO(body)
    return body
