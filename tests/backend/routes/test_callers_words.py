"""The caller's own id and metadata: echoed, logged, searched for, counted, and named by actual values."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from backend.contract.feedback import FeedbackResponse
from storage.domain.inputs import EXAMPLE
from storage.schema.caller import wrong_reference
from tests.log_writing import Store, attach_actual_values

NORTH = {"region": "north", "channel": "web"}
OTHER = EXAMPLE | {"HouseAge": 12.0}


def ask(http: FlaskClient, body: dict[str, Any]) -> dict[str, Any]:
    answer = http.post("/predict", json=body)
    assert answer.status_code == 200, answer.json
    found: dict[str, Any] = answer.get_json()
    return found


def listed(http: FlaskClient, query: str) -> list[str]:
    answer = http.get(f"/predictions?{query}")
    assert answer.status_code == 200, answer.json
    return [row["prediction_id"] for row in answer.get_json()["predictions"]]


@pytest.mark.parametrize("path", ["/predict", "/predict?explain=false"])
def test_both_are_echoed_and_found_again(
    http: FlaskClient, store_records: Callable[[], None], path: str
) -> None:
    said = {"reference": "order 17/½", "metadata": NORTH}
    answer = http.post(path, json=EXAMPLE | said).get_json()
    silent = http.post(path, json=EXAMPLE | {"reference": None, "metadata": {}}).get_json()
    assert {name: answer[name] for name in said} == said
    assert answer["input"] == EXAMPLE
    assert (silent["reference"], silent["metadata"]) == (None, None)
    store_records()
    logged = http.get(f"/predictions/{answer['prediction_id']}").get_json()["prediction"]
    assert {name: logged[name] for name in said} == said
    assert logged["input"] == EXAMPLE
    assert listed(http, "reference=order%2017/%C2%BD") == [answer["prediction_id"]]


def test_each_instance_of_a_batch_has_its_own(
    http: FlaskClient, store_records: Callable[[], None]
) -> None:
    instances = [EXAMPLE | {"reference": "a"}, EXAMPLE, EXAMPLE | {"metadata": NORTH}]
    answer = http.post("/predict_batch", json={"instances": instances}).get_json()
    assert answer["references"] == ["a", None, None]
    assert answer["metadata"] == [None, None, NORTH]
    silent = http.post("/predict_batch", json={"instances": [EXAMPLE]}).get_json()
    assert (silent["references"], silent["metadata"]) == (None, None)
    store_records()
    assert listed(http, "reference=a") == answer["prediction_ids"][:1]
    assert listed(http, "metadata.region=north") == answer["prediction_ids"][2:]


def test_predictions_are_searched_by_metadata_in_either_notation(
    http: FlaskClient, store_records: Callable[[], None]
) -> None:
    web = ask(http, EXAMPLE | {"metadata": NORTH})["prediction_id"]
    shop = ask(http, EXAMPLE | {"metadata": NORTH | {"channel": "shop"}})["prediction_id"]
    store_records()
    assert listed(http, "metadata.region=north") == [shop, web]
    assert listed(http, "metadata[channel]=web&metadata[region]=north") == [web]
    assert listed(http, "metadata.channel=post") == []
    answer = http.get("/predictions?metadata.channel=web&limit=1").get_json()
    assert answer["filters"] == {"metadata": {"channel": "web"}, "limit": 1}
    for wrong in ("metadata=web", "metadata.=web", "metadata.a=1&metadata[a]=2", "metadata.1=a"):
        assert http.get(f"/predictions?{wrong}").status_code == 400, wrong
    counted = http.get("/predictions/metadata?limit=1").get_json()
    assert counted["counted"] == 2
    assert counted["names"] == [
        {
            "name": "channel",
            "predictions": 2,
            "values": [{"value": "shop", "predictions": 1}],
            "others": 1,
        },
        {
            "name": "region",
            "predictions": 2,
            "values": [{"value": "north", "predictions": 2}],
            "others": 0,
        },
    ]


@pytest.mark.parametrize(
    ("said", "field", "sentence"),
    [
        ({"reference": "x" * 129}, "reference", "String should have at most 128 characters"),
        ({"reference": ""}, "reference", "String should have at least 1 character"),
        ({"reference": 17}, "reference", "Input should be a valid string"),
        (
            {"reference": "a\nb"},
            "reference",
            "Text must not contain control characters, tabs or line breaks",
        ),
        ({"reference": "a "}, "reference", "Text must not begin or end with a space"),
        (
            {"metadata": {f"a{number}": "b" for number in range(11)}},
            "metadata",
            "Metadata have at most 10 entries",
        ),
        (
            {"metadata": {"2nd": "b"}},
            "metadata.2nd.[key]",
            "A name of metadata begins with a letter and has only letters, digits, _ and -",
        ),
        ({"metadata": {"a": "b" * 101}}, "metadata.a", "String should have at most 100 characters"),
        ({"metadata": {"a": 5}}, "metadata.a", "Input should be a valid string"),
        ({"metadata": "a"}, "metadata", "Input should be an object"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_a_sentence(
    http: FlaskClient, said: dict[str, Any], field: str, sentence: str
) -> None:
    answer = http.post("/predict", json=EXAMPLE | said).get_json()
    (problem,) = answer["validation_errors"]
    assert (problem["field"], problem["message"]) == (field, sentence)
    batch = {"instances": [EXAMPLE, EXAMPLE | said]}
    (problem,) = http.post("/predict_batch", json=batch).get_json()["validation_errors"]
    assert (problem["field"], problem["message"]) == (f"instances[1].{field}", sentence)


def test_what_is_neither_an_input_nor_these_is_still_refused(http: FlaskClient) -> None:
    answer = http.post("/predict", json=EXAMPLE | {"reference": "a", "Reference": "b"})
    assert (answer.status_code, answer.get_json()["error"]) == (400, "Unknown fields: Reference")
    for path in ("/sensitivity", "/nearest_districts"):
        refused = http.post(path, json=EXAMPLE | {"reference": "a"}).get_json()
        assert refused["error"] == "Unknown fields: reference"


@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reference=st.text(min_size=1, max_size=140))
def test_a_reference_comes_back_as_it_was_or_is_refused(http: FlaskClient, reference: str) -> None:
    body = json.dumps(EXAMPLE | {"reference": reference}).encode()
    answer = http.post("/predict", data=body, content_type="application/json")
    if wrong_reference(reference) is None:
        assert (answer.status_code, answer.get_json()["reference"]) == (200, reference)
    else:
        assert answer.status_code == 400


def test_a_full_batch_of_full_metadata_with_punctuation_is_taken(http: FlaskClient) -> None:
    texts = {f"name{number}": "2026-11-29T18:00:00, {[:,]}" for number in range(10)}
    instances = [EXAMPLE | {"reference": "urn:a,b", "metadata": texts}] * 3_000
    answer = http.post("/predict_batch", json={"instances": instances})
    assert answer.status_code == 200, answer.get_json()["error"]


def test_an_actual_value_names_the_reference(http: FlaskClient, store_records: Store) -> None:
    one = ask(http, EXAMPLE | {"reference": "a"})["prediction_id"]
    two = ask(http, EXAMPLE | {"reference": "a", "metadata": NORTH})["prediction_id"]
    ids = [ask(http, each | {"reference": "b"})["prediction_id"] for each in (EXAMPLE, OTHER)]
    items = [{"reference": name, "actual": 4.5} for name in ("a", "b", "c")]
    answer = attach_actual_values(http, store_records, items)
    report = FeedbackResponse.model_validate(answer.json)
    assert (report.accepted, report.unknown) == (2, ["c"])
    (ambiguous,) = report.ambiguous
    assert (ambiguous.reference, ambiguous.prediction_ids) == ("b", ids[::-1])
    assert sorted(listed(http, "labelled=true")) == sorted([one, two])
    by_id = [{"prediction_id": ids[0], "actual": 4.0}, {"reference": "a", "actual": 4.0}]
    report = FeedbackResponse.model_validate(attach_actual_values(http, store_records, by_id).json)
    assert report.accepted == 1
    assert sorted(report.duplicate) == sorted(report.conflicting) == sorted([one, two])


@pytest.mark.parametrize(
    ("item", "sentence"),
    [
        ({"actual": 4.5}, "Name the prediction, by its prediction_id or by your reference"),
        (
            {"actual": 4.5, "prediction_id": "a", "reference": "b"},
            "Name the prediction either by prediction_id or by reference, not by both",
        ),
    ],
)
def test_an_item_names_one_prediction(
    http: FlaskClient, store_records: Store, item: dict[str, Any], sentence: str
) -> None:
    answer = attach_actual_values(http, store_records, [item])
    assert answer.status_code == 400
    assert answer.get_json()["error"] == f"items[0]: {sentence}"
