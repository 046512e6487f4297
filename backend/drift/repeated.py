"""Rows that repeat each other: asked again, they say nothing new of the distribution."""

import numpy as np
from numpy.typing import NDArray

from storage.schema.arrays import FloatArray, IndexArray

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(32)
FEWEST_BROKEN, BROKEN_SHARE = 20, 0.1
"""How often an equal row out of range comes from a broken source; rarer, a client asked it again."""


class RepeatedRows:
    """Finds the rows of a window that count.

    Rows whose inputs are all equal count once: a client that asks everything twice would double each chance
    deviation. Rows that the reference repeats too (a table of few categories has many) count every time:
    how often they come is part of the distribution. So do rows without any value, and a row with a value
    out of the reference's range that is a tenth of the window: a broken source sends it again and again.

    Parameters
    ----------
    reference
        Shape (m, d); NaN is a missing value, and equal to another.

    Examples
    --------
    >>> repeated = RepeatedRows(np.array([[1.0], [1.0], [2.0]]))
    >>> repeated.counted(np.array([[1.0], [2.0], [1.0], [2.0], [5.0]])).tolist()
    [0, 2, 3, 4]
    """

    def __init__(self, reference: FloatArray) -> None:
        keys, times = np.unique(_keys(reference), return_counts=True)
        self._usual = keys[times > 1]
        self._lowest, self._highest = np.nanmin(reference, axis=0), np.nanmax(reference, axis=0)

    def counted(self, inputs: FloatArray) -> IndexArray:
        """Return the places of the rows of inputs (n, d) that count, in order: of equal rows the last."""
        keys = _keys(inputs)
        _, from_end, which, times = np.unique(
            keys[::-1], return_index=True, return_inverse=True, return_counts=True
        )
        counts = np.isin(keys, self._usual) | np.isnan(inputs).all(axis=1)
        is_often = times[which[::-1]] >= max(FEWEST_BROKEN, BROKEN_SHARE * len(keys))
        is_outside = ((inputs < self._lowest) | (inputs > self._highest)).any(axis=1)
        counts |= is_often & is_outside
        counts[len(keys) - 1 - from_end] = True
        return np.flatnonzero(counts)


def _keys(inputs: FloatArray) -> NDArray[np.uint64]:
    """Return a number for each row of (n, d), the same for equal rows; others share one by 1 in 2^64."""
    # One bit pattern for all missing values, and one for both zeros.
    bits = (np.where(np.isnan(inputs), np.nan, inputs) + 0.0).view(np.uint64)
    keys = np.zeros(len(inputs), np.uint64)
    for column in bits.T:
        keys = (keys ^ column) * _MULTIPLIER
        keys ^= keys >> _HALF
    return keys
