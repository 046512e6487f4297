"""Reading recorded data back."""

import time

from backend.contract.database import DatabaseStatisticsResponse
from backend.contract.feedback import FeedbackResponse
from backend.contract.predictions import (
    EXAMPLE,
    PredictionResponse,
)
from backend.contract.records import (
    LoggedPredictionResponse,
    LogsResponse,
    MetadataResponse,
    ModelMetricsResponse,
    PredictionsResponse,
    RequestsResponse,
)
from backend.contract.stored.counts import CountsResponse
from backend.contract.stored.one_request import OneRequestResponse
from backend.contract.stored.traffic import SlowestResponse, SummaryResponse
from backend.demo_api.walk import Connection, Off, Step, demand

LOG_SECONDS = 10.0
"""Longest time until a prediction can be read back."""


def read_back(connection: Connection) -> str:
    """GET /predictions/<prediction_id>"""
    asked = connection.post(PredictionResponse, "/predict", EXAMPLE)
    connection.refused("GET", "/predictions/none", 404)
    deadline = time.monotonic() + LOG_SECONDS
    while True:
        try:
            path = f"/predictions/{asked.prediction_id}"
            logged = connection.get(LoggedPredictionResponse, path).prediction
            break
        except Off:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
    demand(logged.prediction == asked.prediction, f"{logged.prediction} was logged")
    return "the logged value equals the answer"


def feedback(connection: Connection) -> str:
    """POST /feedback"""
    asked = connection.post(PredictionResponse, "/predict", EXAMPLE)
    body = {"items": [{"prediction_id": asked.prediction_id, "actual": 4.526}]}
    first = connection.post(FeedbackResponse, "/feedback", body)
    demand(first.accepted == 1, f"{first.accepted} accepted")
    again = connection.post(FeedbackResponse, "/feedback", body)
    demand(again.duplicate == [asked.prediction_id], "the duplicate is not reported")
    connection.refused("POST", "/feedback", 400, {"items": []})
    return "the actual value is stored once"


def predictions(connection: Connection) -> str:
    """GET /predictions"""
    answer = connection.get(PredictionsResponse, "/predictions?limit=2")
    demand(answer.total == len(answer.predictions) <= 2, "total differs from the rows returned")
    connection.refused("GET", "/predictions?limit=0", 400)
    return f"{answer.total} rows, another page: {'yes' if answer.next_page_token else 'no'}"


def metadata(connection: Connection) -> str:
    """GET /predictions/metadata"""
    answer = connection.get(MetadataResponse, "/predictions/metadata?limit=3")
    kept = [count for count in answer.names for value in count.values if value.predictions]
    demand(bool(kept) == bool(answer.counted), f"{answer.counted} were counted")
    demand(all(len(count.values) <= 3 for count in answer.names), "more values than were asked for")
    connection.refused("GET", "/predictions?metadata.1st=web", 400)
    names = ", ".join(count.name for count in answer.names)
    return f"{answer.counted} predictions have some: {names or 'none'}"


def logs(connection: Connection) -> str:
    """GET /logs"""
    answer = connection.get(LogsResponse, "/logs?level=INFO&limit=5")
    demand(all(line.level == "INFO" for line in answer.logs), "a line has the wrong level")
    connection.refused("GET", "/logs?level=LOUD", 400)
    return f"{answer.total} lines"


def log_counts(connection: Connection) -> str:
    """GET /logs/counts"""
    return _counted(connection, "/logs/counts?level=INFO")


def request_counts(connection: Connection) -> str:
    """GET /metrics/api/counts"""
    return _counted(connection, "/metrics/api/counts?endpoint=/predict")


def prediction_counts(connection: Connection) -> str:
    """GET /predictions/counts"""
    return _counted(connection, "/predictions/counts?sources=client,console")


def _counted(connection: Connection, path: str) -> str:
    answer = connection.get(CountsResponse, path)
    drawn = sum(rows for step in answer.steps for rows in step.counts.values())
    demand(drawn == answer.rows, "the steps do not add up to the rows")
    connection.refused("GET", f"{path}&since=yesterday", 400)
    return f"{answer.rows:,} rows in {len(answer.steps)} steps"


def export_lines(connection: Connection) -> str:
    """GET /logs/export"""
    return _exported(connection, "/logs/export", "level")


def export_requests(connection: Connection) -> str:
    """GET /metrics/api/export"""
    return _exported(connection, "/metrics/api/export", "endpoint")


