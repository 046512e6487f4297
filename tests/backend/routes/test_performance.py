"""GET /monitoring/performance over HTTP: predictions, labels, figures; and every way to have too little."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.contract.performance import PerformanceResponse
from backend.services import EXTENSION, Services
from storage.domain.inputs import FEATURE_NAMES
from storage.schema.arrays import IntegerArray
from storage.schema.predictions import LabelledPredictions
from storage.settings import Settings
from tests.log_writing import (
    Store,
    attach_actual_values,
    change_configuration,
    spread_predictions,
)


@pytest.fixture
def holdout(app: Flask) -> LabelledPredictions:
    """The served version's holdout: districts whose actual prices are known."""
    services: Services = app.extensions[EXTENSION]
    found = services.host.current().holdout
    assert found is not None
    return found


@pytest.fixture
def small_holdout(app: Flask, holdout: LabelledPredictions) -> Iterator[None]:
    """The version as if its test part had 68 rows."""
    services: Services = app.extensions[EXTENSION]
    model = services.host.current()
    model.holdout = holdout.only(np.arange(len(holdout)) < 68)
    yield
    model.holdout = holdout


def performance(http: FlaskClient, query: str = "") -> PerformanceResponse:
    answer = http.get(f"/monitoring/performance{query}")
    assert answer.status_code == 200, answer.json
    assert b"NaN" not in answer.data
    assert b"Infinity" not in answer.data
    return PerformanceResponse.model_validate(answer.json)


def predict(
    http: FlaskClient, holdout: LabelledPredictions, rows: slice | IntegerArray
) -> list[str]:
    instances = [
        dict(zip(FEATURE_NAMES, row, strict=True)) for row in holdout.inputs[rows].tolist()
    ]
    body = http.post("/predict_batch", json={"instances": instances}).json
    assert body is not None
    ids: list[str] = body["prediction_ids"]
    return ids


def attach(http: FlaskClient, store: Store, ids: list[str], actual: Any) -> None:
    items = [
        {"prediction_id": one, "actual": value} for one, value in zip(ids, actual, strict=True)
    ]
    answer = attach_actual_values(http, store, items)
    assert answer.status_code == 200, answer.json


def test_labelled_predictions_of_the_holdout_give_its_own_error(
    http: FlaskClient, store_records: Store, holdout: LabelledPredictions
) -> None:
    rows = slice(0, 600)
    ids = predict(http, holdout, rows)
    attach(http, store_records, ids[:400], holdout.actual[:400].tolist())
    found = performance(http, "?window=1h")
    assert (found.labels.predictions, found.n_labelled, found.rows_read) == (600, 400, 600)
    assert found.labels.share == pytest.approx(2 / 3)
    expected = np.sqrt(np.mean((holdout.predicted[:400] - holdout.actual[:400]) ** 2))
    assert found.realized.rmse is not None
    assert found.realized.rmse.value == pytest.approx(expected)
    assert found.degradation.degraded is False
    assert found.baseline is not None
    assert found.baseline.rows == len(holdout)
    assert found.estimated.rows == 200
    assert found.estimated.estimated_rmse is not None
    assert found.estimated.estimated_rmse.value == pytest.approx(expected, rel=0.3)
    assert found.slices[0].realized.rmse is not None
    assert sum(cell.rows for cell in found.cells) == 400
    assert sum(step.rows for step in found.series) == 600
    # In steps of the time since the first prediction, not of the whole hour.
    assert found.step_seconds == 10
    assert found.series[0].rows > 0
    assert not any(step.unfinished for step in found.series[:-1])
    text = http.get("/metrics").text
    assert "ml_realized_rmse" in text
    assert "ml_estimated_rmse" in text


TEN = datetime(2026, 11, 20, 10, tzinfo=UTC)


@pytest.fixture
def two_hours(
    http: FlaskClient,
    store_records: Store,
    holdout: LabelledPredictions,
    service_settings: Settings,
) -> None:
    """Twenty predictions a minute from ten to twelve, all with their actual values."""
    ids = predict(http, holdout, np.arange(2_400) % len(holdout))
    attach(http, store_records, ids, holdout.actual[np.arange(2_400) % len(holdout)].tolist())
    spread_predictions(service_settings, TEN, TEN + timedelta(hours=2))


def at(http: FlaskClient, end: datetime, query: str = "window=1h") -> PerformanceResponse:
    return performance(http, f"?{query}&until={end:%Y-%m-%dT%H:%M:%SZ}")


