"""Whole columns are judged as one row is: the service and a batch refuse the same numbers."""

import math

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pydantic import ValidationError

from backend.score.cell_problem import cell_problems
from storage.domain.inputs import EXAMPLE, FEATURE_NAMES, FEATURES, HousingFeatures

BOUNDS = [bound for feature in FEATURES for bound in (feature.minimum, feature.maximum)]
NEAR_BOUNDS = [math.nextafter(bound, way) for bound in BOUNDS for way in (-math.inf, math.inf)]
VALUES = st.one_of(
    st.sampled_from([*BOUNDS, *NEAR_BOUNDS, 0.0, -0.0, math.nan, math.inf, -math.inf]),
    st.floats(-130, 130),
    st.floats(),
)
TABLES = st.integers(1, 5).flatmap(lambda rows: arrays(np.float64, (rows, 8), elements=VALUES))

Found = set[tuple[int, str, str]]


@given(TABLES)
@example(np.array([list(EXAMPLE.values())]))
@example(np.array([[bound] * 8 for bound in BOUNDS]))
@example(np.array([[bound] * 8 for bound in NEAR_BOUNDS]))
def test_columns_are_judged_as_the_contract_judges_rows(
    inputs: np.ndarray[tuple[int, int], np.dtype[np.float64]],
) -> None:
    rows = np.arange(1, len(inputs) + 1)
    found = cell_problems(inputs, rows, np.ones(inputs.shape, dtype=np.bool_))
    by_column = {(problem.row, problem.column, problem.message) for problem in found}
    by_row = {
        problem
        for number, values in enumerate(inputs.tolist(), start=1)
        for problem in _refused(number, values)
    }
    assert by_column == by_row


def test_a_cell_that_was_not_read_is_not_reported_again() -> None:
    inputs = np.full((1, 8), np.nan)
    readable = np.zeros((1, 8), dtype=np.bool_)
    readable[0, 3] = True
    found = list(cell_problems(inputs, np.array([7]), readable))
    assert [(problem.row, problem.column, problem.value) for problem in found] == [
        (7, "AveBedrms", "nan")
    ]


def _refused(number: int, values: list[float]) -> Found:
    try:
        HousingFeatures.model_validate(dict(zip(FEATURE_NAMES, values, strict=True)))
    except ValidationError as error:
        return {(number, str(each["loc"][0]), each["msg"]) for each in error.errors()}
    return set()
