"""What is wrong with one cell of a table of inputs, found for whole columns at a time.

``HousingFeatures`` looks at one row and takes microseconds; a file has millions. The bounds and the words
are the same, and a test compares the two row by row.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from storage.domain.inputs import FEATURE_NAMES, FEATURES, Feature
from storage.schema.arrays import BoolArray, FloatArray, IntegerArray

MISSING = "Field required"
NOT_A_NUMBER = "Input should be a valid number"
NOT_FINITE = "Input should be a finite number"
LONGEST_VALUE = 100
"""Characters of a wrong value that are reported."""


@dataclass(frozen=True)
class CellProblem:
    """One cell that cannot be used; ``row`` counts from 1, ``column`` is empty for a whole row."""

    row: int
    column: str
    message: str
    value: str


def cell_problems(
    inputs: FloatArray, rows: IntegerArray, readable: BoolArray
) -> Iterator[CellProblem]:
    """Find the numbers that the service would refuse, at most one problem a cell.

    Parameters
    ----------
    inputs
        Shape (n, 8), columns in schema order.
    rows
        Row numbers, shape (n,).
    readable
        Shape (n, 8); a cell that is not was reported when it was read, and is not looked at.
    """
    for column, feature in enumerate(FEATURES):
        values, known = inputs[:, column], readable[:, column]
        for message, wrong in _checks(feature, values):
            for index in np.flatnonzero(wrong & known).tolist():
                yield CellProblem(
                    int(rows[index]), FEATURE_NAMES[column], message, f"{values[index]:.17g}"
                )


def _checks(feature: Feature, values: FloatArray) -> Iterator[tuple[str, BoolArray]]:
    finite = np.isfinite(values)
    yield NOT_FINITE, ~finite
    yield (
        f"Input should be greater than or equal to {feature.minimum:g}",
        finite & (values < feature.minimum),
    )
    yield (
        f"Input should be less than or equal to {feature.maximum:g}",
        finite & (values > feature.maximum),
    )
