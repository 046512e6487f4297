"""Files of rows over HTTP: the same rows as the list has, in both forms, in parts, and what is refused."""

import csv
import io
import json
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from backend.contract.records import PredictionRow, RequestRow
from backend.contract.stored.export import LIMIT_HEADER
from backend.routes.records import export
from storage.domain.inputs import EXAMPLE, FEATURE_NAMES
from tests.backend.web.test_errors import assert_problem


@pytest.fixture
def predicted(http: FlaskClient, store_records: Callable[[], None]) -> None:
    """Five predictions, the first of which has a caller's words."""
    said = {"reference": "=1+1", "metadata": {"channel": "web"}}
    http.post("/predict", json=EXAMPLE | said)
    for _ in range(4):
        http.post("/predict", json=EXAMPLE)
    store_records()


@pytest.mark.usefixtures("predicted")
def test_json_lines_are_the_rows_of_the_list(
    http: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "PART_ROWS", 2)
    listed = http.get("/metrics/api?endpoint=/predict").json
    answer = http.get("/metrics/api/export?endpoint=/predict&format=jsonl")
    assert listed is not None
    assert [json.loads(line) for line in answer.text.splitlines()] == listed["metrics"]
    assert answer.mimetype == "application/x-ndjson"
    assert RequestRow.model_validate_json(answer.text.splitlines()[0])
    listed = http.get("/predictions").json
    answer = http.get("/predictions/export?format=jsonl")
    assert listed is not None
    assert [json.loads(line) for line in answer.text.splitlines()] == listed["predictions"]


@pytest.mark.usefixtures("predicted")
def test_csv_has_a_column_for_each_input_and_runs_no_formula(http: FlaskClient) -> None:
    answer = http.get("/predictions/export")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 5
    assert {name: float(rows[0][name]) for name in FEATURE_NAMES} == EXAMPLE
    assert rows[-1]["reference"] == "'=1+1"
    assert json.loads(rows[-1]["metadata"]) == {"channel": "web"}
    assert set(rows[0]) == {*PredictionRow.model_fields, *FEATURE_NAMES} - {"input"}
    assert answer.headers["Content-Disposition"] == 'attachment; filename="predictions.csv"'


@pytest.mark.usefixtures("predicted")
def test_a_limit_is_kept_and_said(http: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "PART_ROWS", 2)
    answer = http.get("/predictions/export?limit=3")
    assert len(answer.text.splitlines()) == 1 + 3
    assert answer.headers[LIMIT_HEADER] == "3"
    assert http.get("/predictions/export").headers[LIMIT_HEADER] == "1000000"


def test_without_rows_a_file_has_its_columns(
    http: FlaskClient, store_records: Callable[[], None]
) -> None:
    store_records()
    assert (
        http.get("/logs/export").text == "id,timestamp,level,module,message,process,request_id\r\n"
    )
    assert http.get("/logs/export?format=jsonl").text == ""


@pytest.mark.parametrize("query", ["format=xml", "limit=0", "limit=1000001", "page_token=1"])
def test_a_wrong_query_is_refused(http: FlaskClient, query: str) -> None:
    assert_problem(http.get(f"/logs/export?{query}"), 400)
