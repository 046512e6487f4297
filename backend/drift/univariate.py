"""One column compared with its reference: distances and p values."""

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy import stats
from scipy.spatial.distance import jensenshannon
from scipy.special import kolmogi, kolmogorov

from storage.schema.arrays import BoolArray, FloatArray

HISTOGRAM_BINS = 30
TRIMMED = (0.5, 99.5)
"""Percentiles of the reference between which the bins lie; the outermost bins include values beyond."""
BINS = 10
"""Bins of the reference's deciles, the usual ones of the population stability index."""
EMPTY_BIN_ROWS = 0.5
"""An empty bin counts as half a row, so that no logarithm is infinite."""
NORMAL_SPREAD = 2 * float(stats.norm.ppf(0.95))
"""Distance of a normal distribution's 5th and 95th percentile, in standard deviations."""
SMALLEST_SPREAD = 1e-200
"""Less is rounding around a constant, and dividing by it overflows."""


@dataclass(frozen=True)
class Distances:
    """Distances between two samples.

    Attributes
    ----------
    ks_statistic, p_value
        Largest difference of the cumulative shares (0 to 1), and how likely one as large is by chance.
    psi
        Population stability index over the reference's deciles (0 or more).
    wasserstein
        Mean shift of the values, in units of the reference's spread (0 or more).
    jensen_shannon
        Jensen-Shannon distance to base 2 over the same bins (0 to 1).
    """

    ks_statistic: float
    p_value: float
    psi: float
    wasserstein: float
    jensen_shannon: float


@dataclass(frozen=True)
class Quality:
    """Missing and out-of-range values: shares (0 to 1), their rise, and a p value.

    ``p_value`` is the smaller of two one-sided tests', doubled.
    """

    missing_share: float
    missing_rise: float
    out_of_range_share: float
    p_value: float


class ReferenceColumn:
    """A reference sample, sorted once.

    Parameters
    ----------
    values
        Shape (m,); NaN is a missing value. At least one is not missing.
    """

    def __init__(self, values: FloatArray) -> None:
        present = values[~np.isnan(values)]
        if not len(present):
            raise ValueError("A reference column has no values.")
        self.sorted = np.sort(present)
        self.missing_rows = len(values) - len(present)
        low, high = np.percentile(self.sorted, [5, 95])
        spread = float((high - low) / NORMAL_SPREAD) or float(self.sorted.std())
        constant = spread < SMALLEST_SPREAD
        self._spread = max(abs(float(self.sorted[0])), 1.0) if constant else spread
        deciles = np.percentile(self.sorted, np.linspace(0, 100, BINS + 1)[1:-1])
        self._edges = np.unique(deciles)
        self._in_bins = self._bin_counts(self.sorted)

    @classmethod
    def columns(cls, inputs: FloatArray) -> tuple[Self, ...]:
        """Return one for each column of inputs (m, d)."""
        return tuple(cls(np.ascontiguousarray(column)) for column in inputs.T)

    def distances(self, values: FloatArray) -> Distances:
        """Compare with a current sample of shape (n,), n >= 1, none missing.

        With F and G the two cumulative shares, the KS statistic is max |F - G|, its p value Kolmogorov's
        distribution at the effective size e = mn / (m + n), with Stephens' correction sqrt(e) + 0.12 +
        0.11 / sqrt(e): within 3 % of the exact one from e = 50 on where p is above 0.0001, and conservative
        with ties. Wasserstein is the integral of |F - G|, divided by the reference's spread: the distance of
        its 5th and 95th percentile over 3.29, which is the standard deviation of a normal distribution, and
        not moved by a few absurd values.

        References
        ----------
        Stephens, M. A. (1970). Use of the Kolmogorov-Smirnov, Cramer-von Mises and related statistics
        without extensive tables. Journal of the Royal Statistical Society B 32, 115-122.

        Examples
        --------
        >>> reference = ReferenceColumn(np.arange(100.0))
        >>> moved = reference.distances(np.arange(100.0) + 25)
        >>> round(moved.ks_statistic, 2), moved.p_value < 0.01, round(moved.wasserstein, 2)
        (0.25, True, 0.92)
        >>> reference.distances(np.arange(100.0)).ks_statistic
        0.0
        """
        ks_statistic, area = self._between_steps(values)
        psi, jensen_shannon = bin_distances(self._bin_counts(np.sort(values)), self._in_bins)
        return Distances(
            ks_statistic=ks_statistic,
            p_value=float(kolmogorov(ks_statistic * self._scale(len(values)))),
            psi=psi,
            wasserstein=area / self._spread,
            jensen_shannon=jensen_shannon,
        )

    def critical_ks_statistic(self, number: int, level: float) -> float:
        """Return the KS statistic whose p value is ``level`` (0 to 1) for a sample of ``number`` rows.

        Examples
        --------
        >>> round(ReferenceColumn(np.arange(10_000.0)).critical_ks_statistic(500, 0.05), 3)
        0.062
        """
        return min(float(kolmogi(level)) / self._scale(number), 1.0)

    def quality(self, values: FloatArray) -> Quality:
        """Count missing (NaN) and out-of-range values in a current sample of shape (n,), n >= 1.

        Missing values are tested by Fisher's exact test. Out of range is what lies beyond the reference's
        lowest and highest value: for m reference and n current values of one distribution the number of
        those is negative binomial (2 exceedances' worth, probability m / (m + n)) for large m and n.

        Examples
        --------
        >>> reference = ReferenceColumn(np.arange(1000.0))
        >>> reference.quality(np.array([1.0, np.nan, 5000.0, 3.0])).out_of_range_share
        0.25
        """
        missing_rows = int(np.isnan(values).sum())
        outside, outside_p_value = self._outside(values)
        reference_rows = len(self.sorted) + self.missing_rows
        p_values = (
            _missing_p_value(missing_rows, len(values), self.missing_rows, reference_rows),
            outside_p_value,
        )
        share = missing_rows / len(values)
        return Quality(
            missing_share=share,
            missing_rise=share - self.missing_rows / reference_rows,
            out_of_range_share=outside / len(values),
            p_value=min(2 * min(p_values), 1.0),
        )

    def edges(self) -> FloatArray:
        """Return the edges of a histogram, shape (31,), between two percentiles near the ends."""
        low, high = np.percentile(self.sorted, TRIMMED)
        if low == high:
            low, high = low - 0.5, high + 0.5
        return np.linspace(low, high, HISTOGRAM_BINS + 1)

    def is_outside(self, values: FloatArray) -> BoolArray:
        """Return which values (n,) are out of the reference's range; a missing one is not."""
        return np.asarray((values < self.sorted[0]) | (values > self.sorted[-1]))

    def _outside(self, values: FloatArray) -> tuple[int, float]:
        """Return how many values are out of range, and how likely so many are by chance."""
        outside = int(self.is_outside(values).sum())
        present = int((~np.isnan(values)).sum())
        return outside, _outside_p_value(outside, present, len(self.sorted))

    def _scale(self, number: int) -> float:
        size = len(self.sorted)
        root = math.sqrt(size * number / (size + number))
        return root + 0.12 + 0.11 / root

    def _between_steps(self, values: FloatArray) -> tuple[float, float]:
        """Return max |F - G| and the integral of |F - G|; ties are compared after their last one."""
        merged = np.concatenate([self.sorted, np.sort(values)])
        order = np.argsort(merged, kind="stable")  # two sorted runs: a merge, not a sort
        # Steps of 1/m and 1/n, times mn: whole numbers, so that their sums are exact.
        size, number = len(self.sorted), len(values)
        gaps = np.abs(np.cumsum(np.where(order < size, number, -size)))[:-1] / (size * number)
        widths = np.diff(merged[order])
        return float(gaps[widths > 0].max(initial=0.0)), float(gaps @ widths)

    def _bin_counts(self, ordered: FloatArray) -> FloatArray:
        ends = np.searchsorted(ordered, self._edges, side="right")
        return np.diff(np.concatenate([[0], ends, [len(ordered)]])).astype(np.float64)


