"""Which inputs the service accepts, for whole arrays."""

import numpy as np

from storage.domain.inputs import FEATURES
from storage.schema.arrays import BoolArray, FloatArray

IS_WHOLE = np.array([feature.kind != "number" for feature in FEATURES])
MAY_BE_MISSING = np.array([feature.missing for feature in FEATURES])


def accepted_bounds() -> tuple[FloatArray, FloatArray]:
    """Return the lowest and the highest accepted inputs, each of shape (8,), in schema order."""
    lowest = np.array([feature.minimum for feature in FEATURES], dtype=np.float64)
    highest = np.array([feature.maximum for feature in FEATURES], dtype=np.float64)
    return lowest, highest


def is_accepted(inputs: FloatArray) -> BoolArray:
    """Return, for each row of inputs (n, d), whether all values are what the service takes.

    Examples
    --------
    >>> lowest, highest = accepted_bounds()
    >>> is_accepted(np.array([lowest, highest, highest + 1, lowest * np.nan])).tolist()
    [True, True, False, False]
    """
    return np.asarray(are_accepted(inputs).all(axis=1))


def are_accepted(inputs: FloatArray) -> BoolArray:
    """Return, for each value of inputs (n, d), whether it is accepted."""
    lowest, highest = accepted_bounds()
    # Comparisons with NaN are false, so NaN is not accepted unless it may be missing.
    is_accepted_number = (inputs >= lowest) & (inputs <= highest)
    is_accepted_number &= ~IS_WHOLE | (inputs == np.floor(inputs))
    return is_accepted_number | (MAY_BE_MISSING & np.isnan(inputs))
