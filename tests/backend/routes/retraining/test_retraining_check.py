"""Whether to retrain, over HTTP: rows that are sent, the logged window, and the checks that are kept."""

import json
from typing import Any

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.contract.monitoring import EventRow, HistoryResponse, StatusResponse
from backend.contract.retraining.check import RetrainingCheckResponse, StoredCheckResponse
from backend.services import EXTENSION, Services
from storage.domain.inputs import FEATURE_NAMES, HousingFeatures
from storage.retraining.files import FAILED
from storage.schema.arrays import FloatArray
from storage.schema.caller import UNNAMED
from storage.schema.predictions import LabelledPredictions
from tests.backend.web.test_errors import assert_problem
from tests.log_writing import Store, attach_actual_values, change_configuration
from tests.system import bearer

CHECK = "/monitoring/retraining-check"
MEDIAN_INCOME = FEATURE_NAMES.index("MedInc")
ROWS = 600


@pytest.fixture
def services(app: Flask) -> Services:
    found: Services = app.extensions[EXTENSION]
    return found


@pytest.fixture
def holdout(services: Services) -> LabelledPredictions:
    """Rows that the champion never saw; a random part of the table, so that they are quiet."""
    found = services.host.current().holdout
    assert found is not None
    return found


def test_quiet_rows_are_no_cause(http: FlaskClient, holdout: LabelledPredictions) -> None:
    body = _check(http, _sent(holdout.inputs[:ROWS], holdout.predicted, holdout.actual))
    assert not body.should_retrain
    assert (body.checked, body.source) == ("sent", None)
    assert body.reasons[0] == "No reason to retrain."
    assert body.drift_analysis is not None
    assert body.drift_analysis.overall_drift is False
    assert body.performance_analysis is not None
    assert body.performance_analysis.degradation.degraded is False
    assert body.data_volume_check.enough_rows
    assert body.data_volume_check.rows == ROWS
    assert body.data_volume_check.labelled_rows == len(holdout.actual)


def test_drifted_rows_are_a_cause_and_the_reason_names_the_input(
    http: FlaskClient, holdout: LabelledPredictions
) -> None:
    body = _check(http, {"new_data": _rows(_richer(holdout.inputs[:ROWS]))})
    assert (body.should_retrain, body.source) == (True, "drift")
    assert "Median income" in body.reasons[0]
    assert body.performance_analysis is None
    assert body.blocked_by == ["Automatic retraining is off."]


