"""Idempotency-Key over HTTP: the same answer and one row; refusals that say what to do."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from backend.contract.base import ErrorResponse
from storage.domain.inputs import EXAMPLE
from tests.log_writing import carried_out
from tests.system import bearer

Store = Callable[[], None]
KEY = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}
QUOTED = {"Idempotency-Key": f'"{KEY["Idempotency-Key"]}"'}
OTHER = EXAMPLE | {"MedInc": 2.0}


def _rows(http: FlaskClient) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = http.get("/predictions").get_json()["predictions"]
    return rows


@pytest.mark.parametrize("path", ["/predict", "/predict?explain=true", "/predict_batch"])
def test_the_same_key_gives_the_same_answer_and_one_row(
    http: FlaskClient, store_records: Store, path: str
) -> None:
    body = {"instances": [EXAMPLE, OTHER]} if path == "/predict_batch" else EXAMPLE
    first, again = (http.post(path, json=body, headers=sent) for sent in (KEY, QUOTED))
    assert first.status_code == again.status_code == 200
    assert first.data == again.data
    assert ("Idempotency-Replayed" in first.headers, again.headers["Idempotency-Replayed"]) == (
        False,
        "true",
    )
    assert http.post(path, json=body).data != first.data
    store_records()
    assert len(_rows(http)) == (4 if path == "/predict_batch" else 2)
    figures = http.get("/metrics").text
    assert 'idempotency_keys_total{outcome="first"} 1.0' in figures
    assert 'idempotency_keys_total{outcome="repeated"} 1.0' in figures


def test_another_request_with_the_key_is_refused(http: FlaskClient) -> None:
    assert http.post("/predict", json=EXAMPLE, headers=KEY).status_code == 200
    for path, body in (("/predict", OTHER), ("/predict?explain=true", EXAMPLE)):
        answer = http.post(path, json=body, headers=KEY)
        assert answer.status_code == 422
        assert "new key" in ErrorResponse.model_validate(answer.json).error
    # It is the caller's own: another one may use the same.
    assert http.post("/predict", json=OTHER, headers=KEY | bearer("operate")).status_code == 200


def test_after_a_refusal_the_key_is_free(http: FlaskClient) -> None:
    wrong = http.post("/predict", json=EXAMPLE | {"MedInc": "much"}, headers=KEY)
    assert wrong.status_code == 400
    assert http.post("/predict", json=EXAMPLE, headers=KEY).status_code == 200


@pytest.mark.parametrize("key", ["", " ", '"', "a,b", '"a", "b"', "a b", "x" * 256, "é", '"a\\b"'])
def test_a_malformed_key_is_refused(http: FlaskClient, key: str) -> None:
    answer = http.post("/predict", json=EXAMPLE, headers={"Idempotency-Key": key})
    assert answer.status_code == 400
    assert "Idempotency-Key" in ErrorResponse.model_validate(answer.json).error


def test_actual_values_are_attached_once(http: FlaskClient, store_records: Store) -> None:
    one = http.post("/predict", json=EXAMPLE).get_json()["prediction_id"]
    body = {"items": [{"prediction_id": one, "actual": 4.0}]}
    headers = KEY | bearer("operate")
    first = carried_out(store_records, lambda: http.post("/feedback", json=body, headers=headers))
    assert first.get_json()["accepted"] == 1
    again = http.post("/feedback", json=body, headers=headers)
    assert again.data == first.data


def test_clearing_the_records_forgets_the_answers_too(
    http: FlaskClient, store_records: Store
) -> None:
    first = http.post("/predict", json=EXAMPLE, headers=KEY)
    store_records()
    admin = bearer("administer")
    carried_out(store_records, lambda: http.post("/database/clear", headers=admin))
    again = http.post("/predict", json=EXAMPLE, headers=KEY)
    assert again.get_json()["prediction_id"] != first.get_json()["prediction_id"]
    store_records()
    assert len(_rows(http)) == 1
