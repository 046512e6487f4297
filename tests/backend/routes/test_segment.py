"""GET /monitoring/performance/segment: the rows that a person chose, and no other."""

from contextlib import suppress

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from backend.contract.query.where import Condition, read_where, written_where
from backend.contract.segment import SegmentResponse
from backend.services import EXTENSION, Services
from storage.domain.inputs import FEATURE_NAMES
from storage.schema.predictions import LabelledPredictions
from tests.backend.routes.test_performance import attach, predict
from tests.log_writing import Store

INCOME, AGE = FEATURE_NAMES.index("MedInc"), FEATURE_NAMES.index("HouseAge")
ENDS = st.floats(allow_nan=False, allow_infinity=False)


@pytest.fixture
def holdout(app: Flask) -> LabelledPredictions:
    services: Services = app.extensions[EXTENSION]
    found = services.host.current().holdout
    assert found is not None
    return found


@pytest.fixture
def answered(
    http: FlaskClient, store_records: Store, holdout: LabelledPredictions
) -> LabelledPredictions:
    """600 predictions, 400 of them with their actual value."""
    ids = predict(http, holdout, slice(0, 600))
    attach(http, store_records, ids[:400], holdout.actual[:400].tolist())
    return holdout.only(np.arange(len(holdout)) < 600)


def segment(http: FlaskClient, where: str, **more: int) -> SegmentResponse:
    asked = {"window": "1h", "where": where} | more
    answer = http.get("/monitoring/performance/segment", query_string=asked)
    assert answer.status_code == 200, answer.json
    return SegmentResponse.model_validate(answer.json)


def test_the_figures_are_those_of_the_chosen_rows(
    http: FlaskClient, answered: LabelledPredictions
) -> None:
    found = segment(http, "MedInc:2.5..4;HouseAge:..<30")
    income, age = answered.inputs[:, INCOME], answered.inputs[:, AGE]
    chosen = (income >= 2.5) & (income <= 4) & (age < 30)
    labelled = np.arange(600) < 400
    rows = answered.only(chosen & labelled)
    assert found.realized.rows == len(rows)
    assert found.others.rows == 400 - len(rows)
    assert found.unlabelled == (chosen & ~labelled).sum()
    assert (found.labelled_read, found.n_labelled) == (400, 400)
    assert found.realized.rmse is not None
    assert found.realized.rmse.value == pytest.approx(np.sqrt(np.mean(rows.residuals**2)))
    assert found.baseline is not None
    assert found.baseline.rows > len(rows)
    assert found.degradation.rmse_ratio is not None
    errors = [abs(row.prediction - (row.actual or 0)) for row in found.rows]
    assert errors == sorted(errors, reverse=True)
    assert errors[0] == pytest.approx(np.abs(rows.residuals).max())
    assert len(found.rows) == 20
    assert all(2.5 <= row.input.MedInc <= 4 and row.input.HouseAge < 30 for row in found.rows)


def test_a_segment_of_the_table_is_the_one_that_performance_shows(
    http: FlaskClient, answered: LabelledPredictions
) -> None:
    whole = http.get("/monitoring/performance?window=1h").json
    assert whole is not None
    for one in whole["slices"]:
        found = segment(http, f"{one['kind']}:{one['name']}", rows=0)
        assert found.realized.model_dump() == one["realized"]
        assert not found.rows


def test_a_square_of_the_map_has_the_rows_it_counts(
    http: FlaskClient, answered: LabelledPredictions
) -> None:
    whole = http.get("/monitoring/performance?window=1h").json
    assert whole is not None
    for cell in whole["cells"][:12]:
        north, east = cell["latitude"], cell["longitude"]
        where = f"Latitude:{north - 0.25}..<{north + 0.25};Longitude:{east - 0.25}..<{east + 0.25}"
        assert segment(http, where, rows=0).realized.rows == cell["rows"]


def test_few_rows_are_listed_and_not_judged(
    http: FlaskClient, answered: LabelledPredictions
) -> None:
    dearest = float(np.sort(answered.inputs[:400, INCOME])[-3])
    found = segment(http, f"MedInc:{dearest}..")
    assert found.realized.rmse is None
    assert found.realized.reason == "3 labelled predictions; at least 30 are needed."
    assert len(found.rows) == 3


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("", "write 1 to 8 conditions"),
        ("MedInc", "is no condition"),
        ("rent:1..2", "neither an input nor a kind of segments: MedInc"),
        ("MedInc:3", "as a range, such as MedInc:1..2.5"),
        ("MedInc:..", "as a range"),
        ("MedInc:a..2", "'a' is no number for MedInc"),
        ("MedInc:nan..2", "'nan' is no number for MedInc"),
        ("MedInc:4..2", "ends before it begins"),
        ("MedInc:1..2;MedInc:3..4", "one condition for each name"),
        ("MedInc:{x}..", "'{x}' is no number"),
        ("region:mars", "There is no region 'mars'; there are north, bay area"),
    ],
)
def test_what_is_no_segment_is_refused_with_what_to_write(
    http: FlaskClient, where: str, said: str
) -> None:
    answer = http.get("/monitoring/performance/segment", query_string={"where": where})
    assert answer.status_code == 400
    assert answer.json is not None
    assert said in answer.json["error"]


@given(ENDS, ENDS, st.booleans())
def test_a_range_is_read_as_it_was_written(one: float, other: float, excluded: bool) -> None:
    condition = Condition("MedInc", min(one, other), max(one, other), excluded)
    assert read_where(written_where((condition,))) == (condition,)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(PydanticCustomError):
        found = read_where(text)
        assert read_where(written_where(found)) == found
