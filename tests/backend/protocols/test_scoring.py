"""MLflow's scoring protocol over HTTP: what /predict answers, in each of its forms, and its refusals."""

from collections.abc import Callable
from typing import Any

import mlflow
import pandas as pd  # type: ignore[import-untyped]
import pytest
from flask.testing import FlaskClient

from backend.contract.base import ErrorResponse
from backend.contract.predictions import LARGEST_BATCH
from backend.contract.protocols.scoring import FORMS
from backend.routes.protocols.scoring import MLFLOW_VERSION
from storage.domain.inputs import EXAMPLE, FEATURE_NAMES
from tests.districts import unseen_districts

Json = dict[str, Any]
VALUES = list(EXAMPLE.values())
PARQUET = "application/vnd.apache.parquet"


def _forms(rows: list[Json]) -> dict[str, Any]:
    names = list(rows[0])
    reversed_rows = [[row[name] for name in reversed(names)] for row in rows]
    return {
        "dataframe_split": {
            "columns": names[::-1],
            "data": reversed_rows,
            "index": [7] * len(rows),
        },
        "dataframe_records": rows,
        "instances": rows,
        "inputs": {name: [row[name] for row in rows] for name in names},
    }


@pytest.mark.parametrize("number", [1, 3])
def test_each_form_gets_what_predict_batch_answers_and_a_row_each_is_logged(
    http: FlaskClient, store_records: Callable[[], None], number: int
) -> None:
    rows = [each.model_dump() for each in unseen_districts(number)]
    expected = http.post("/predict_batch", json={"instances": rows}).get_json()["predictions"]
    for form, body in _forms(rows).items():
        answer = http.post("/invocations", json={form: body, "params": None})
        assert answer.status_code == 200, answer.get_json()
        assert answer.get_json() == {"predictions": expected}
    frame = pd.DataFrame(rows)
    for kind, content in (
        ("text/csv", frame.to_csv().encode()),
        ("text/csv; charset=utf-8", frame.to_csv(index=False).encode()),
        (PARQUET, frame.to_parquet()),
    ):
        answer = http.post("/invocations", data=content, content_type=kind)
        assert answer.get_json() == {"predictions": expected}
    store_records()
    logged = http.get("/predictions").get_json()["predictions"]
    assert len(logged) == 8 * number
    assert {row["prediction"] for row in logged} == set(expected)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("said", [{}, {"reference": "order-17"}], ids=["numbers", "words"])
def test_ten_thousand_rows_are_answered_in_each_form(
    http: FlaskClient, form: str, said: Json
) -> None:
    rows = [EXAMPLE | said] * LARGEST_BATCH
    answer = http.post("/invocations", json={form: _forms(rows)[form]})
    assert answer.status_code == 200, answer.get_json()
    assert len(answer.get_json()["predictions"]) == LARGEST_BATCH
    more = http.post("/invocations", json={form: _forms([*rows, rows[0]])[form]})
    assert more.status_code == 400


def test_a_single_row_may_stand_without_a_list(http: FlaskClient) -> None:
    expected = http.post("/predict", json=EXAMPLE).get_json()["prediction"]
    for form in ("instances", "inputs"):
        answer = http.post("/invocations", json={form: EXAMPLE})
        assert answer.get_json() == {"predictions": [expected]}


def test_the_caller_s_own_id_is_logged(
    http: FlaskClient, store_records: Callable[[], None]
) -> None:
    http.post("/invocations", json={"dataframe_records": [EXAMPLE | {"reference": "order-17"}]})
    csv = pd.DataFrame([EXAMPLE | {"reference": "order-18"}]).to_csv(index=False)
    http.post("/invocations", data=csv, content_type="text/csv")
    store_records()
    logged = http.get("/predictions").get_json()["predictions"]
    assert {row["reference"] for row in logged} == {"order-17", "order-18"}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "exactly one of these forms"),
        ({"instances": [EXAMPLE], "inputs": EXAMPLE}, "2 are given"),
        ({"dataframe_records": []}, "at least 1 item"),
        ({"dataframe_records": [EXAMPLE | {"Rooms": 3.0}]}, "Rooms"),
        ({"dataframe_records": [EXAMPLE | {"MedInc": -5.0}]}, "instances[0].MedInc"),
        ({"dataframe_records": [EXAMPLE | {"MedInc": None}]}, "instances[0].MedInc"),
        ({"dataframe_records": [EXAMPLE | {"MedInc": "8.3"}]}, "instances[0].MedInc"),
        ({"dataframe_split": {"columns": ["MedInc", "MedInc"], "data": []}}, "given twice"),
        (
            {"dataframe_split": {"columns": list(FEATURE_NAMES), "data": [VALUES[1:]]}},
            "7 values for 8",
        ),
        ({"inputs": {"MedInc": [1.0, 2.0], "HouseAge": [1.0]}}, "different numbers"),
        ({"instances": [VALUES]}, "instances[0]: Input should be an object"),
        ({"dataframe_records": [EXAMPLE | {"MedInc": [1]}]}, "dataframe_records[0].MedInc: Input"),
        ({"inputs": "many"}, "inputs: Input should be a valid array"),
        ({"dataframe_records": [EXAMPLE], "signature_name": "x"}, "signature_name"),
    ],
)
def test_a_wrong_body_is_refused_by_a_sentence(http: FlaskClient, body: Json, said: str) -> None:
    answer = http.post("/invocations", json=body)
    assert answer.status_code == 400, answer.get_json()
    refused = ErrorResponse.model_validate(answer.get_json())
    told = refused.error + " ".join(
        each.field + each.message for each in refused.validation_errors or []
    )
    assert said in told


def test_a_wrong_cell_of_a_table_is_named_by_row_and_column(http: FlaskClient) -> None:
    csv = pd.DataFrame([EXAMPLE, EXAMPLE | {"MedInc": "many"}, EXAMPLE]).to_csv(index=False)
    answer = http.post("/invocations", data=csv, content_type="text/csv")
    refused = ErrorResponse.model_validate(answer.get_json())
    assert answer.status_code == 400
    assert [each.field for each in refused.validation_errors or []] == ["row 3.MedInc"]
    for content in (b" ", b"MedInc\n1\n", b"\xff\xfe\x00", csv.split("\n")[0].encode()):
        assert http.post("/invocations", data=content, content_type="text/csv").status_code == 400
    wrong = pd.DataFrame([dict.fromkeys(FEATURE_NAMES, "many")] * 2_000).to_csv(index=False)
    answer = http.post("/invocations", data=wrong, content_type="text/csv")
    assert answer.get_json()["error"] == "row 2.MedInc: Not a number."
    many = pd.DataFrame([EXAMPLE] * 10_001).to_csv(index=False)
    answer = http.post("/invocations", data=many, content_type="text/csv")
    assert "at most 10,000 rows" in answer.get_json()["error"]


@pytest.mark.parametrize("kind", ["", "text/plain", "text/csv; charset=latin-1"])
def test_another_kind_of_body_is_a_415(http: FlaskClient, kind: str) -> None:
    assert http.post("/invocations", data=b"{}", content_type=kind).status_code == 415


def test_it_says_which_mlflow_it_speaks_like_and_whether_it_is_ready(http: FlaskClient) -> None:
    assert http.get("/version").text == MLFLOW_VERSION == mlflow.__version__
    assert http.get("/ping").get_json() == {"ready": True}