def export_predictions(connection: Connection) -> str:
    """GET /predictions/export"""
    return _exported(connection, "/predictions/export", "prediction_id")


def _exported(connection: Connection, path: str, column: str) -> str:
    names, *rows = connection.raw("GET", f"{path}?limit=3").text.splitlines()
    demand(column in names.split(","), f"the file has no column {column}")
    connection.refused("GET", f"{path}?format=xml", 400)
    return f"{len(rows)} lines with {names.count(',') + 1} columns"


def one_request(connection: Connection) -> str:
    """GET /requests/<request_id>"""
    path = "/metrics/api?endpoint=/predict&status=200&limit=1"
    newest = connection.get(RequestsResponse, path).metrics
    connection.refused("GET", "/requests/none", 404)
    if not newest:
        return "no prediction was stored yet"
    found = connection.get(OneRequestResponse, f"/requests/{newest[0].request_id}")
    demand(len(found.predictions) > 0, "a request to predict has no prediction")
    return f"{len(found.predictions)} prediction, {len(found.logs)} log lines"


def api_metrics(connection: Connection) -> str:
    """GET /metrics/api"""
    answer = connection.get(RequestsResponse, "/metrics/api?endpoint=/predict&status=400&limit=5")
    demand(all(row.status_code == 400 for row in answer.metrics), "a request has the wrong status")
    connection.refused("GET", "/metrics/api?since=yesterday", 400)
    return f"{answer.total} refused predictions"


def summary(connection: Connection) -> str:
    """GET /metrics/api/summary"""
    answer = connection.get(SummaryResponse, "/metrics/api/summary?window=10m&step=1m")
    counted = sum(step.requests for step in answer.series)
    demand(counted == answer.totals.requests, "the steps do not add up to the total")
    connection.refused("GET", "/metrics/api/summary?window=soon", 400)
    return f"{counted:,} requests in ten minutes"


def slowest(connection: Connection) -> str:
    """GET /metrics/api/slowest"""
    answer = connection.get(SlowestResponse, "/metrics/api/slowest?window=10m&limit=3")
    times = [row.response_time for row in answer.requests]
    demand(times == sorted(times, reverse=True), "not sorted slowest first")
    return f"{answer.total} requests"


def model_metrics(connection: Connection) -> str:
    """GET /metrics/models"""
    answer = connection.get(ModelMetricsResponse, "/metrics/models")
    return f"{answer.total} trained models"


def prometheus(connection: Connection) -> str:
    """GET /metrics"""
    text = connection.raw("GET", "/metrics").text
    for name in ("ml_predictions_total", "api_requests_total", "input_validation_errors_total"):
        demand(f"# TYPE {name}" in text, f"{name} is missing")
    return f"{text.count('# TYPE')} metrics"


def statistics(connection: Connection) -> str:
    """GET /database/stats"""
    counted = connection.get(DatabaseStatisticsResponse, "/database/stats").statistics
    return f"{counted.predictions:,} predictions, {counted.size_bytes:,} bytes"


def refuse_clearing(connection: Connection) -> str:
    """POST /database/clear without a key"""
    answer = connection.refused("POST", "/database/clear", 401, {}, headers={"Authorization": None})
    return answer.error


STEPS: tuple[Step, ...] = (
    Step("GET /predictions/<prediction_id>", "was it logged?", read_back),
    Step("POST /feedback", "the actual value", feedback),
    Step("GET /predictions", "logged predictions", predictions),
    Step("GET /predictions/metadata", "what did callers say?", metadata),
    Step("GET /logs", "what happened?", logs),
    Step("GET /logs/counts", "how much of it?", log_counts),
    Step("GET /logs/export", "as a file", export_lines),
    Step("GET /metrics/api", "which requests?", api_metrics),
    Step("GET /requests/<request_id>", "what of that one?", one_request),
    Step("GET /metrics/api/counts", "how many?", request_counts),
    Step("GET /metrics/api/export", "as a file", export_requests),
    Step("GET /predictions/export", "as a file", export_predictions),
    Step("GET /predictions/counts", "how many of them?", prediction_counts),
    Step("GET /metrics/api/summary", "how fast is it?", summary),
    Step("GET /metrics/api/slowest", "what is slow?", slowest),
    Step("GET /metrics/models", "how good is it?", model_metrics),
    Step("GET /metrics", "for Prometheus", prometheus),
    Step("GET /database/stats", "how much is stored?", statistics),
    Step("POST /database/clear", "without a key", refuse_clearing),
)