def bin_distances(current: FloatArray, reference: FloatArray) -> tuple[float, float]:
    """Return population stability index and Jensen-Shannon distance of counts in bins, each of shape (k,)."""
    now, then = (np.maximum(counts, EMPTY_BIN_ROWS) for counts in (current, reference))
    now, then = now / now.sum(), then / then.sum()
    psi = float(np.sum((now - then) * np.log(now / then)))
    return psi, float(np.nan_to_num(jensenshannon(now, then, base=2)))


def _missing_p_value(missing: int, rows: int, reference_missing: int, reference_rows: int) -> float:
    if missing == 0:
        return 1.0
    total = rows + reference_rows
    return float(stats.hypergeom.sf(missing - 1, total, missing + reference_missing, rows))


def _outside_p_value(outside: int, rows: int, reference_rows: int) -> float:
    if outside == 0:
        return 1.0
    return float(stats.nbinom.sf(outside - 1, 2, reference_rows / (reference_rows + rows)))


def holm(p_values: FloatArray) -> FloatArray:
    """Return p values adjusted by Holm's step-down procedure, which holds under any dependence.

    The i-th smallest of k p values is multiplied by k - i + 1; no adjusted value is below that of a
    smaller p value, and none above 1. Rejecting what is below a level keeps the chance of one or more
    false rejections below that level.

    Parameters
    ----------
    p_values
        Shape (k,), from 0 to 1.

    References
    ----------
    Holm, S. (1979). A simple sequentially rejective multiple test procedure. Scandinavian Journal of
    Statistics 6, 65-70.

    Examples
    --------
    >>> holm(np.array([0.01, 0.04, 0.03])).tolist()
    [0.03, 0.06, 0.06]
    >>> holm(np.array([])).tolist()
    []
    """
    order = np.argsort(p_values, kind="stable")
    factors = np.arange(len(p_values), 0, -1)
    stepped = np.minimum(np.maximum.accumulate(p_values[order] * factors), 1.0)
    adjusted = np.empty_like(stepped)
    adjusted[order] = stepped
    return adjusted
