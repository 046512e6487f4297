"""POST /predict and /predict_batch: validated, answered, logged; wrong input changes nothing."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from backend.services import EXTENSION, Services
from storage.domain.inputs import EXAMPLE, FEATURE_NAMES, FEATURES
from storage.errors import SpoolUnavailable

JSON = {"Content-Type": "application/json"}


def test_a_prediction_is_the_models_own_answer(http: FlaskClient, app: Flask) -> None:
    answer = http.post("/predict", json=EXAMPLE)
    services: Services = app.extensions[EXTENSION]
    model = services.host.current()
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["prediction"] == model.predict(np.array([list(EXAMPLE.values())]))[0]
    assert answer.json["model_version"] == model.manifest.version
    assert answer.json["input"] == EXAMPLE
    assert answer.json["success"] is True


def test_a_prediction_is_found_again_by_its_id(
    http: FlaskClient, store_records: Callable[[], None]
) -> None:
    answered = http.post("/predict", json=EXAMPLE, headers={"X-Request-ID": "mine-1"}).json
    store_records()
    assert answered is not None
    logged = http.get(f"/predictions/{answered['prediction_id']}").json
    assert logged is not None
    assert logged["prediction"]["prediction"] == answered["prediction"]
    assert logged["prediction"]["input"] == EXAMPLE
    assert logged["prediction"]["request_id"] == "mine-1"


def test_integers_are_numbers(http: FlaskClient) -> None:
    assert http.post("/predict", json=EXAMPLE | {"HouseAge": 41}).status_code == 200


def test_missing_inputs_are_listed_in_schema_order(http: FlaskClient) -> None:
    answer = http.post("/predict", json={"MedInc": 3.0, "Longitude": -120.0})
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["error"] == "Missing required features: " + ", ".join(FEATURE_NAMES[1:-1])


@pytest.mark.parametrize(
    "literal", ["NaN", "Infinity", "-Infinity", "1e309", "true", '"3.5"', "null", "[1]", "{}"]
)
def test_what_is_not_a_finite_number_is_refused(http: FlaskClient, literal: str) -> None:
    body = json.dumps(EXAMPLE).replace(str(EXAMPLE["MedInc"]), literal)
    answer = http.post("/predict", data=body, headers=JSON)
    assert answer.status_code == 400
    assert answer.json is not None
    assert [problem["field"] for problem in answer.json["validation_errors"]] == ["MedInc"]
    assert "NaN" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.name)
def test_each_input_has_its_bounds(http: FlaskClient, feature: Any) -> None:
    for value, status in [
        (feature.minimum, 200),
        (feature.maximum, 200),
        (feature.minimum - 1, 400),
        (feature.maximum + 1, 400),
    ]:
        answer = http.post("/predict", json=EXAMPLE | {feature.name: value})
        assert answer.status_code == status, value


@pytest.mark.parametrize(
    "body",
    [b" ", b"{", b"[]", b"3", b"null", b'"x"', b"\xff\xfe", b"[" * 20_000, b'{"a":' * 20_000],
    ids=["blank", "torn", "list", "number", "null", "text", "bytes", "deep list", "deep object"],
)
def test_a_body_that_is_no_object_is_refused(http: FlaskClient, body: bytes) -> None:
    answer = http.post("/predict", data=body, headers=JSON)
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"


def test_an_unknown_name_is_refused_and_named(http: FlaskClient) -> None:
    answer = http.post("/predict", json=EXAMPLE | {"Medinc": 3.0})
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["error"] == "Unknown fields: Medinc"


def test_a_batch_answers_in_order(http: FlaskClient) -> None:
    instances = [EXAMPLE | {"MedInc": income} for income in (1.0, 5.0, 9.0)]
    singles = [http.post("/predict", json=instance).json for instance in instances]
    batch = http.post("/predict_batch", json={"instances": instances}).json
    assert batch is not None
    assert batch["n_predictions"] == 3
    assert batch["predictions"] == [single["prediction"] for single in singles if single]
    assert len(set(batch["prediction_ids"])) == 3


def test_a_batch_says_how_unusual_each_instance_is_as_a_single_answer_does(
    http: FlaskClient,
) -> None:
    instances = [EXAMPLE | {"MedInc": income} for income in (3.0, 0.1, 4.0, 50.0)]
    answers = [http.post("/predict", json=instance).json for instance in instances]
    batch = http.post("/predict_batch", json={"instances": instances}).json
    assert batch is not None
    singles = [single for single in answers if single]
    assert batch["supports"] == [single["support"] for single in singles]
    assert batch["warnings"] == [
        {"instance": place} | warning
        for place, single in enumerate(singles)
        for warning in single["warnings"]
    ]
    assert [each["instance"] for each in batch["warnings"]] == [1, 3]


def test_one_bad_instance_refuses_the_batch_and_is_named(
    http: FlaskClient, store_records: Callable[[], None]
) -> None:
    instances = [EXAMPLE, EXAMPLE | {"Latitude": 99.0}]
    answer = http.post("/predict_batch", json={"instances": instances})
    store_records()
    logged = http.get("/predictions").json
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["validation_errors"][0]["field"] == "instances[1].Latitude"
    assert logged is not None
    assert logged["total"] == 0


@pytest.mark.parametrize("number", [0, 10_001])
def test_a_batch_holds_1_to_10000_instances(http: FlaskClient, number: int) -> None:
    answer = http.post("/predict_batch", json={"instances": [EXAMPLE] * number})
    assert answer.status_code == 400


def test_the_largest_batch_is_answered(http: FlaskClient) -> None:
    answer = http.post("/predict_batch", json={"instances": [EXAMPLE] * 10_000})
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["n_predictions"] == 10_000


def test_what_cannot_be_logged_is_not_answered(
    http: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    services: Services = app.extensions[EXTENSION]

    def full(_lines: bytes, **_how: object) -> None:
        raise SpoolUnavailable("The record could not be written; free some disk space.")

    monkeypatch.setattr(services.spool, "append_lines", full)
    refused = http.post("/predict", json=EXAMPLE)
    monkeypatch.undo()
    assert refused.status_code == 503
    assert refused.json is not None
    assert "prediction" not in refused.json
    assert http.post("/predict", json=EXAMPLE).status_code == 200


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(FEATURE_NAMES), inner),
        max_leaves=12,
    )
)
@hypothesis_settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_json_at_all_makes_a_500(http: FlaskClient, value: Any) -> None:
    for path in ("/predict", "/predict_batch"):
        answer = http.post(path, data=json.dumps(value), headers=JSON)
        assert answer.status_code == 400
        assert answer.json is not None
        assert answer.json["error"]
