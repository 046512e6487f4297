"""Numbers that stand for categories and for missing values, looked up by compiled functions."""

from typing import NamedTuple

import numpy as np

from storage.domain.inputs import FEATURES
from storage.schema.arrays import FloatArray, IntegerArray
from training.kernels.compiled import compiled, inlined

SIZES: IntegerArray = np.array(
    [len(feature.categories or ()) for feature in FEATURES], dtype=np.int64
)
"""Number of categories of each input, 0 for a number."""
SMOOTHING_ROWS = 1.0
"""A category's mean counts as much as the mean of all where it has so many rows."""
MOST_FLAGS = 64
MOST_FLAGS_OF_COLUMN = 32
FEWEST_FLAGGED_ROWS = 5
FLAGGED_SHARE = 1e-3
"""A category has a column of its own if at least so many rows, and this share of them, have it."""
GAP = -1e300
"""Stands for a missing number where it must be told from every known one; lower than any of them."""


class Flags(NamedTuple):
    """Columns beside the codes, 1 where an input is one category, or is missing, and 0 elsewhere.

    Attributes
    ----------
    columns
        Shape (f,): which input each is about.
    categories
        Shape (f,): the position of the category; of a missing value, the input's number of categories.
    """

    columns: IntegerArray
    categories: IntegerArray


NO_FLAGS = Flags(np.zeros(0, np.int64), np.zeros(0, np.int64))


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
    flags
        Of f more columns.
    """

    sizes: IntegerArray
    codes: FloatArray
    missing: FloatArray
    flags: Flags = NO_FLAGS

    @property
    def width(self) -> int:
        """Number of columns of an encoded row: k + f."""
        return len(self.sizes) + len(self.flags.columns)


def as_they_are(count: int) -> ColumnCodes:
    """Return codes for inputs that are all numbers and always there."""
    return ColumnCodes(np.zeros(count, np.int64), np.empty((count, 0)), np.empty(count))


def mean_codes(inputs: FloatArray, targets: FloatArray, sizes: IntegerArray = SIZES) -> ColumnCodes:
    """Return codes by which a tree orders categories: their mean target, drawn to the mean of all.

    The code of a category with n rows is (n mean + mean of all) / (n + 1). A missing number's is below
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
    ([2.67, 6.0], [4.0, 3.0])
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


def frequent_flags(inputs: FloatArray, sizes: IntegerArray = SIZES) -> Flags:
    """Return the flags that tell more than codes do: of frequent categories, and of missing numbers.

    The codes of one category, or of two, already tell them apart. Of more categories than ``MOST_FLAGS`` in
    all, those with the most rows get one.

    Examples
    --------
    >>> inputs = np.array([[0.0, 5.0], [1.0, np.nan], [2.0, 7.0]] * 5)
    >>> found = frequent_flags(inputs, np.array([3, 0]))
    >>> found.columns.tolist(), found.categories.tolist()
    ([0, 0, 0, 1], [0, 1, 2, 0])
    """
    found = [each for column in range(len(sizes)) for each in _frequent(inputs, column, sizes)]
    chosen = sorted(sorted(found, reverse=True)[:MOST_FLAGS], key=lambda each: each[1:])
    columns, categories = (np.array([each[at] for each in chosen], np.int64) for at in (1, 2))
    return Flags(columns, categories)


def encoded(inputs: FloatArray, known: ColumnCodes) -> FloatArray:
    """Return inputs (n, k) with categories and missing values as codes, and the flags, shape (n, k + f)."""
    result = np.empty((len(inputs), known.width))
    encode(np.ascontiguousarray(inputs), known, result)
    return result


@compiled
def encode(inputs: FloatArray, known: ColumnCodes, encoded: FloatArray) -> None:
    """Fill the first k + f columns of ``encoded`` from inputs (n, k): codes, then flags."""
    count = inputs.shape[1]
    for row in range(inputs.shape[0]):
        for place in range(known.flags.columns.shape[0]):
            column = known.flags.columns[place]
            is_so = (
                _category(inputs[row, column], known.sizes[column]) == known.flags.categories[place]
            )
            encoded[row, count + place] = 1.0 if is_so else 0.0
        for column in range(count):
            value = inputs[row, column]
            if np.isnan(value):
                encoded[row, column] = known.missing[column]
            elif known.sizes[column] > 0:
                encoded[row, column] = known.codes[column, int(value)]
            else:
                encoded[row, column] = value


@inlined
def _category(value: float, size: int) -> int:
    """Return the position of an input's category, its size for a missing value, -1 for a number."""
    if np.isnan(value):
        return size
    return int(value) if size > 0 else -1


def _frequent(inputs: FloatArray, column: int, sizes: IntegerArray) -> list[tuple[int, int, int]]:
    """Return rows, column and category of each flag that a column may have."""
    size, values = int(sizes[column]), inputs[:, column]
    are_missing = np.isnan(values)
    if size == 0:
        counts = np.array([are_missing.sum()])
    else:
        counts = np.bincount(
            np.where(are_missing, size, values).astype(np.int64), minlength=size + 1
        )
        if np.count_nonzero(counts) <= 2:
            return []
    enough = max(FEWEST_FLAGGED_ROWS, FLAGGED_SHARE * len(values))
    found = [(rows, column, place) for place, rows in enumerate(counts.tolist()) if rows >= enough]
    return sorted(found, reverse=True)[:MOST_FLAGS_OF_COLUMN]


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
