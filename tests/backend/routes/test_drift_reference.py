"""/monitoring/drift compared with an earlier period in place of the training data."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.contract.drift.analysis import DriftWindowResponse
from storage.schema.records import utc_now
from storage.settings import Settings
from tests.districts import unseen_districts
from tests.log_writing import Store, spread_predictions

ROWS = 400
HOUR = timedelta(hours=1)


def ask(http: FlaskClient, **times: datetime) -> Any:
    query = {name: time.isoformat() for name, time in times.items()}
    return http.get("/monitoring/drift", query_string=query | {"window": "1h"})


def compared(http: FlaskClient, **times: datetime) -> DriftWindowResponse:
    answer = ask(http, **times)
    assert answer.status_code == 200, answer.json
    return DriftWindowResponse.model_validate_json(answer.data)


def predict(http: FlaskClient, number: int, income_factor: float) -> None:
    rows = [row.model_dump() for row in unseen_districts(number, income_factor)]
    assert http.post("/predict_batch", json={"instances": rows}).status_code == 200


def test_what_changed_since_training_is_no_change_since_last_hour(
    http: FlaskClient, store_records: Store, service_settings: Settings
) -> None:
    now = utc_now()
    predict(http, 2 * ROWS, income_factor=1.5)
    store_records()
    spread_predictions(service_settings, now - 2 * HOUR, now)
    assert compared(http, until=now).drift_analysis.drifted_features == ["MedInc"]
    times = {"reference_since": now - 2 * HOUR, "reference_until": now - HOUR}
    found = compared(http, until=now, **times)
    assert found.drift_analysis.overall_drift is False
    assert found.drift_analysis.reasons == ["No significant difference from the earlier period."]
    assert (found.reference.kind, found.reference.n_samples) == ("period", ROWS)
    assert (found.reference.since, found.reference.until) == (now - 2 * HOUR, now - HOUR)
    assert found.histograms["MedInc"].reference_rows == ROWS
    assert found.usual_traffic.drifted is None
    assert (found.alarm.raised, found.alarm.follows) == (False, "training")
    assert found.alarm.reason == "No alarm follows from a comparison with an earlier period."


def test_what_changed_since_last_hour_is_named_and_raises_no_alarm(
    http: FlaskClient, store_records: Store, service_settings: Settings
) -> None:
    now = utc_now()
    predict(http, ROWS, income_factor=1.0)
    predict(http, ROWS, income_factor=1.5)
    store_records()
    spread_predictions(service_settings, now - 2 * HOUR, now)
    times = {"reference_since": now - 2 * HOUR, "reference_until": now - HOUR}
    found = compared(http, until=now, **times)
    assert found.drift_analysis.drifted_features == ["MedInc"]
    assert not found.alarm.raised
    assert found.harm is not None
    assert found.harm.cause.name == "mix_of_inputs"
    answer = ask(http, until=now, reference_since=now - 9 * HOUR, reference_until=now - 8 * HOUR)
    assert answer.status_code == 409
    assert answer.json["error"].startswith("The earlier period has 0 predictions; at least 100")


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [
        (3, None, "together, in this order"),
        (1, 2, "together, in this order"),
        (24 * 120, 3, "together, in this order"),
        (3, 0.5, "ends after the window begins"),
    ],
)
def test_a_period_that_is_none_is_refused(
    http: FlaskClient, store_records: Store, since: float, until: float | None, words: str
) -> None:
    store_records()
    now = utc_now()
    times = {"reference_since": now - since * HOUR}
    if until is not None:
        times["reference_until"] = now - until * HOUR
    answer = ask(http, until=now, **times)
    assert answer.status_code == (409 if "window begins" in words else 400)
    assert words in answer.json["error"]
