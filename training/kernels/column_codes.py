"""Numbers that stand for categories and for missing values, looked up by compiled functions."""

from typing import NamedTuple

import numpy as np

from storage.domain.inputs import FEATURES
from storage.schema.arrays import FloatArray, IntegerArray
from training.kernels.compiled import compiled

SIZES: IntegerArray = np.array(
    [len(feature.categories or ()) for feature in FEATURES], dtype=np.int64
)
"""Number of categories of each input, 0 for a number."""
SMOOTHING_ROWS = 10.0
"""A category's mean counts as much as the mean of all where it has so many rows."""
GAP = -1e300
"""Stands for a missing number where it must be told from every known one; lower than any of them."""


class ColumnCodes(NamedTuple):
    """What stands for categories and missing values.

    Attributes
    ----------
    sizes
        Shape (k,): number of categories of each input, 0 for a number.
    codes
        Shape (k, m): the number of each category; NaN beyond its size.
    missing
        Shape (k,): the number of a missing value.
    """

    sizes: IntegerArray
    codes: FloatArray
    missing: FloatArray


def mean_codes(inputs: FloatArray, targets: FloatArray, sizes: IntegerArray = SIZES) -> ColumnCodes:
    """Return codes by which a tree orders categories: their mean target, drawn to the mean of all.

    The code of a category with n rows is (n mean + 10 mean of all) / (n + 10). A missing number's is below
    all known ones, so that a tree can tell it from them; a missing category's is its own mean.

    Parameters
    ----------
    inputs
        Shape (n, k), NaN where a value is missing.
    targets
        Shape (n,).
    sizes
        Shape (k,): number of categories of each input, 0 for a number.

    Examples
    --------
    >>> inputs = np.array([[0.0, 5.0], [0.0, np.nan], [1.0, 7.0]])
    >>> found = mean_codes(inputs, np.array([1.0, 3.0, 8.0]), np.array([2, 0]))
    >>> found.codes[0].round(2).tolist(), found.missing.round(2).tolist()
    ([3.67, 4.36], [4.0, 3.0])
    """
    codes = np.full((len(sizes), max(int(sizes.max()), 1)), np.nan)
    missing = np.empty(len(sizes))
    for column, size in enumerate(sizes.tolist()):
        values = inputs[:, column]
        if size == 0:
            missing[column] = _below(values)
            continue
        # A missing value is the category after the last one.
        positions = np.where(np.isnan(values), size, values).astype(np.int64)
        means = _smoothed_means(positions, targets, size + 1)
        codes[column, :size], missing[column] = means[:size], means[size]
    return ColumnCodes(sizes, codes, missing)


def ranked_codes(
    inputs: FloatArray, targets: FloatArray, sizes: IntegerArray = SIZES
) -> ColumnCodes:
    """Return codes that each stand for one category: its rank, 0 to size, by what ``mean_codes`` gives it.

    A missing category is one more, so that a column of m categories has the codes 0 to m. A missing number is
    ``GAP``. So nothing that was known of a row is lost.

    Examples
    --------
    >>> inputs = np.array([[0.0, 5.0], [0.0, np.nan], [1.0, 7.0]])
    >>> found = ranked_codes(inputs, np.array([1.0, 3.0, 8.0]), np.array([2, 0]))
    >>> found.codes[0].tolist(), found.missing.tolist()
    ([0.0, 2.0], [1.0, -1e+300])
    """
    found = mean_codes(inputs, targets, sizes)
    missing = np.full(len(sizes), GAP)
    for column, size in enumerate(sizes.tolist()):
        if size:
            means = np.append(found.codes[column, :size], found.missing[column])
            ranks = np.argsort(np.argsort(means, kind="stable"), kind="stable")
            found.codes[column, :size], missing[column] = ranks[:size], ranks[size]
    return ColumnCodes(sizes, found.codes, missing)


def encoded(inputs: FloatArray, known: ColumnCodes) -> FloatArray:
    """Return inputs (n, k) with categories and missing values as codes, shape (n, k)."""
    result = np.empty(inputs.shape)
    encode(np.ascontiguousarray(inputs), known, result)
    return result


@compiled
def encode(inputs: FloatArray, known: ColumnCodes, encoded: FloatArray) -> None:
    """Fill the first columns of ``encoded`` with inputs (n, k), categories and missing values as codes."""
    for row in range(inputs.shape[0]):
        for column in range(inputs.shape[1]):
            value = inputs[row, column]
            if np.isnan(value):
                encoded[row, column] = known.missing[column]
            elif known.sizes[column] > 0:
                encoded[row, column] = known.codes[column, int(value)]
            else:
                encoded[row, column] = value


def _below(values: FloatArray) -> float:
    present = values[~np.isnan(values)]
    if not len(present):
        return 0.0
    return float(present.min() - max(float(np.ptp(present)), 1.0))


def _smoothed_means(positions: IntegerArray, targets: FloatArray, size: int) -> FloatArray:
    rows = np.bincount(positions, minlength=size)
    sums = np.bincount(positions, targets, minlength=size)
    means: FloatArray = (sums + SMOOTHING_ROWS * targets.mean()) / (rows + SMOOTHING_ROWS)
    return means
