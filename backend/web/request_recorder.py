"""Request id, timing, metrics and log row of every request."""

import re
import time

from flask import Flask, Response, g, request

from backend.metrics.metrics import Metrics
from storage.errors import SpoolUnavailable
from storage.schema.records import LONGEST_MESSAGE, new_id, utc_now
from storage.schema.source import CLIENT
from storage.spool.lines import Answered, request_line
from storage.spool.log_handler import current_request_id
from storage.spool.spool import Spool

REQUEST_ID_HEADER = "X-Request-ID"
REQUEST_ID_PATTERN = re.compile(r"[A-Za-z0-9._-]{1,128}")
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")


class RequestRecorder:
    """Counts an answered request and writes its row."""

    def __init__(self, spool: Spool, metrics: Metrics) -> None:
        self._spool = spool
        self._metrics = metrics

    def count(self, answered: Answered) -> None:
        """Count one request whose row is written with its prediction."""
        self._metrics.count_request(
            answered.endpoint, answered.method, answered.status_code, answered.response_time
        )

    def record(self, answered: Answered) -> None:
        """Record one request; if the row cannot be written, the answer is still sent."""
        self.count(answered)
        try:
            self._spool.append_lines(request_line(answered, utc_now()), waits=False)
        except SpoolUnavailable:
            # The predictions of this request were logged or refused; only its own row is lost, and counted.
            self._metrics.count_unlogged_request()


def usable_request_id(sent: str) -> str:
    """Return the id that a client sent, or a new one if it is not valid."""
    return sent if REQUEST_ID_PATTERN.fullmatch(sent) else new_id()


def record_requests(app: Flask, recorder: RequestRecorder) -> None:
    """Give every request an id and record its answer."""

    @app.before_request
    def begin() -> None:
        g.started = time.perf_counter()
        g.request_id = usable_request_id(request.headers.get(REQUEST_ID_HEADER, ""))
        current_request_id.set(g.request_id)

    @app.after_request
    def end(response: Response) -> Response:
        response.headers[REQUEST_ID_HEADER] = g.request_id
        recorder.record(_answered(response))
        current_request_id.set(None)
        return response


def _answered(response: Response) -> Answered:
    message = g.get("error_message")
    return Answered(
        endpoint=request.url_rule.rule if request.url_rule else "unmatched",
        method=request.method if request.method in METHODS else "OTHER",
        status_code=response.status_code,
        response_time=time.perf_counter() - g.started,
        error_message=message[:LONGEST_MESSAGE] if message else None,
        request_id=g.request_id,
        model_version=g.get("model_version"),
        source=g.get("source", CLIENT),
    )
