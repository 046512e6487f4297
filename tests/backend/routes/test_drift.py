"""/monitoring/drift: real rows against a really trained champion, and every kind of bad input."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.contract.drift.analysis import DriftResponse, DriftWindowResponse
from backend.drift.thresholds import DriftThresholds
from backend.retraining.configuration import drift_thresholds
from backend.services import EXTENSION, Services
from storage.domain.inputs import EXAMPLE, FEATURE_NAMES
from storage.schema.monitoring_config import MonitoringConfig
from training.dataset.sources import load_table
from training.dataset.splits import split_rows

Rows = list[dict[str, float | None]]
Store = Callable[[], None]


@pytest.fixture(scope="module")
def unseen() -> np.ndarray:
    """Inputs of the validation part: neither fitted on, nor in the holdout of reference predictions."""
    table = load_table()
    _, validation, _ = split_rows(len(table), seed=0)
    inputs: np.ndarray = table.inputs[validation]
    return inputs


def as_rows(inputs: np.ndarray) -> Rows:
    return [
        {
            name: None if np.isnan(value) else value
            for name, value in zip(FEATURE_NAMES, row, strict=True)
        }
        for row in inputs.tolist()
    ]


def compared(http: FlaskClient, inputs: np.ndarray) -> DriftResponse:
    answer = http.post("/monitoring/drift", json={"data": as_rows(inputs)})
    assert answer.status_code == 200, answer.json
    return DriftResponse.model_validate_json(strictly(answer.data))


def strictly(content: bytes) -> bytes:
    """Return JSON that is JSON: Python's reader would take NaN."""

    def refuse(name: str) -> None:
        raise AssertionError(name)

    json.loads(content, parse_constant=refuse)
    return content


def test_quiet_rows_answer_as_the_contract_says(http: FlaskClient, unseen: np.ndarray) -> None:
    analysis = compared(http, unseen[:1_000]).drift_analysis
    assert (analysis.status, analysis.overall_drift, analysis.n_samples) == ("ok", False, 1_000)
    assert analysis.total_features == 8
    assert set(analysis.drift_scores) == set(FEATURE_NAMES)
    assert analysis.drifted_features == []
    assert analysis.drift_share == 0
    assert analysis.thresholds["significance_level"] > 0
    assert "Kolmogorov" in analysis.method
    score = analysis.drift_scores["MedInc"]
    assert score.p_value is not None
    assert score.adjusted_p_value is not None
    assert score.adjusted_p_value >= score.p_value
    assert sum(each.importance for each in analysis.drift_scores.values()) == pytest.approx(1)
    assert len({each.importance for each in analysis.drift_scores.values()}) == 8
    assert analysis.prediction is not None
    assert analysis.prediction.n_samples == 1_000


def test_a_raised_income_drifts_and_so_does_the_prediction(
    http: FlaskClient, unseen: np.ndarray
) -> None:
    raised = unseen[:1_000].copy()
    raised[:, 0] *= 1.3
    analysis = compared(http, raised).drift_analysis
    assert analysis.drifted_features == ["MedInc"]
    assert next(iter(analysis.drift_scores)) == "MedInc"
    assert analysis.prediction is not None
    assert analysis.prediction.drifted
    assert analysis.severity in ("moderate", "high")
    assert analysis.reasons[0].startswith("Median income")


def test_missing_values_are_counted_and_their_rows_not_predicted(
    http: FlaskClient, unseen: np.ndarray
) -> None:
    rows = unseen[:600].copy()
    rows[:300, 2] = np.nan
    analysis = compared(http, rows).drift_analysis
    assert analysis.drift_scores["AveRooms"].missing_share == 0.5
    assert analysis.drift_scores["AveRooms"].n_samples == 300
    assert analysis.drifted_features == ["AveRooms"]
    assert analysis.prediction is not None
    assert analysis.prediction.n_samples == 300
    assert analysis.multivariate is not None
    assert analysis.multivariate.n_samples == 300


