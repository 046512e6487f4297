"""What an answer carries beside its price: interval, warnings, support, contributions."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from storage.domain.inputs import EXAMPLE, FEATURE_NAMES
from storage.domain.target import TARGET_CAP

SAN_FRANCISCO = EXAMPLE | {"Latitude": 37.77, "Longitude": -122.42}


def ask(http: FlaskClient, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = http.post(path, json=body)
    assert answer.status_code == 200, answer.json
    assert answer.json is not None
    return dict(answer.json)


def test_the_price_lies_in_its_interval_and_the_interval_below_the_cap(http: FlaskClient) -> None:
    for income in (0.5, 3.0, 9.0, 15.0):
        body = ask(http, "/predict", EXAMPLE | {"MedInc": income})
        interval = body["interval"]
        assert interval["coverage"] == 0.9
        assert 0 <= interval["lower"] <= body["prediction"] <= interval["upper"] <= TARGET_CAP


def test_a_batch_carries_the_same_intervals(http: FlaskClient) -> None:
    single = ask(http, "/predict", EXAMPLE)
    batch = ask(http, "/predict_batch", {"instances": [EXAMPLE, SAN_FRANCISCO]})
    assert batch["intervals"][0] == single["interval"]
    assert len(batch["intervals"]) == 2


def test_the_interval_is_logged_with_its_prediction(
    http: FlaskClient, store_records: Callable[[], None]
) -> None:
    answered = ask(http, "/predict", EXAMPLE)
    store_records()
    body = http.get(f"/predictions/{answered['prediction_id']}").json
    assert body is not None
    logged = body["prediction"]
    assert logged["interval_lower"] == answered["interval"]["lower"]
    assert logged["interval_upper"] == answered["interval"]["upper"]


def test_usual_inputs_give_no_warning_and_are_supported(http: FlaskClient) -> None:
    body = ask(http, "/predict", EXAMPLE)
    assert body["warnings"] == []
    assert body["support"] > 0.05


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (
            {"AveRooms": 60.0},
            "Rooms: 60 rooms per household is above the training data's 99.9th percentile, ",
        ),
        ({"AveRooms": 900.0}, "Rooms: 900 rooms per household is above the training maximum, "),
        (
            {"Population": 4.0},
            "Population: 4 people is below the training data's 0.1th percentile, ",
        ),
        ({"Latitude": 32.1}, "Latitude: 32.1 degrees north is below the training minimum, "),
        ({"MedInc": 0.1}, "Median income: $1,000 is below the training minimum, $4,999"),
    ],
)
def test_an_input_beyond_the_training_data_is_named(
    http: FlaskClient, changed: dict[str, float], words: str
) -> None:
    warnings = ask(http, "/predict", EXAMPLE | changed)["warnings"]
    assert [warning["field"] for warning in warnings] == list(changed)
    assert warnings[0]["message"].startswith(words)


def test_what_is_like_no_training_district_has_no_support(http: FlaskClient) -> None:
    assert ask(http, "/predict", EXAMPLE | {"AveOccup": 5_000.0})["support"] == 0


def test_contributions_come_on_demand_and_add_up(http: FlaskClient) -> None:
    assert ask(http, "/predict", EXAMPLE)["contributions"] is None
    body = ask(http, "/predict?explain=true", EXAMPLE)
    contributions = body["contributions"]
    assert list(contributions["values"]) == list(FEATURE_NAMES)
    total = contributions["base_value"] + sum(contributions["values"].values())
    assert total == pytest.approx(body["prediction"], abs=1e-6)


def test_sensitivity_runs_over_the_training_data(http: FlaskClient) -> None:
    body = ask(http, "/sensitivity?points=21", EXAMPLE)
    assert body["prediction"] == ask(http, "/predict", EXAMPLE)["prediction"]
    assert [curve["feature"] for curve in body["curves"]] == list(FEATURE_NAMES)
    for curve in body["curves"]:
        assert len(curve["values"]) == len(curve["predictions"]) == 21
        assert curve["values"] == sorted(curve["values"])
        assert len(curve["histogram_edges"]) == len(curve["histogram_counts"]) + 1
        assert curve["values"][0] == curve["histogram_edges"][0]


def test_sensitivity_of_one_input(http: FlaskClient) -> None:
    curves = ask(http, "/sensitivity?feature=MedInc", EXAMPLE)["curves"]
    assert [curve["feature"] for curve in curves] == ["MedInc"]
    assert curves[0]["predictions"][-1] > curves[0]["predictions"][0]


def test_nearest_districts_are_near_and_in_order(http: FlaskClient) -> None:
    districts = ask(http, "/nearest_districts?number=5", SAN_FRANCISCO)["districts"]
    distances = [district["distance_km"] for district in districts]
    assert distances == sorted(distances)
    assert distances[-1] < 5
    assert all(0 < district["price"] <= TARGET_CAP for district in districts)
    assert set(districts[0]["input"]) == set(FEATURE_NAMES)


def test_asking_around_an_answer_logs_no_prediction(
    http: FlaskClient, store_records: Callable[[], None]
) -> None:
    ask(http, "/sensitivity", EXAMPLE)
    ask(http, "/nearest_districts", EXAMPLE)
    store_records()
    body = http.get("/predictions").json
    assert body is not None
    assert body["total"] == 0


@pytest.mark.parametrize(
    "path",
    [
        "/predict?explain=perhaps",
        "/predict?why=true",
        "/sensitivity?feature=Price",
        "/sensitivity?points=1",
        "/nearest_districts?number=0",
        "/nearest_districts?number=51",
    ],
)
def test_a_wrong_question_is_refused(http: FlaskClient, path: str) -> None:
    answer = http.post(path, json=EXAMPLE)
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("path", ["/sensitivity", "/nearest_districts"])
def test_bad_inputs_are_refused_here_too(http: FlaskClient, path: str) -> None:
    assert http.post(path, json={"MedInc": 1.0}).status_code == 400
