"""Around every request: its id, its time, its metrics and its row in the log."""

import logging
import re
import time

from flask import Flask, Response, g, request

from backend.metrics import Metrics
from storage.errors import SpoolUnavailable
from storage.log_handler import current_request_id
from storage.schema.records import LONGEST_MESSAGE, RequestRecord, new_id
from storage.spool import Spool

logger = logging.getLogger(__name__)

REQUEST_ID_HEADER = "X-Request-ID"
REQUEST_ID_PATTERN = re.compile(r"[A-Za-z0-9._-]{1,128}")
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH")


def record_requests(app: Flask, spool: Spool, metrics: Metrics) -> None:
    """Give every request an id and record its answer."""

    @app.before_request
    def begin() -> None:
        g.started = time.perf_counter()
        sent = request.headers.get(REQUEST_ID_HEADER, "")
        g.request_id = sent if REQUEST_ID_PATTERN.fullmatch(sent) else new_id()
        current_request_id.set(g.request_id)

    @app.after_request
    def end(response: Response) -> Response:
        response.headers[REQUEST_ID_HEADER] = g.request_id
        record = _record(response)
        metrics.count_request(
            record.endpoint, record.method, record.status_code, record.response_time
        )
        try:
            spool.append([record])
        except SpoolUnavailable as error:
            # The predictions of this request are safe or were refused; its own row is lost, and counted.
            metrics.count_unlogged_request()
            logger.error("The request could not be recorded: %s", error)
        current_request_id.set(None)
        return response


def _record(response: Response) -> RequestRecord:
    message = g.get("error_message")
    return RequestRecord(
        endpoint=request.url_rule.rule if request.url_rule else "unmatched",
        method=request.method if request.method in METHODS else "OTHER",
        status_code=response.status_code,
        response_time=time.perf_counter() - g.started,
        success=response.status_code < 400,
        error_message=message[:LONGEST_MESSAGE] if message else None,
        request_id=g.request_id,
        model_version=g.get("model_version"),
    )
