"""What is odd about a table that can be learned from: nothing forbids it, and a person should know."""

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from storage.domain.feature import Feature
from storage.domain.inputs import FEATURE_NAMES, FEATURES
from storage.domain.target import TARGET_NAME
from storage.schema.arrays import FloatArray
from training.dataset.table import HousingTable

STRAIGHT = 1e-9
"""Correlations within this of 1 or -1 are of a straight line: rounding leaves so much."""


def doubts_of(table: HousingTable) -> tuple[str, ...]:
    """Return a sentence for each input that is constant, equals another, or gives the target away."""
    inputs, rows = table.inputs, f"all {len(table):,} rows"
    # A missing value is NaN, and so is the range of its column: that some are missing may tell something.
    varied = [number for number, column in enumerate(inputs.T) if np.ptp(column) != 0]
    return (
        *_constant(inputs, varied, rows),
        *_equal(inputs, varied, rows),
        *_giving_away(inputs, table.targets, varied),
    )


def _constant(inputs: FloatArray, varied: list[int], rows: str) -> Iterator[str]:
    for number, feature in enumerate(FEATURES):
        if number not in varied:
            yield (
                f"{feature.name} is {_shown(feature, inputs[0, number])} in {rows}: nothing is learned from "
                "it, and answers for other values are guesses."
            )


def _shown(feature: Feature, value: float) -> str:
    """Write a value of an input; of a category, its word.

    Examples
    --------
    >>> words = {"kind": "category", "categories": ["petrol", "diesel"], "example": "diesel"}
    >>> fuel = Feature.model_validate({"name": "fuel", "label": "Fuel", "description": "Fuel."} | words)
    >>> _shown(fuel, 1.0), _shown(FEATURES[0], 2.50)
    ('diesel', '2.5')
    """
    return str(feature.value_of(value)) if feature.is_category else f"{value:g}"


def _equal(inputs: FloatArray, varied: list[int], rows: str) -> Iterator[str]:
    for first, second in combinations(varied, 2):
        if np.array_equal(inputs[:, first], inputs[:, second]):
            names = f"{FEATURE_NAMES[first]} and {FEATURE_NAMES[second]}"
            yield f"{names} are equal in {rows}: check that one was not copied over the other."


def _giving_away(inputs: FloatArray, targets: FloatArray, varied: list[int]) -> Iterator[str]:
    if not np.ptp(targets):
        return
    for number in varied:
        if np.isfinite(inputs[:, number]).all() and _is_straight(inputs[:, number], targets):
            yield (
                f"{TARGET_NAME} follows from {FEATURE_NAMES[number]} alone, on a straight line: check that "
                "it was not computed from it."
            )


def _is_straight(column: FloatArray, targets: FloatArray) -> bool:
    return bool(abs(np.corrcoef(column, targets)[0, 1]) >= 1.0 - STRAIGHT)
