"""POST /feedback over HTTP: who may, what is refused, and that the values are read back."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from backend.contract.feedback import FeedbackResponse
from storage.domain.inputs import EXAMPLE
from tests.log_writing import Store, attach_actual_values, carried_out
from tests.system import bearer

Attach = Callable[[list[Any]], FeedbackResponse]


@pytest.fixture
def attach(http: FlaskClient, store_records: Store) -> Attach:
    """Post values while the log-writer runs."""

    def post(items: list[Any]) -> FeedbackResponse:
        answer = attach_actual_values(http, store_records, items)
        assert answer.status_code == 200, answer.json
        return FeedbackResponse.model_validate(answer.json)

    return post


def test_values_are_attached_and_read_back(
    http: FlaskClient, attach: Attach, store_records: Store
) -> None:
    batch = http.post("/predict_batch", json={"instances": [EXAMPLE] * 3}).json
    assert batch is not None
    one, two, three = batch["prediction_ids"]
    report = attach([{"prediction_id": one, "actual": 4.5}, {"prediction_id": two, "actual": 1}])
    assert (report.accepted, report.unknown, report.duplicate) == (2, [], [])
    again = attach([{"prediction_id": two, "actual": 2.0}, {"prediction_id": "x", "actual": 2.0}])
    assert (again.accepted, again.unknown, again.duplicate) == (0, ["x"], [two])
    assert again.conflicting == [two]
    assert _listed(http, "?labelled=true") == {one: 4.5, two: 1.0}
    assert _listed(http, "?labelled=false") == {three: None}
    row = http.get(f"/predictions/{one}").json
    assert row is not None
    assert row["prediction"]["actual"] == 4.5
    statistics = http.get("/database/stats").json
    assert statistics is not None
    assert statistics["statistics"]["labelled"] == 2


def test_a_value_is_corrected_by_a_named_person_and_audited(
    http: FlaskClient, attach: Attach, store_records: Store
) -> None:
    one = http.post("/predict", json=EXAMPLE).get_json()["prediction_id"]
    attach([{"prediction_id": one, "actual": 4.0}])
    correction = {"person": "Ada Lovelace", "reason": "a decimal comma was cut off"}
    items = [{"prediction_id": one, "actual": 4.2}]
    answer = carried_out(store_records, lambda: _post(http, items, correction=correction))
    report = FeedbackResponse.model_validate(answer.json)
    assert (answer.status_code, report.accepted, report.corrected) == (200, 0, [one])
    found = http.get(f"/predictions/{one}").get_json()
    assert found["prediction"]["actual"] == 4.2
    (change,) = found["corrections"]
    assert (change["earlier"], change["actual"], change["person"]) == (4.0, 4.2, "Ada Lovelace")
    entry = http.get("/audit", headers=bearer("operate")).get_json()["entries"][0]
    assert (entry["action"], entry["actor"], entry["subject"]) == (
        "label_correction",
        "operator",
        one,
    )
    assert entry["reason"] == correction["reason"]
    assert entry["figures"] == {
        "person": "Ada Lovelace",
        "corrected": 1,
        "values": [{"prediction_id": one, "from": 4.0, "to": 4.2}],
    }


@pytest.mark.parametrize("corrects", [False, True])
def test_a_dry_run_answers_what_attaching_answers_and_changes_nothing(
    http: FlaskClient, attach: Attach, store_records: Store, corrects: bool
) -> None:
    ids = [http.post("/predict", json=EXAMPLE).get_json()["prediction_id"] for _ in range(3)]
    for income in (1.0, 1.0, 2.0):
        body = EXAMPLE | {"MedInc": income, "reference": f"of {income}"}
        ids.append(http.post("/predict", json=body).get_json()["prediction_id"])
    http.post("/predict", json=EXAMPLE | {"MedInc": 3.0, "reference": "of 2.0"})
    attach([{"prediction_id": ids[0], "actual": 4.0}])
    values = [(ids[0], 4.0), (ids[0], 4.1), (ids[1], 2.0), (ids[1], 2.0), (ids[1], 2.1)]
    items = [{"prediction_id": one, "actual": actual} for one, actual in [*values, ("x", 1.0)]]
    items += [{"reference": one, "actual": 3.0} for one in ("of 1.0", "of 2.0", "of 9.0")]
    more: dict[str, Any] = {"correction": {"person": "Ada", "reason": "x"}} if corrects else {}
    before = _listed(http, "")
    would = FeedbackResponse.model_validate(_post(http, items, dry_run=True, **more).json)
    assert _listed(http, "") == before
    assert would.dry_run
    done = carried_out(store_records, lambda: _post(http, items, **more))
    report = FeedbackResponse.model_validate(done.json)
    differs = {"dry_run", "timestamp"}
    assert would.model_dump(exclude=differs) == report.model_dump(exclude=differs)
    assert (report.accepted, len(report.corrected), len(report.ambiguous)) == (
        3,
        2 if corrects else 0,
        1,
    )


@pytest.mark.parametrize(
    "correction", [{"person": "Ada"}, {"reason": "x"}, {"person": " ", "reason": "x"}]
)
def test_a_correction_needs_a_person_and_a_reason(
    http: FlaskClient, correction: dict[str, str]
) -> None:
    answer = _post(http, [{"prediction_id": "a", "actual": 1.0}], correction=correction)
    assert answer.status_code == 400
    (problem,) = answer.get_json()["validation_errors"]
    assert problem["field"].startswith("correction.")
    assert problem["message"] in ("Field required", "Text must not be blank")


@pytest.mark.parametrize(("key", "status"), [(None, 401), ("wrong", 401), ("see", 403)])
def test_it_needs_an_operator(http: FlaskClient, key: str | None, status: int) -> None:
    headers = bearer(key) if key is not None else {}
    assert http.post("/feedback", json={"items": []}, headers=headers).status_code == status


@pytest.mark.parametrize(
    ("items", "field"),
    [
        ("[]", "items"),
        ('[{"prediction_id": "a"}]', "items[0].actual"),
        ('[{"prediction_id": "a", "actual": NaN}]', "items[0].actual"),
        ('[{"prediction_id": "a", "actual": 1e309}]', "items[0].actual"),
        ('[{"prediction_id": "a", "actual": "4.5"}]', "items[0].actual"),
        ('[{"prediction_id": "a", "actual": true}]', "items[0].actual"),
        ('[{"prediction_id": "a", "actual": -0.1}]', "items[0].actual"),
        ('[{"prediction_id": "a", "actual": 450000}]', "items[0].actual"),
        ('[{"prediction_id": "a", "actual": 1}, {"prediction_id": 5, "actual": 1}]', "items[1]"),
        ('[{"prediction_id": "a", "actual": 1, "price": 1}]', "items[0].price"),
        ("null", "items"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_place(
    http: FlaskClient, items: str, field: str
) -> None:
    answer = http.post(
        "/feedback",
        data='{"items": ' + items + "}",
        headers={"Content-Type": "application/json"} | bearer("operate"),
    )
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["validation_errors"][0]["field"].startswith(field)


def test_a_missing_list_is_named(http: FlaskClient) -> None:
    answer = http.post("/feedback", json={}, headers=bearer("operate"))
    assert answer.json is not None
    assert answer.json["error"] == "Missing required fields: items"


def test_without_a_database_nothing_is_attached(http: FlaskClient) -> None:
    answer = _post(http, [{"prediction_id": "a", "actual": 1.0}])
    assert answer.status_code == 503
    assert answer.json is not None
    assert "log-writer" in answer.json["error"]


def _post(http: FlaskClient, items: list[Any], **more: Any) -> TestResponse:
    return http.post("/feedback", json={"items": items} | more, headers=bearer("operate"))


def _listed(http: FlaskClient, query: str) -> dict[str, float | None]:
    page = http.get(f"/predictions{query}").json
    assert page is not None
    return {row["prediction_id"]: row["actual"] for row in page["predictions"]}
