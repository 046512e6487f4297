"""A body or query that says one thing twice, or a number that would become 0, is refused with its name."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from storage.domain.inputs import EXAMPLE
from tests.system import bearer

FLAT = json.dumps(EXAMPLE | {"HouseAge": 41})[:-1]
TWICE = "This key is given twice: keep one of them"
TOO_SMALL = "Too small for a number: write 0 if that is meant"


def post(http: FlaskClient, path: str, body: str) -> tuple[int, list[tuple[str, str]]]:
    headers = bearer("operate") | {"Content-Type": "application/json"}
    answer = http.post(path, data=body.encode(), headers=headers)
    assert answer.json is not None
    problems: list[dict[str, Any]] = answer.json.get("validation_errors") or []
    return answer.status_code, [(each["field"], each["message"]) for each in problems]


@pytest.mark.parametrize(
    ("path", "body", "field", "message"),
    [
        ("/predict", FLAT + ', "MedInc": 1.5}', "MedInc", TWICE),
        ("/predict", FLAT + ', "Med\\u0049nc": 8.3252}', "MedInc", TWICE),
        ("/predict?explain=false", FLAT + ', "HouseAge": 41}', "HouseAge", TWICE),
        ("/predict", FLAT.replace(": 41,", ": 1e-400,") + "}", "HouseAge", TOO_SMALL),
        ("/predict", FLAT.replace(": 41,", ": 0." + "0" * 400 + "1,") + "}", "HouseAge", TOO_SMALL),
        ("/predict_batch", f'{{"instances": [{FLAT}}}, {FLAT}, "Latitude": 36}}]}}',
         "instances[1].Latitude", TWICE),
        ("/feedback", '{"items": [{"prediction_id": "a", "actual": 1, "actual": 2}]}',
         "items[0].actual", TWICE),
        ("/feedback", '{"items": [{"prediction_id": "a", "actual": 2E-999}]}',
         "items[0].actual", TOO_SMALL),
        ("/monitoring/trigger-retraining", '{"reason": "a: b", "reason": "c"}', "reason", TWICE),
    ],
)  # fmt: skip
def test_what_would_be_read_otherwise_is_named(
    http: FlaskClient, path: str, body: str, field: str, message: str
) -> None:
    assert post(http, path, body) == (400, [(field, message)])


def test_what_only_looks_like_it_is_answered(http: FlaskClient) -> None:
    assert post(http, "/predict", FLAT.replace(": 41,", ": 0e-400,") + "}") == (200, [])
    assert post(http, "/predict", FLAT.replace(": 41,", ": 4100e-2,") + "}") == (200, [])
    status, _ = post(http, "/monitoring/trigger-retraining", '{"reason": "at 8:30: {\\"a\\": 1}"}')
    assert status == 200


def test_a_key_of_the_configuration_given_twice_is_named(http: FlaskClient) -> None:
    name = "drift_minimum_rows"
    answer = http.put(
        "/monitoring/config",
        data=f'{{"{name}": 300, "{name}": 400}}',
        headers=bearer("administer") | {"Content-Type": "application/json"},
    )
    assert answer.json is not None
    assert (answer.status_code, answer.json["error"]) == (400, f"{name}: {TWICE}.")


def test_a_parameter_given_twice_is_named(http: FlaskClient) -> None:
    answer = http.get("/predictions?limit=5&limit=6")
    assert answer.json is not None
    assert answer.status_code == 400
    assert answer.json["error"] == "limit: This parameter is given twice: keep one of them."
