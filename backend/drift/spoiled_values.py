"""Values that a broken source spoiled though they are in range: rounded, or stuck at one value."""

from typing import NamedTuple

import numpy as np
from scipy import stats

from storage.schema.arrays import BoolArray, FloatArray

DECIMALS = range(8, -4, -1)
"""Precisions that are tried, the finest first; -2 is hundreds."""
RELATIVE_TOLERANCE = 1e-12
FEWEST_VALUES = 20
"""Different values of a column of numbers; codes and flags have fewer, and are not judged."""


class Rise(NamedTuple):
    """A share that rose: what of it, the share (0 to 1) now and in the reference, and its p value.

    ``value`` is the number of decimals, or the value that comes too often.
    """

    value: float
    share: float
    reference_share: float
    p_value: float


def rise(value: float, count: int, rows: int, reference_count: int, reference_rows: int) -> Rise:
    """Return the rise of a share and its p value by Fisher's exact test, one-sided.

    >>> rise(0, 30, 100, 100, 1_000).p_value < 1e-6
    True
    >>> rise(0, 0, 100, 100, 1_000).p_value
    1.0
    """
    every = rows + reference_rows
    p_value = float(stats.hypergeom.sf(count - 1, every, count + reference_count, rows))
    return Rise(value, count / rows, reference_count / reference_rows, p_value)


class SpoiledValues:
    """Finds lost precision and stuck values of one column of numbers.

    Parameters
    ----------
    reference
        Shape (m,), sorted, none missing, m >= 1.

    Examples
    --------
    >>> random = np.random.default_rng(0)
    >>> column = SpoiledValues(np.sort(random.normal(size=1_000).round(2)))
    >>> rounded = column.coarse(random.normal(size=200).round(1))
    >>> rounded.value, rounded.share, rounded.p_value < 1e-9
    (1, 1.0, True)
    >>> stuck = column.stuck(np.append(random.normal(size=200).round(2), [2.5] * 20))
    >>> stuck.value, stuck.p_value < 1e-9
    (2.5, True)
    """

    def __init__(self, reference: FloatArray) -> None:
        self._sorted = reference
        is_number = len(np.unique(reference)) >= FEWEST_VALUES
        self._decimals = _usual_loss(reference) if is_number else None
        self._is_number = is_number
        self._coarse = int(self.is_coarse(reference).sum())

    def is_coarse(self, values: FloatArray) -> BoolArray:
        """Return which values (n,) have fewer decimals than most of the reference's; no missing one."""
        if self._decimals is None:
            return np.zeros(len(values), dtype=np.bool_)
        return _has_at_most(values, self._decimals)

    def is_at_limit(self, values: FloatArray) -> BoolArray:
        """Return which values (n,) are the reference's lowest or highest."""
        if not self._is_number:
            return np.zeros(len(values), dtype=np.bool_)
        return np.asarray((values == self._sorted[0]) | (values == self._sorted[-1]))

    def coarse(self, values: FloatArray) -> Rise | None:
        """Return how many of values (n,), n >= 1, none missing, have few decimals; None: not judged."""
        if self._decimals is None:
            return None
        count = int(self.is_coarse(values).sum())
        return rise(self._decimals, count, len(values), self._coarse, len(self._sorted))

    def stuck(self, values: FloatArray) -> Rise | None:
        """Return the value that comes too often in values (n,), n >= 1, none missing; None: not known.

        Of all values the one that rose most; its p value is multiplied by how many there are.
        """
        if not self._is_number:
            return None
        found, counts = np.unique(values, return_counts=True)
        ends = [np.searchsorted(self._sorted, found, side) for side in ("left", "right")]
        usual = ends[1] - ends[0]
        most = int(np.argmax(counts / len(values) - usual / len(self._sorted)))
        worst = rise(
            float(found[most]), int(counts[most]), len(values), int(usual[most]), len(self._sorted)
        )
        return worst._replace(p_value=min(worst.p_value * len(found), 1.0))


def _usual_loss(reference: FloatArray) -> int | None:
    """Return the most decimals that at most half of the reference's values make do with."""
    for decimals in DECIMALS:
        if _has_at_most(reference, decimals).mean() <= 1 / 2:
            return decimals
    return None


def _has_at_most(values: FloatArray, decimals: int) -> BoolArray:
    rounded = np.round(values, decimals)
    return np.asarray(np.abs(values - rounded) <= RELATIVE_TOLERANCE * np.abs(values))
