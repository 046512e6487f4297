"""Requests in figures over HTTP: what was asked is counted, and a range that makes no sense is refused."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from threading import Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.contract.base import ErrorResponse
from backend.contract.stored.traffic import SlowestResponse, SummaryResponse
from backend.services import EXTENSION
from storage.domain.inputs import EXAMPLE
from storage.schema.records import utc_now


@pytest.fixture
def asked(http: FlaskClient, store_records: Callable[[], None]) -> None:
    """Seven answers, three errors of two kinds, a look at the health."""
    for _ in range(7):
        http.post("/predict", json=EXAMPLE)
    for _ in range(2):
        http.post("/predict", json={})
    http.post("/predict", data="text")
    http.get("/health")
    store_records()


@pytest.mark.usefixtures("asked")
def test_the_summary_counts_what_was_asked(http: FlaskClient) -> None:
    summary = _summary(http, "?window=15m&step=10s&endpoint=/predict")
    totals = summary.totals
    assert (totals.requests, totals.errors) == (10, 3)
    assert totals.errors_by_status == {400: 2, 415: 1}
    assert totals.p50 is not None
    assert totals.p95 is not None
    assert totals.p99 is not None
    assert 0 < totals.p50 <= totals.p95 <= totals.p99
    assert sum(step.requests for step in summary.series) == 10
    assert sum(step.errors for step in summary.series) == 3
    assert summary.requests_by_endpoint == {"/health": 1, "/predict": 10}
    assert summary.filters == {
        "window": "15m",
        "step": "10s",
        "endpoint": "/predict",
        "zone": "UTC",
        "heat": False,
    }
    # One more where the clock passed a round time between the range's begin and its end.
    finished, (running,) = summary.series[:-1], summary.series[-1:]
    assert len(finished) in (90, 91)
    assert not any(step.unfinished for step in finished)
    assert running.unfinished
    assert summary.step_seconds == 10
    assert summary.series[0].time == summary.since
    assert summary.version_changes == []


@pytest.mark.usefixtures("asked")
def test_an_earlier_range_ends_when_it_is_told_to(http: FlaskClient) -> None:
    hour_ago = (utc_now() - timedelta(hours=1)).isoformat().replace("+", "%2B")
    before = _summary(http, f"?window=15m&until={hour_ago}")
    assert before.totals.requests == 0
    assert before.until <= before.timestamp - timedelta(minutes=59)
    slowest = http.get(f"/metrics/api/slowest?window=15m&until={hour_ago}").json
    assert SlowestResponse.model_validate(slowest).total == 0


@pytest.mark.usefixtures("asked")
def test_without_parameters_it_is_an_hour_of_everything(http: FlaskClient) -> None:
    summary = _summary(http, "")
    assert summary.totals.requests == 11
    assert summary.step_seconds == 60
    assert _summary(http, "?endpoint=/health,/predict").totals.requests == 11


@pytest.mark.usefixtures("asked")
def test_the_slowest_come_first(http: FlaskClient) -> None:
    body = http.get("/metrics/api/slowest?window=7d&endpoint=/predict&limit=5").json
    slowest = SlowestResponse.model_validate(body)
    times = [row.response_time for row in slowest.requests]
    assert len(times) == slowest.total == 5
    assert times == sorted(times, reverse=True)
    assert {row.endpoint for row in slowest.requests} == {"/predict"}


def test_the_slowest_predictions_say_where_their_time_went(
    app: Flask, http: FlaskClient, store_records: Callable[[], None]
) -> None:
    spool = app.extensions[EXTENSION].spool
    paths = ("/predict", "/predict?explain=true")
    for path in paths:
        http.post(path, json=EXAMPLE)  # the first one of each takes longer
    for path in paths:
        with spool._lock:
            waiting = Thread(target=partial(app.test_client().post, path, json=EXAMPLE))
            waiting.start()
            waiting.join(0.5)
            assert waiting.is_alive(), "it is not answered before it is logged"
        waiting.join()
    http.post("/predict_batch", json={"instances": [EXAMPLE] * 50})
    http.get("/health")
    store_records()
    body = SlowestResponse.model_validate(http.get("/metrics/api/slowest").json)
    requests = {row.endpoint: row for row in body.requests}
    assert requests["/health"].stages is None
    for row in body.requests[:2]:
        assert row.endpoint == "/predict"
        assert row.stages is not None
        assert row.stages.append > 0.25
    for endpoint in ("/predict", "/predict_batch"):
        row, stages = requests[endpoint], requests[endpoint].stages
        assert stages is not None
        assert all(each > 0 for each in stages.model_dump().values())
        assert sum(stages.model_dump().values()) == pytest.approx(row.response_time)


@pytest.mark.parametrize("path", ["/metrics/api/summary", "/metrics/api/slowest"])
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("window=soon", "write a whole number and its unit"),
        ("window=15", "write a whole number and its unit"),
        ("window=0s", "write a whole number and its unit"),
        ("window=99999999d", "less than or equal to"),
        ("window=1s", "greater than or equal to"),
        ("width=1s", "Unknown fields: width"),
    ],
)
def test_a_wrong_range_is_refused_in_a_sentence(
    http: FlaskClient, path: str, query: str, said: str
) -> None:
    assert said in _refusal(http, f"{path}?{query}")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/metrics/api/summary?window=7d&step=10s", "ask for 1,000 at most"),
        ("/metrics/api/summary?step=17s", "whole multiple of 10s"),
        ("/metrics/api/summary?step=2h", "longer than the window"),
        ("/metrics/api/slowest?limit=21", "less than or equal to 20"),
    ],
)
def test_what_one_of_them_cannot_answer_is_refused_too(
    http: FlaskClient, path: str, said: str
) -> None:
    assert said in _refusal(http, path)


def test_what_is_kept_no_longer_is_a_conflict(http: FlaskClient) -> None:
    answer = http.get("/metrics/api/slowest?window=9d")
    assert answer.status_code == 409
    assert "kept for 8 d" in ErrorResponse.model_validate(answer.json).error


def _summary(http: FlaskClient, query: str) -> SummaryResponse:
    return SummaryResponse.model_validate(http.get(f"/metrics/api/summary{query}").json)


def _refusal(http: FlaskClient, path: str) -> str:
    answer = http.get(path)
    assert answer.status_code == 400
    return ErrorResponse.model_validate(answer.json).error