@pytest.mark.parametrize("rows", [1, 99])
def test_too_few_rows_are_no_verdict(http: FlaskClient, unseen: np.ndarray, rows: int) -> None:
    analysis = compared(http, unseen[:rows]).drift_analysis
    assert analysis.status == "not_enough_data"
    assert analysis.overall_drift is None
    assert analysis.drift_share is None
    counted = "1 row" if rows == 1 else f"{rows} rows"
    assert analysis.reasons == [f"Not enough data: {counted}, and a verdict needs 100."]


@pytest.mark.parametrize("value", [0.0, -1e12, 1e12, 3.0])
def test_columns_all_equal_or_absurd_are_drift_never_a_failure(
    http: FlaskClient, value: float
) -> None:
    analysis = compared(http, np.full((200, 8), value)).drift_analysis
    assert len(analysis.drifted_features) == 8
    assert analysis.severity == "high"


def test_nothing_but_missing_values_is_drift_too(http: FlaskClient) -> None:
    analysis = compared(http, np.full((200, 8), np.nan)).drift_analysis
    assert len(analysis.drifted_features) == 8
    assert analysis.prediction is None
    assert analysis.drift_scores["MedInc"].ks_statistic is None


def test_one_missing_value_in_each_row_leaves_columns_judged(
    http: FlaskClient, unseen: np.ndarray
) -> None:
    rows = unseen[:400].copy()
    rows[np.arange(400), np.arange(400) % 8] = np.nan
    analysis = compared(http, rows).drift_analysis
    assert analysis.multivariate is None
    assert len(analysis.drifted_features) == 8


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"data": []}, "data: List should have at least 1 item after validation, not 0"),
        ({}, "Missing required fields: data"),
        ({"data": [EXAMPLE | {"Rooms": 1.0}]}, "Unknown fields: data[0].Rooms"),
        ({"data": [{"MedInc": 1.0}]}, "Missing required features: data[0].HouseAge, "),
        ({"data": [EXAMPLE | {"MedInc": "8"}]}, "data[0].MedInc: "),
        ({"data": [EXAMPLE | {"MedInc": True}]}, "data[0].MedInc: "),
        ({"data": [EXAMPLE | {"MedInc": 1e13}]}, "data[0].MedInc: "),
        ({"data": [[1, 2, 3]]}, "data[0]: "),
        ({"data": EXAMPLE}, "data: "),
        ([EXAMPLE], "body: "),
    ],
)
def test_bad_bodies_are_refused_with_the_reason(
    http: FlaskClient, body: Any, sentence: str
) -> None:
    answer = http.post("/monitoring/drift", json=body)
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["error"].startswith(sentence)


@pytest.mark.parametrize("token", ["NaN", "Infinity", "1e309"])
def test_what_json_does_not_have_is_refused(http: FlaskClient, token: str) -> None:
    row = json.dumps(EXAMPLE).replace("8.3252", token)
    answer = http.post(
        "/monitoring/drift", data=f'{{"data": [{row}]}}', content_type="application/json"
    )
    assert answer.status_code == 400


def test_a_window_without_rows_is_not_enough_data(http: FlaskClient, store_records: Store) -> None:
    store_records()
    found = watched(http, "")
    assert found.drift_analysis.status == "not_enough_data"
    assert found.drift_analysis.n_samples == 0
    assert found.histograms == {}
    assert found.opened is None
    assert not found.alarm.raised
    assert found.harm is not None
    assert (found.harm.status, found.harm.cause.name) == ("not_enough_data", "nothing")
    assert "ml_drifted_feature_share" not in http.get("/metrics").text


