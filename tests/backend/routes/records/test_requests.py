"""GET /requests/<request_id>: one request, with what it predicted and what was logged meanwhile."""

from collections.abc import Callable
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from storage.domain.inputs import EXAMPLE

Store = Callable[[], None]


@pytest.mark.parametrize("chosen", [None, "order-17", "0b3f0c1de5a24e6f9a57c2c1b2a3d4e5"])
def test_a_request_is_found_by_the_id_in_its_answer(
    http: FlaskClient, store_records: Store, chosen: str | None
) -> None:
    headers = {} if chosen is None else {"X-Request-ID": chosen}
    for path in ("/predict", "/predict?explain=false"):
        asked = http.post(path, json=EXAMPLE, headers=headers)
    request_id = asked.headers["X-Request-ID"]
    store_records()
    answer = http.get(f"/requests/{request_id}")
    assert answer.status_code == 200
    body = answer.json
    assert body is not None
    assert len(body["requests"]) == len(body["predictions"]) == (1 if chosen is None else 2)
    newest = body["predictions"][0]
    assert newest["prediction_id"] == asked.json["prediction_id"]  # type: ignore[index]
    assert newest["input"] == EXAMPLE
    assert body["requests"][0]["endpoint"] == "/predict"


def test_a_refused_one_shows_its_error(http: FlaskClient, store_records: Store) -> None:
    http.post("/predict", json={}, headers={"X-Request-ID": "wrong-1"})
    store_records()
    body = http.get("/requests/wrong-1").json
    assert body is not None
    assert body["predictions"] == []
    assert body["requests"][0]["status_code"] == 400
    assert body["requests"][0]["error_message"].startswith("Missing required features")


@pytest.mark.parametrize(
    "absent", ["none", "x" * 500, "%00", "a b", "' OR 1=1 --", "01a2" * 8, "ä"]
)
def test_an_unknown_one_is_a_404_with_a_sentence(
    http: FlaskClient, store_records: Store, absent: str
) -> None:
    store_records()
    answer = http.get(f"/requests/{quote(absent, safe='%')}")
    assert answer.status_code in {400, 404}
    assert answer.json is not None
    assert answer.json["error"]
