"""A column of categories compared with its reference: Pearson's chi-squared test and shares that moved."""

import math
from collections.abc import Iterator, Mapping

import numpy as np
from scipy import stats

from backend.drift.univariate import Distances, ReferenceColumn, bin_distances
from storage.schema.arrays import BoolArray, FloatArray

FEWEST_EXPECTED = 5.0
"""Categories of which fewer rows are expected count as one: the test's p value is wrong for them."""


class ReferenceCategories(ReferenceColumn):
    """A reference sample of positions of categories.

    Parameters
    ----------
    values
        Shape (m,), positions from 0 to ``number`` - 1; NaN is a missing value. At least one is not missing.
    number
        Of categories. A current value may be any position; one at or beyond it is of no known category.

    Examples
    --------
    >>> reference = ReferenceCategories(np.repeat([0.0, 1.0, 2.0], [500, 300, 200]), 4)
    >>> same = reference.distances(np.repeat([0.0, 1.0, 2.0], [250, 150, 100]))
    >>> same.ks_statistic, same.p_value
    (0.0, 1.0)
    >>> moved = reference.distances(np.repeat([0.0, 1.0, 3.0], [200, 150, 150]))
    >>> round(moved.ks_statistic, 2), moved.p_value < 1e-6
    (0.3, True)
    """

    def __init__(self, values: FloatArray, number: int) -> None:
        super().__init__(values)
        self.number = number
        self._counts = self._counted(self.sorted)

    def edges(self) -> FloatArray:
        """Return the edges of a histogram with one bin for each category, shape (number + 1,)."""
        return np.arange(self.number + 1, dtype=np.float64) - 0.5

    def distances(self, values: FloatArray) -> Distances:
        """Compare with a current sample of shape (n,), n >= 1, none missing.

        With p and q the shares of the categories, the statistic is their total variation, sum |p - q| / 2:
        the largest difference of the share of any group of categories, as Kolmogorov and Smirnov's is of
        any range. The p value is Pearson's for two samples, chi2 = sum over samples and categories of
        (observed - expected)^2 / expected, with rare categories taken together. Wasserstein is the total
        variation too: two categories are equal or different, and nothing between.

        References
        ----------
        Pearson, K. (1900). On the criterion that a given system of deviations... Philosophical Magazine 50,
        157-175. For the rare ones: Cochran, W. G. (1954). Some methods for strengthening the common
        chi-squared tests. Biometrics 10, 417-451.
        """
        counts = self._counted(values)
        moved = float(np.abs(counts / counts.sum() - self._counts / self._counts.sum()).sum() / 2)
        psi, jensen_shannon = bin_distances(counts, self._counts)
        return Distances(
            ks_statistic=moved,
            p_value=self._p_value(counts),
            psi=psi,
            wasserstein=moved,
            jensen_shannon=jensen_shannon,
        )

    def critical_ks_statistic(self, number: int, level: float) -> float:
        """Return about the largest total variation that chance explains at ``level`` for so many rows.

        By Cauchy and Schwarz, sum |p - q| / 2 <= sqrt(chi2 (1 / m + 1 / n)) / 2.
        """
        present = int((self._counts > 0).sum())
        chi2 = float(stats.chi2.isf(level, max(present - 1, 1)))
        return min(math.sqrt(chi2 * (1 / len(self.sorted) + 1 / number)) / 2, 1.0)

    def is_outside(self, values: FloatArray) -> BoolArray:
        """Return which values (n,) are categories that the reference never has; a missing one is not."""
        is_known = np.append(self._counts[: self.number] > 0, [False, True])
        places = np.where(np.isnan(values), self.number + 1, np.minimum(values, self.number))
        return ~is_known[places.astype(np.int64)]

    def _outside(self, values: FloatArray) -> tuple[int, float]:
        present = values[~np.isnan(values)]
        outside = int(self.is_outside(values).sum())
        if outside == 0:
            return 0, 1.0
        # Of m reference rows none has such a category: at most 3 / m of all have, with 95 % (rule of three).
        rare = min(3.0 / len(self.sorted), 1.0)
        return outside, float(stats.binom.sf(outside - 1, len(present), rare))

    def _p_value(self, counts: FloatArray) -> float:
        both = np.vstack([self._counts, counts])
        both = both[:, both.sum(axis=0) > 0]
        smaller = counts.sum() / both.sum()
        is_rare = both.sum(axis=0) * min(smaller, 1 - smaller) < FEWEST_EXPECTED
        if is_rare.any():
            together = both[:, is_rare].sum(axis=1, keepdims=True)
            both = np.hstack([both[:, ~is_rare], together])
        if both.shape[1] < 2:
            return 1.0
        return float(stats.chi2_contingency(both, correction=False).pvalue)

    def _counted(self, values: FloatArray) -> FloatArray:
        """Return the rows of each category, and last those of none, shape (number + 1,)."""
        positions = np.minimum(values.astype(np.int64), self.number)
        return np.bincount(positions, minlength=self.number + 1).astype(np.float64)


def reference_columns(
    inputs: FloatArray, categories: Mapping[int, int]
) -> Iterator[ReferenceColumn]:
    """Return the columns of inputs (m, d); ``categories`` has the number of categories, by column."""
    for position, column in enumerate(inputs.T):
        values, number = np.ascontiguousarray(column), categories.get(position)
        yield ReferenceColumn(values) if number is None else ReferenceCategories(values, number)
