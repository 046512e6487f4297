"""Looking at a base table once, so that nobody has to read its rows to know what it holds."""

from collections.abc import Mapping

import numpy as np

from storage.domain.feature import Feature
from storage.domain.inputs import FEATURES
from storage.domain.target import TARGET_NAME, USUAL_ANSWERS
from storage.schema.arrays import FloatArray, IntegerArray
from storage.schema.table_profile import (
    ColumnProfile,
    PartProfile,
    SplitProfile,
    TableProfile,
    ValueHistogram,
    WordCounts,
)
from training.dataset.table import HousingTable

BINS = 30
MOST_WORDS = 30
"""Of a category; further words are counted together."""
TAILS = (0.001, 0.999)
"""Bins are between these quantiles: a single far value must not hide all others."""
FIGURES = (0.0, 0.05, 0.5, 0.95, 1.0)
"""Quantiles: lowest, low, median, high, highest."""


def table_profile(table: HousingTable, split: SplitProfile) -> TableProfile:
    """Look at each column of a table."""
    # One column at a time: a table may fill half of the memory.
    inputs = [_input_profile(one, table.values[:, place]) for place, one in enumerate(FEATURES)]
    return TableProfile(
        rows=len(table),
        target=profile_of_numbers(TARGET_NAME, table.values[:, -1], USUAL_ANSWERS),
        inputs=inputs,
        split=split,
    )


def part_profiles(parts: Mapping[str, FloatArray]) -> list[PartProfile]:
    """Look at the target's values, shape (n,), of each part of the split."""
    return [_part_profile(name, targets) for name, targets in parts.items()]


def _input_profile(feature: Feature, values: FloatArray) -> ColumnProfile:
    if feature.categories is not None:
        return profile_of_words(feature.name, feature.categories, values)
    typical = (float(feature.typical.lowest), float(feature.typical.highest))
    return profile_of_numbers(feature.name, values, typical)


def profile_of_numbers(
    name: str, values: FloatArray, typical: tuple[float, float]
) -> ColumnProfile:
    """Look at numbers, shape (n,), NaN where one is missing; at least one is not."""
    ordered = np.sort(values[~np.isnan(values)])
    within = np.searchsorted(ordered, typical[1], "right") - np.searchsorted(ordered, typical[0])
    lowest, low, median, high, highest = quantiles(ordered, FIGURES)
    return ColumnProfile(
        name=name,
        missing=len(values) - len(ordered),
        distinct=1 + int(np.count_nonzero(np.diff(ordered))),
        untypical=len(ordered) - int(within),
        lowest=lowest,
        low=low,
        median=median,
        high=high,
        highest=highest,
        histogram=_histogram(ordered),
    )


def profile_of_words(name: str, words: list[str], values: FloatArray) -> ColumnProfile:
    """Look at positions of words, shape (n,), NaN where one is missing."""
    positions = values[~np.isnan(values)].astype(np.intp)
    counts = np.bincount(positions, minlength=len(words))
    order = np.argsort(-counts, kind="stable")
    listed, others = order[:MOST_WORDS], order[MOST_WORDS:]
    return ColumnProfile(
        name=name,
        missing=len(values) - len(positions),
        distinct=int(np.count_nonzero(counts)),
        words=WordCounts(
            words=[words[place] for place in listed.tolist()],
            counts=counts[listed].tolist(),
            other_words=len(others),
            other_rows=int(counts[others].sum()),
        ),
    )


def _part_profile(name: str, targets: FloatArray) -> PartProfile:
    low, median, high = quantiles(np.sort(targets), FIGURES[1:-1])
    return PartProfile(name=name, rows=len(targets), low=low, median=median, high=high)


def quantiles(ordered: FloatArray, shares: tuple[float, ...]) -> list[float]:
    """Return values of an ascending array, shape (n,), below or at which such shares of it are.

    Examples
    --------
    >>> quantiles(np.array([1.0, 2.0, 4.0, 9.0, 9.5]), (0.0, 0.5, 1.0))
    [1.0, 4.0, 9.5]
    """
    places: IntegerArray = np.rint(np.array(shares) * (len(ordered) - 1)).astype(np.int64)
    return [float(value) for value in ordered[places]]


def _histogram(ordered: FloatArray) -> ValueHistogram:
    is_whole = bool((ordered == np.floor(ordered)).all())
    edges = _edges(*quantiles(ordered, TAILS), is_whole=is_whole)
    below = np.searchsorted(ordered, edges[1:-1])
    counts = np.diff(below, prepend=0, append=len(ordered))
    return ValueHistogram(edges=edges.tolist(), counts=counts.tolist())


def _edges(low: float, high: float, *, is_whole: bool) -> FloatArray:
    if not is_whole:
        return np.linspace(low, high, BINS + 1) if low < high else np.array([low - 0.5, low + 0.5])
    # Bins of so many whole numbers each: otherwise some would hold one more than their neighbours.
    width = np.ceil((high - low + 1) / BINS)
    bins = np.ceil((high - low + 1) / width)
    return np.asarray(low - 0.5 + width * np.arange(bins + 1))