def test_a_risen_error_is_the_gravest_cause(
    http: FlaskClient, holdout: LabelledPredictions
) -> None:
    worse = holdout.actual + 2 * (holdout.predicted - holdout.actual)
    body = _check(http, _sent(_richer(holdout.inputs[:ROWS]), worse, holdout.actual))
    assert (body.should_retrain, body.source) == (True, "degradation")
    assert [reason.split(" ")[0] for reason in body.reasons] == ["Realized", "Drift"]
    assert body.figures["realized_rmse"] == pytest.approx(
        2 * float(np.sqrt(np.mean((holdout.predicted - holdout.actual) ** 2)))
    )


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"predictions": [1.0, 2.0], "actuals": [1.0]}, "body"),
        ({"predictions": [1.0, 2.0]}, "body"),
        ({"actuals": [1.0]}, "body"),
        ({"predictions": [1.0, None], "actuals": [1.0, 2.0]}, "predictions[1]"),
        ({"predictions": [1.0, True], "actuals": [1.0, 2.0]}, "predictions[1]"),
        ({"predictions": ["1"], "actuals": [1.0]}, "predictions[0]"),
        ({"predictions": [1e200], "actuals": [1.0]}, "predictions[0]"),
        ({"predictions": [1.0], "actuals": [-1e308]}, "actuals[0]"),
        ({"new_data": "rows"}, "new_data"),
        ({"new_data": [{"MedInc": 3.0}]}, "new_data[0].HouseAge"),
        ({"new_data": [dict.fromkeys(FEATURE_NAMES, 1.0) | {"Colour": 1}]}, "new_data[0].Colour"),
        ({"new_data": [dict.fromkeys(FEATURE_NAMES, "1")]}, "new_data[0].MedInc"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_bad_input_is_a_400_that_names_it(
    http: FlaskClient, body: dict[str, Any], field: str
) -> None:
    problem = assert_problem(http.post(CHECK, json=body), 400)
    assert field in [each["field"] for each in problem["validation_errors"]]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e309"])
@pytest.mark.parametrize("name", ["predictions", "actuals"])
def test_what_is_no_number_is_refused(http: FlaskClient, name: str, number: str) -> None:
    other = "actuals" if name == "predictions" else "predictions"
    content = f'{{"{name}": [{number}], "{other}": [1.0]}}'
    answer = http.post(CHECK, data=content, content_type="application/json")
    assert_problem(answer, 400)


@pytest.mark.parametrize("number_of_rows", [0, 1])
def test_too_little_is_said_to_be_too_little(
    http: FlaskClient, holdout: LabelledPredictions, number_of_rows: int
) -> None:
    part = slice(0, number_of_rows)
    body = _check(http, _sent(holdout.inputs[part], holdout.predicted[part], holdout.actual[part]))
    assert not body.should_retrain
    assert body.drift_analysis is not None
    assert (body.drift_analysis.status, body.drift_analysis.overall_drift) == (
        "not_enough_data",
        None,
    )
    assert body.performance_analysis is not None
    assert body.performance_analysis.realized.status == "not_enough_data"
    assert not body.data_volume_check.enough_rows
    assert not body.data_volume_check.enough_labelled_rows


def test_equal_and_missing_values_get_an_answer(
    http: FlaskClient, holdout: LabelledPredictions
) -> None:
    same = np.tile(holdout.inputs[0], (ROWS, 1))
    missing = np.where(np.arange(ROWS)[:, None] % 2 == 0, same, np.nan)
    for rows, verdict in ((same, None), (missing, True)):  # one row asked again says nothing
        body = _check(http, _sent(rows, np.ones(ROWS), np.ones(ROWS)))
        assert body.drift_analysis is not None
        assert body.drift_analysis.overall_drift is verdict


@pytest.mark.parametrize("content", [b"", b"{}"])
def test_an_empty_body_asks_about_the_logged_window(
    http: FlaskClient, store_records: Store, content: bytes
) -> None:
    store_records()
    answer = http.post(CHECK, data=content, content_type="application/json")
    body = RetrainingCheckResponse.model_validate(answer.json)
    assert (body.checked, body.should_retrain) == ("logged", False)
    assert body.drift_analysis is not None
    assert body.drift_analysis.status == "not_enough_data"


def test_looking_keeps_nothing_and_needs_no_key(http: FlaskClient, store_records: Store) -> None:
    store_records()
    assert http.post(CHECK, json={}).status_code == 200
    store_records()
    assert _events(http) == []


def test_checks_need_the_role_of_an_operator(http: FlaskClient) -> None:
    assert_problem(http.post("/monitoring/checks"), 401)
    assert_problem(http.post("/monitoring/checks", headers=bearer("wrong")), 401)
    assert_problem(http.post("/monitoring/checks", headers=bearer("see")), 403)


def test_without_a_database_rows_can_be_judged_and_the_window_cannot(
    http: FlaskClient, holdout: LabelledPredictions
) -> None:
    assert _check(http, {"new_data": _rows(holdout.inputs[:ROWS])}).drift_analysis is not None
    assert_problem(http.post(CHECK, json={}), 503)
    assert_problem(http.post("/monitoring/checks", headers=bearer("operate")), 503)


def test_drifted_traffic_alerts_once_and_asks_for_nothing_while_that_is_off(
    http: FlaskClient, services: Services, holdout: LabelledPredictions, store_records: Store
) -> None:
    _serve(services, _richer(holdout.inputs[:ROWS]))
    first, second = _run(http, store_records), _run(http, store_records)
    assert (first.should_retrain, first.source, first.trigger_id) == (True, "drift", None)
    assert [alert.partition(".")[0] for alert in first.alerts] == ["The inputs have drifted"]
    assert second.alerts == []
    events = _events(http)
    assert [event.kind for event in events] == ["check", "alert", "check"]
    figures = events[-1].figures
    assert figures["drift_share"] > 0
    assert figures["drift_alarm"] is True
    assert figures["drifted_features"][0] == "MedInc"
    assert figures["drift_cause"] == "mix_of_inputs"
    assert figures["drift_error_per_day_lower"] < figures["drift_error_per_day_upper"]
    assert "Mix of inputs: " in figures["drift_harm"]
    assert " predictions a day: " in first.alerts[0]
    assert figures["blocked_by"] == ["Automatic retraining is off."]
    status = StatusResponse.model_validate(http.get("/monitoring/status").json)
    assert status.last_check is not None
    assert status.last_check.figures["should_retrain"] is True
    assert "ml_drifted_feature_share" in http.get("/metrics").get_data(as_text=True)


def test_a_risen_error_asks_for_one_retraining_and_then_pauses(
    http: FlaskClient, services: Services, holdout: LabelledPredictions, store_records: Store
) -> None:
    _change(http, store_records, automatic_retraining_enabled=True)
    ids = _serve(services, holdout.inputs[:ROWS])
    store_records()
    _label(http, store_records, ids, holdout.actual[:ROWS] + 1.5)
    asked = _run(http, store_records)
    assert (asked.source, asked.blocked_by) == ("degradation", [])
    assert asked.trigger_id is not None
    trigger = services.queue.find(asked.trigger_id).trigger
    assert (trigger.source, trigger.requested_by) == ("degradation", "scheduled check")
    assert trigger.figures["realized_rmse"] > 1
    assert trigger.window is not None
    waiting = _run(http, store_records)
    assert waiting.trigger_id is None
    assert "queued or running" in waiting.blocked_by[0]
    services.queue.submit("a person asks", "operator", source="drift")
    for claim in (services.queue.claim(), services.queue.claim()):
        assert claim is not None
        claim.finish({}, succeeded=False)
    paused = _run(http, store_records)
    assert paused.trigger_id is None
    # Of all checks, only the one that asked for a retraining is in the audit.
    audited = services.audit.newest(10)
    told = [entry for entry in audited if entry.action == "retraining asked for"]
    assert [entry.subject for entry in told] == [asked.trigger_id]
    assert not any("checks" in entry.action for entry in audited)
    assert "the cooldown is 24 h" in paused.blocked_by[0]
    services.queue.files.path(asked.trigger_id, FAILED).unlink()
    assert _run(http, store_records).trigger_id is not None  # what a person requested is no pause
    figures = _events(http, "check")[-1].figures
    assert (
        figures["realized_rmse_lower"] < figures["realized_rmse"] < figures["realized_rmse_upper"]
    )
    assert figures["estimated_rmse"] is None  # every prediction has its label
    assert figures["newly_labelled_rows"] == ROWS


def test_an_old_model_and_enough_labels_are_causes(http: FlaskClient, store_records: Store) -> None:
    _change(http, store_records, maximum_model_age_days=1e-6, drift_detection_enabled=False)
    body = _check(http, {})
    assert (body.source, body.drift_analysis) == ("age", None)
    _change(http, store_records, performance_monitoring_enabled=False, maximum_model_age_days=0)
    body = _check(http, {})
    assert (body.should_retrain, body.performance_analysis) == (False, None)


def test_the_operators_thresholds_are_the_ones_in_force(
    http: FlaskClient, holdout: LabelledPredictions, store_records: Store
) -> None:
    _change(http, store_records, drift_minimum_effect_share=0.5, degradation_margin_share=5.0)
    worse = holdout.actual + 2 * (holdout.predicted - holdout.actual)
    body = _check(http, _sent(_richer(holdout.inputs[:ROWS], 1.1), worse, holdout.actual))
    assert body.drift_analysis is not None
    assert "MedInc" not in body.drift_analysis.drifted_features
    assert body.figures["realized_degraded"] is False


def _check(http: FlaskClient, body: dict[str, Any]) -> RetrainingCheckResponse:
    answer = http.post(CHECK, data=json.dumps(body), content_type="application/json")
    assert answer.status_code == 200, answer.json
    assert "NaN" not in answer.get_data(as_text=True)
    return RetrainingCheckResponse.model_validate(answer.json)


def _sent(inputs: FloatArray, predicted: FloatArray, actual: FloatArray) -> dict[str, Any]:
    return {
        "new_data": _rows(inputs),
        "predictions": predicted.tolist(),
        "actuals": actual.tolist(),
    }


def _rows(inputs: FloatArray) -> list[dict[str, float | None]]:
    return [
        {
            name: None if np.isnan(value) else value
            for name, value in zip(FEATURE_NAMES, row, strict=True)
        }
        for row in inputs.tolist()
    ]


def _richer(inputs: FloatArray, factor: float = 1.5) -> FloatArray:
    changed = inputs.copy()
    changed[:, MEDIAN_INCOME] *= factor
    return changed


def _serve(services: Services, inputs: FloatArray) -> list[str]:
    """Predict as a request does; return the ids."""
    instances = [HousingFeatures.model_validate(row) for row in _rows(inputs)]
    callers = [UNNAMED] * len(instances)
    draft = services.predictions.draft_batch(instances, callers)
    services.predictions.log(draft, "traffic")
    return [predicted.prediction_id for predicted in draft.predictions]


def _run(http: FlaskClient, store_records: Store) -> StoredCheckResponse:
    store_records()
    answer = http.post("/monitoring/checks", headers=bearer("operate"))
    assert answer.status_code == 200, answer.json
    store_records()
    return StoredCheckResponse.model_validate(answer.json)


def _events(http: FlaskClient, kinds: str = "check,alert,trigger") -> list[EventRow]:
    answer = http.get(f"/monitoring/history?kind={kinds}")
    return HistoryResponse.model_validate(answer.json).events


def _change(http: FlaskClient, store_records: Store, **changes: Any) -> None:
    answer = change_configuration(http, store_records, **changes)
    assert answer.status_code == 200, answer.json


def _label(http: FlaskClient, store_records: Store, ids: list[str], actual: FloatArray) -> None:
    pairs = zip(ids, actual.tolist(), strict=True)
    items = [{"prediction_id": name, "actual": value} for name, value in pairs]
    answer = attach_actual_values(http, store_records, items)
    assert answer.status_code == 200, answer.json
