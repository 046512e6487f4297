"""Whole columns are judged as one row is: the service and a file refuse the same numbers."""

import math

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pydantic import ValidationError

from storage.domain.inputs import EXAMPLE, FEATURE_NAMES, FEATURES, HousingFeatures
from storage.schema.arrays import FloatArray
from storage.tables.block import judged
from storage.tables.column import INPUT_COLUMNS

BOUNDS = [bound for feature in FEATURES for bound in (feature.minimum, feature.maximum)]
NEAR_BOUNDS = [math.nextafter(bound, way) for bound in BOUNDS for way in (-math.inf, math.inf)]
VALUES = st.one_of(
    st.sampled_from([*BOUNDS, *NEAR_BOUNDS, 0.0, -0.0, math.nan, math.inf, -math.inf]),
    st.floats(-130, 130),
    st.floats(),
)
TABLES = st.integers(1, 5).flatmap(lambda rows: arrays(np.float64, (rows, 8), elements=VALUES))


class Typed:
    """Cells that are numbers already."""

    def __init__(self, values: FloatArray) -> None:
        self._values = values

    def written(self, index: int, column: int) -> str:
        return repr(float(self._values[index, column]))

    def why_unreadable(self, index: int, column: int) -> str:
        return "unreadable"

    def is_empty(self, index: int, column: int) -> bool:
        return False


@given(TABLES)
@example(np.array([list(EXAMPLE.values())]))
@example(np.array([[bound] * 8 for bound in BOUNDS]))
@example(np.array([[bound] * 8 for bound in NEAR_BOUNDS]))
def test_columns_are_judged_as_the_contract_judges_rows(inputs: FloatArray) -> None:
    rows = np.arange(1, len(inputs) + 1)
    usable, problems = judged(rows, inputs, INPUT_COLUMNS, Typed(inputs))
    by_row = {
        (number, column)
        for number, values in enumerate(inputs.tolist(), start=1)
        for column in _refused(values)
    }
    assert {(problem.row, problem.column) for problem in problems} == by_row
    assert len(problems) == len(by_row)
    assert rows[~usable].tolist() == sorted({row for row, _ in by_row})


def _refused(values: list[float]) -> set[str]:
    try:
        HousingFeatures.model_validate(dict(zip(FEATURE_NAMES, values, strict=True)))
    except ValidationError as error:
        return {str(each["loc"][0]) for each in error.errors()}
    return set()