def test_logged_predictions_are_compared_and_pictured(
    http: FlaskClient, store_records: Store, unseen: np.ndarray
) -> None:
    raised = unseen[:800].copy()
    raised[:, 0] = np.minimum(raised[:, 0] * 1.4, 100)
    answered = http.post("/predict_batch", json={"instances": as_rows(raised)})
    assert answered.status_code == 200, answered.json
    store_records()
    found = watched(http, "?window=1h")
    analysis = found.drift_analysis
    assert analysis.n_samples == 800
    assert analysis.drifted_features == ["MedInc"]
    assert analysis.prediction is not None
    assert analysis.prediction.n_samples == 800
    assert found.alarm.raised
    harm = found.harm
    assert harm is not None
    assert (harm.cause.name, harm.cause.inputs) == ("mix_of_inputs", ["MedInc"])
    assert (harm.basis, harm.labelled) == ("estimate", 0)
    assert harm.predictions_per_day == pytest.approx(800 * 24)
    assert harm.per_prediction is not None
    assert harm.per_day is not None
    assert harm.per_day.upper == pytest.approx(800 * 24 * harm.per_prediction.upper)
    assert found.opened is not None
    assert found.opened.name == "MedInc"
    points = found.opened.timeline
    assert sum(point.n_samples for point in points) == 800
    last = next(point for point in points if point.n_samples)
    assert last.ks_statistic is not None
    assert last.threshold is not None
    assert last.ks_statistic > last.threshold
    assert sum(point.ks_statistic is not None for point in points) == 1
    # Not the whole hour: from two minutes ago on, because nothing was asked before.
    assert len(points) in (12, 13)
    assert {point.until - point.since for point in points} == {timedelta(seconds=10)}
    assert (points[0].since.second % 10, points[0].since.microsecond) == (0, 0)
    assert found.until - timedelta(seconds=130) < points[0].since <= found.until
    assert [point.unfinished for point in points] == [False] * (len(points) - 1) + [True]
    assert set(found.histograms) == {*FEATURE_NAMES, "prediction"}
    for pair in found.histograms.values():
        assert sum(pair.reference) == pytest.approx(1)
        assert sum(pair.current) == pytest.approx(1)
        assert len(pair.edges) == len(pair.current) + 1
    shares = found.opened.cumulative
    assert shares.values == sorted(shares.values)
    assert shares.reference[-1] == shares.current[-1] == 1
    gap = np.max(np.abs(np.subtract(shares.reference, shares.current)))
    assert gap == pytest.approx(analysis.drift_scores["MedInc"].ks_statistic, abs=0.02)
    assert "ml_drifted_feature_share 0.125" in http.get("/metrics").text
    assert watched(http, "?feature=prediction").opened is not None
    assert watched(http, "?window=1m&until=2020-01-01T00:00:00Z").drift_analysis.n_samples == 0


@pytest.mark.parametrize(
    "query",
    [
        *("window=0h", "window=soon", "window=1s", "window=900d", "feature=Rooms"),
        *("until=now", "until=0001-01-01T00:00:00Z"),
    ],
)
def test_a_wrong_question_is_refused(http: FlaskClient, query: str) -> None:
    assert http.get(f"/monitoring/drift?{query}").status_code == 400


def test_without_a_database_the_answer_is_503_and_rows_are_still_compared(
    http: FlaskClient, unseen: np.ndarray
) -> None:
    assert http.get("/monitoring/drift").status_code == 503
    assert compared(http, unseen[:100]).drift_analysis.status == "ok"


def test_a_version_without_holdout_compares_inputs_only(
    app: Flask, http: FlaskClient, unseen: np.ndarray
) -> None:
    services: Services = app.extensions[EXTENSION]
    services.host.current().holdout = None
    analysis = compared(http, unseen[:500]).drift_analysis
    assert analysis.prediction is None
    assert analysis.status == "ok"


def test_the_configuration_sets_the_rule_and_its_defaults_are_the_rules() -> None:
    assert drift_thresholds(MonitoringConfig()) == DriftThresholds()
    stricter = MonitoringConfig(drift_significance_level=0.001, drift_confirming_windows=3)
    found = drift_thresholds(stricter)
    assert (found.significance_level, found.confirming_windows) == (0.001, 3)


def watched(http: FlaskClient, query: str) -> DriftWindowResponse:
    answer = http.get(f"/monitoring/drift{query}")
    assert answer.status_code == 200, answer.json
    return DriftWindowResponse.model_validate_json(strictly(answer.data))
