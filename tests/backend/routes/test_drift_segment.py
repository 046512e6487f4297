"""/monitoring/drift?where=: a segment's rows alone, with those of training, of a period, or all others."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.contract.drift.analysis import DriftWindowResponse
from backend.contract.predictions import HousingFeatures
from storage.schema.records import utc_now
from storage.settings import Settings
from tests.districts import unseen_districts
from tests.log_writing import Store, spread_predictions

SOUTH = "Latitude:..<36"
ROWS = 1_000


def asked(http: FlaskClient, **parameters: object) -> Any:
    return http.get("/monitoring/drift", query_string={"window": "1h"} | parameters)


def compared(http: FlaskClient, **parameters: object) -> DriftWindowResponse:
    answer = asked(http, **parameters)
    assert answer.status_code == 200, answer.json
    return DriftWindowResponse.model_validate_json(answer.data)


def predict(http: FlaskClient, rows: list[HousingFeatures]) -> None:
    sent = {"instances": [row.model_dump() for row in rows]}
    assert http.post("/predict_batch", json=sent).status_code == 200


@pytest.fixture
def south(http: FlaskClient, store_records: Store) -> int:
    """Ask for districts of which the southern ones alone have higher incomes; return their number."""
    usual, richer = unseen_districts(ROWS), unseen_districts(ROWS, 1.5)
    pairs = zip(usual, richer, strict=True)
    rows = [one if one.Latitude >= 36 else changed for one, changed in pairs]
    predict(http, rows)
    store_records()
    return sum(row.Latitude < 36 for row in rows)


def test_a_segment_drifts_where_the_others_do_not(http: FlaskClient, south: int) -> None:
    found = compared(http, where=SOUTH)
    assert found.drift_analysis.n_samples == south
    assert found.searched == ROWS
    assert found.drift_analysis.drifted_features == ["MedInc"]
    assert "MedInc" not in compared(http, where="Latitude:36..").drift_analysis.drifted_features
    assert found.reference.kind == "training"
    assert found.reference.n_samples == found.histograms["MedInc"].reference_rows
    assert found.histograms["Latitude"].edges[-1] < 36
    assert (found.alarm.raised, found.usual_traffic.drifted, found.harm) == (False, None, None)
    assert found.alarm.reason == "No alarm follows from a comparison of a segment."


def test_a_segment_is_compared_with_all_others(http: FlaskClient, south: int) -> None:
    found = compared(http, where=SOUTH, reference_others=True)
    assert (found.reference.kind, found.reference.n_samples) == ("others", ROWS - south)
    assert found.drift_analysis.n_samples == south
    assert {"Latitude", "MedInc"} <= set(found.drift_analysis.drifted_features)
    assert (found.reference.since, found.reference.until) == (found.since, found.until)


def test_a_segment_is_compared_with_itself_in_an_earlier_period(
    http: FlaskClient, store_records: Store, service_settings: Settings
) -> None:
    now, hour = utc_now(), timedelta(hours=1)
    for _ in range(2):
        predict(http, unseen_districts(ROWS, 1.5))
    store_records()
    spread_predictions(service_settings, now - 2 * hour, now)
    times = {"until": now, "reference_since": now - 2 * hour, "reference_until": now - hour}
    found = compared(http, where=SOUTH, **{name: time.isoformat() for name, time in times.items()})
    assert found.drift_analysis.overall_drift is False
    reasons = ["No significant difference from the segment in the earlier period."]
    assert found.drift_analysis.reasons == reasons
    assert found.reference.n_samples is not None
    assert found.drift_analysis.n_samples < found.reference.n_samples + 50 < ROWS


def test_a_condition_that_leaves_one_value_is_compared_too(http: FlaskClient, south: int) -> None:
    found = compared(http, where="HouseAge:52..52")
    assert found.drift_analysis.status in ("ok", "not_enough_data")
    assert "HouseAge" not in found.drift_analysis.drifted_features


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"where": "MedInc:14.9..15"}, "The segment has "),
        ({"where": "Latitude:30..", "reference_others": True}, "outside the segment; at least 100"),
        ({"reference_others": True}, "reference_others needs where"),
        ({"where": "region:nowhere"}, "There is no region 'nowhere'"),
        ({"where": "MedInc:cheap"}, "write MedInc as a range"),
    ],
)
def test_what_cannot_be_compared_says_why(
    http: FlaskClient, south: int, parameters: dict[str, object], words: str
) -> None:
    answer = asked(http, **parameters)
    assert answer.status_code == (409 if set(words.split()) & {"has", "outside"} else 400)
    assert words in answer.json["error"]
