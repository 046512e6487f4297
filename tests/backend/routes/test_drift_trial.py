"""POST /alerts/trial?drift=true: the decision of a check, made again over the stored windows."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.contract.alert_trial import AlertTrialResponse, TriedRule
from backend.contract.drift.analysis import DriftWindowResponse
from storage.schema.records import utc_now
from storage.settings import Settings
from tests.districts import unseen_districts
from tests.log_writing import Store, spread_predictions

HOUR = timedelta(hours=1)


def tried(http: FlaskClient, **values: Any) -> tuple[TriedRule, AlertTrialResponse]:
    answer = http.post("/alerts/trial?drift=true", json=values)
    assert answer.status_code == 200, answer.json
    found = AlertTrialResponse.model_validate_json(answer.data)
    return found.rules[-1], found


def predict(http: FlaskClient, number: int, income_factor: float) -> None:
    rows = [row.model_dump() for row in unseen_districts(number, income_factor)]
    assert http.post("/predict_batch", json={"instances": rows}).status_code == 200


@pytest.fixture
def now(http: FlaskClient, store_records: Store, service_settings: Settings) -> datetime:
    """Spread 20 hours as usual and 10 hours of higher incomes over the time before now."""
    for _ in range(4):
        predict(http, 1_000, income_factor=1.0)
    for _ in range(2):
        predict(http, 1_000, income_factor=1.5)
    store_records()
    now = utc_now()
    spread_predictions(service_settings, now - 30 * HOUR, now)
    return now


def test_what_was_drift_is_alarmed_once_and_never_where_more_rows_are_needed(
    http: FlaskClient, now: datetime
) -> None:
    rule, found = tried(http, drift_minimum_rows=5_000)
    assert found.drift is not None
    assert (rule.rule, found.drift.rows, found.drift.input) == ("drift", 1_000, "MedInc")
    # With a window of 24 h, the few whole hours at the end are judged, all of them with higher incomes.
    assert found.drift.checks <= 7
    assert (rule.alarms, rule.tried_alarms) == (1, 0)
    assert rule.delay_reason == "it alarms without the change too"


def test_a_trial_decides_as_the_check_does(http: FlaskClient, now: datetime) -> None:
    rule, found = tried(http, drift_detection_enabled=False)
    assert found.drift is not None
    asked = {"window": "24h", "until": found.drift.until.isoformat()}
    answer = http.get("/monitoring/drift", query_string=asked)
    checked = DriftWindowResponse.model_validate_json(answer.data)
    assert checked.alarm.raised
    assert rule.alarms == 1
    assert (rule.tried_alarms, rule.tried_delay_minutes, rule.tried_delay_reason) == (0, None, None)


def test_a_change_is_alarmed_after_a_delay_that_the_window_sets(
    http: FlaskClient, store_records: Store, service_settings: Settings
) -> None:
    for _ in range(6):
        predict(http, 1_000, income_factor=1.0)
    store_records()
    end = utc_now()
    spread_predictions(service_settings, end - 30 * HOUR, end)
    rule, found = tried(http, window_hours=2.0)
    assert (rule.alarms, found.drift is not None) == (0, True)
    assert rule.tried_alarms == 0
    assert rule.tried_delay_minutes in (60, 120, 180, 240, 300, 360), rule
    strict, _ = tried(http, window_hours=2.0, drift_minimum_rows=5_000)
    assert strict.tried_delay_reason is not None
    assert strict.tried_delay_reason.startswith("not within ")


def test_without_a_log_there_is_no_trial_of_drift(http: FlaskClient, store_records: Store) -> None:
    store_records()
    answer = http.post("/alerts/trial?drift=true", json={})
    found = AlertTrialResponse.model_validate_json(answer.data)
    assert found.drift is None
    assert "drift" not in {rule.rule for rule in found.rules}
