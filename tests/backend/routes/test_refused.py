"""/monitoring/refused: what requests to predict were refused for, from the request to the answer."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from storage.domain.inputs import EXAMPLE


def test_refusals_of_predictions_arrive_by_input(
    http: FlaskClient, store_records: Callable[[], None]
) -> None:
    for number in range(4):
        body = EXAMPLE | {"MedInc": 41_000.0 + 10_000 * number}
        assert http.post("/predict", json=body).status_code == 400
    rows = [
        EXAMPLE,
        EXAMPLE | {"MedInc": 83_252.0},
        EXAMPLE | {"MedInc": 90_000.0, "HouseAge": "x"},
    ]
    assert http.post("/predict_batch", json={"instances": rows}).status_code == 400
    assert http.post("/predict", json=EXAMPLE | {"Colour": 1}).status_code == 400
    assert http.post("/predict", json=EXAMPLE).status_code == 200
    store_records()
    answer = http.get("/monitoring/refused?window=1h").json
    assert answer is not None
    assert answer["requests"] == 5
    income, age = answer["fields"]
    assert (income["name"], income["requests"]) == ("MedInc", 5)
    assert income["problems"] == {"less_than_equal": 6}
    assert income["in_another_unit"]
    assert income["reason"].startswith("MedInc: all in another unit?")
    assert (age["name"], age["median"], age["in_another_unit"]) == ("HouseAge", None, False)


@pytest.mark.parametrize("query", ["window=0h", "window=soon", "until=now", "colour=red"])
def test_a_wrong_question_is_refused(http: FlaskClient, query: str) -> None:
    assert http.get(f"/monitoring/refused?{query}").status_code == 400


def test_whole_numbers_beyond_floats_are_refused_and_kept(
    http: FlaskClient, store_records: Callable[[], None]
) -> None:
    body = '{"instances": [' + ",".join('{"MedInc": 1' + "0" * 400 + "}" for _ in range(2)) + "]}"
    answer = http.post("/predict_batch", data=body, content_type="application/json")
    assert answer.status_code == 400
    store_records()
    fields = http.get("/monitoring/refused").json["fields"]  # type: ignore[index]
    assert {field["median"] for field in fields} == {None}


@pytest.mark.parametrize("number", [2e15, 1e299])
def test_a_huge_number_is_no_damage_of_the_database(
    http: FlaskClient, store_records: Callable[[], None], number: float
) -> None:
    assert http.post("/predict", json=EXAMPLE | {"MedInc": number}).status_code == 400
    store_records()
    answer = http.get("/monitoring/refused")
    assert answer.status_code == 200
    assert [field["median"] for field in answer.json["fields"]] == [None]  # type: ignore[index]
    assert http.get("/monitoring/drift").status_code == 200
