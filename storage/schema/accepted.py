"""Which inputs the service accepts, for whole arrays."""

import numpy as np

from storage.domain.inputs import FEATURES
from storage.schema.arrays import BoolArray, FloatArray


def accepted_bounds() -> tuple[FloatArray, FloatArray]:
    """Return the lowest and the highest accepted inputs, each of shape (8,), in schema order."""
    lowest = np.array([feature.minimum for feature in FEATURES], dtype=np.float64)
    highest = np.array([feature.maximum for feature in FEATURES], dtype=np.float64)
    return lowest, highest


def is_accepted(inputs: FloatArray) -> BoolArray:
    """Return, for each row of inputs (n, 8), whether all values are present and in range.

    Examples
    --------
    >>> lowest, highest = accepted_bounds()
    >>> is_accepted(np.array([lowest, highest, highest + 1, lowest * np.nan])).tolist()
    [True, True, False, False]
    """
    lowest, highest = accepted_bounds()
    # Comparisons with NaN are false, so NaN is not accepted.
    return np.asarray(((inputs >= lowest) & (inputs <= highest)).all(axis=1))
