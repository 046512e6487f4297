"""Request id, timing, metrics and log row of every request."""

import re
import time
from contextlib import suppress
from datetime import datetime

from flask import Flask, Response, g, request

from backend.metrics.metrics import Metrics
from backend.metrics.slowest_of_minute import SlowestOfMinute
from backend.serving.stage_clock import WRITE, StageClock
from storage.errors import SpoolUnavailable
from storage.schema.records import LONGEST_MESSAGE, StagesRecord, new_id, utc_now
from storage.schema.source import CLIENT
from storage.spool.lines import Answered, request_line
from storage.spool.log_handler import current_request_id
from storage.spool.spool import Spool

REQUEST_ID_HEADER = "X-Request-ID"
REQUEST_ID_PATTERN = re.compile(r"[A-Za-z0-9._-]{1,128}")
STAGED = ("endpoint", "method", "status_code", "request_id", "model_version", "source")
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")


class RequestRecorder:
    """Counts an answered request and writes its row."""

    def __init__(self, spool: Spool, metrics: Metrics) -> None:
        self._spool = spool
        self._metrics = metrics
        self._slowest = SlowestOfMinute()

    def logged(self, answered: Answered, moment: datetime, clock: StageClock) -> None:
        """Count one request whose row was written with its prediction; it took as long as its stages."""
        self._count(answered, clock.seconds)
        self._keep_stages(answered, moment, clock)

    def _count(self, answered: Answered, seconds: float) -> None:
        self._metrics.count_request(
            answered.endpoint, answered.method, answered.status_code, seconds
        )

    def record(self, answered: Answered, clock: StageClock) -> None:
        """Record one request; if the row cannot be written, the answer is still sent."""
        self._count(answered, answered.response_time)
        moment = utc_now()
        try:
            self._spool.append_lines(request_line(answered, moment), waits=False)
        except SpoolUnavailable:
            # The predictions of this request were logged or refused; only its own row is lost, and counted.
            self._metrics.count_unlogged_request()
        self._keep_stages(answered, moment, clock)

    def _keep_stages(self, answered: Answered, moment: datetime, clock: StageClock) -> None:
        if clock.has_logged and self._slowest.admits(
            answered.endpoint, answered.source, moment, clock.seconds
        ):
            fields = {name: getattr(answered, name) for name in STAGED}
            with suppress(SpoolUnavailable):  # its row says that it was, and how long it took
                self._spool.append(
                    [StagesRecord(timestamp=moment, stages=clock.stages(), **fields)], waits=False
                )


def usable_request_id(sent: str) -> str:
    """Return the id that a client sent, or a new one if it is not valid."""
    return sent if REQUEST_ID_PATTERN.fullmatch(sent) else new_id()


def record_requests(app: Flask, recorder: RequestRecorder) -> None:
    """Give every request an id and record its answer."""

    @app.before_request
    def begin() -> None:
        g.clock = StageClock(time.perf_counter())
        g.request_id = usable_request_id(request.headers.get(REQUEST_ID_HEADER, ""))
        current_request_id.set(g.request_id)

    @app.after_request
    def end(response: Response) -> Response:
        response.headers[REQUEST_ID_HEADER] = g.request_id
        g.clock.end(WRITE)
        recorder.record(_answered(response), g.clock)
        current_request_id.set(None)
        return response


def _answered(response: Response) -> Answered:
    message = g.get("error_message")
    return Answered(
        endpoint=request.url_rule.rule if request.url_rule else "unmatched",
        method=request.method if request.method in METHODS else "OTHER",
        status_code=response.status_code,
        response_time=g.clock.seconds,
        error_message=message[:LONGEST_MESSAGE] if message else None,
        request_id=g.request_id,
        model_version=g.get("model_version"),
        source=g.get("source", CLIENT),
    )