@pytest.mark.usefixtures("two_hours")
def test_the_same_steps_have_the_same_figures_whoever_looks_when(http: FlaskClient) -> None:
    looks = [at(http, TEN + timedelta(minutes=90, seconds=late)) for late in (1, 37, 100)]
    first, *others = ({step.since: step for step in look.series} for look in looks)
    assert {step.since.second for step in first.values()} == {0}
    for other in others:
        common = [since for since in first if since in other and not first[since].unfinished]
        assert len(common) >= 29
        assert [first[since] for since in common] == [other[since] for since in common]


@pytest.mark.usefixtures("two_hours")
def test_the_first_step_is_whole_and_the_figures_are_of_the_window_alone(http: FlaskClient) -> None:
    found = at(http, TEN + timedelta(minutes=91, seconds=30))
    assert found.since == TEN + timedelta(minutes=31, seconds=30)
    assert (found.labels.predictions, found.n_labelled, found.rows_read) == (1_200,) * 3
    assert found.realized.rows == 1_200
    assert found.estimated.rows == 0
    first, last = found.series[0], found.series[-1]
    assert (first.since, first.rows, first.unfinished) == (TEN + timedelta(minutes=30), 40, False)
    assert (last.since, last.rows, last.unfinished) == (TEN + timedelta(minutes=90), 30, True)
    assert last.until == TEN + timedelta(minutes=92)


@pytest.mark.usefixtures("two_hours")
def test_steps_begin_at_the_round_times_of_the_zone(http: FlaskClient) -> None:
    end = TEN + timedelta(hours=2)
    for zone, minute in (("UTC", 0), ("Asia/Kathmandu", 15)):
        found = at(http, end - timedelta(days=20), f"window=30d&zone={zone}")
        assert found.step_seconds == 86_400
        assert {step.since.minute for step in found.series} == {minute}


def test_worse_answers_are_called_degraded(
    http: FlaskClient, store_records: Store, holdout: LabelledPredictions
) -> None:
    ids = predict(http, holdout, slice(0, 300))
    error = 2.0 * (holdout.predicted[:300] - holdout.actual[:300])
    attach(http, store_records, ids, np.maximum(holdout.predicted[:300] - error, 0).tolist())
    found = performance(http)
    assert found.degradation.degraded is True
    assert "more than 5% worse" in found.degradation.reason
    assert found.estimated.status == "not_enough_data"


def test_the_operators_margin_holds_for_the_estimate_too(
    http: FlaskClient, store_records: Store, holdout: LabelledPredictions
) -> None:
    predict(http, holdout, np.argsort(holdout.lower - holdout.upper)[:300])
    store_records()
    assert performance(http).estimated.estimated_degraded is True
    answer = change_configuration(http, store_records, degradation_margin_share=5.0)
    assert answer.status_code == 200, answer.json
    found = performance(http)
    assert found.estimated.estimated_degraded is False
    assert not any(step.estimated.estimated_degraded for step in found.series)


def test_an_empty_window_says_that_there_is_not_enough_data(
    http: FlaskClient, store_records: Store
) -> None:
    store_records()
    found = performance(http)
    assert found.realized.status == found.estimated.status == "not_enough_data"
    assert found.realized.reason == "0 labelled predictions; at least 100 are needed."
    assert found.degradation.degraded is None
    assert found.labels.share is found.labels.median_delay_seconds is None
    assert found.slices == []
    assert found.cells == []
    assert found.residuals is None
    assert all(step.rows == 0 for step in found.series)


def test_one_labelled_row_is_not_enough(
    http: FlaskClient, store_records: Store, holdout: LabelledPredictions
) -> None:
    attach(http, store_records, predict(http, holdout, slice(0, 1)), [1.0])
    found = performance(http)
    assert found.n_labelled == 1
    assert found.realized.rmse is None
    assert found.labels.median_delay_seconds is not None


@pytest.mark.parametrize(
    "query",
    [
        *("?window=0s", "?window=1s", "?window=400d", "?window=x"),
        *("?until=never", "?until=0001-01-01T00:00:00Z", "?limit=5"),
    ],
)
def test_a_wrong_window_is_a_400(http: FlaskClient, query: str) -> None:
    answer = http.get(f"/monitoring/performance{query}")
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["validation_errors"]


def test_without_a_database_it_is_a_503(http: FlaskClient) -> None:
    assert http.get("/monitoring/performance").status_code == 503


@pytest.mark.usefixtures("small_holdout", "store_records")
def test_a_test_part_too_small_to_compare_with_is_said_as_such(http: FlaskClient) -> None:
    report = performance(http)
    assert report.baseline is None
    assert "had 68 rows; at least 100 are needed" in report.degradation.reason
    assert report.estimated.reason == report.degradation.reason
    body = http.post("/monitoring/retraining-check", json={}).json
    assert body is not None
    assert "Estimated error: The test part of this version's training had 68 rows" in str(
        body["reasons"]
    )
