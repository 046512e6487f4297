"""What is odd about rows that can be learned from: nothing forbids it, and a person should know.

The one list of it: ``training.describe`` says it of a file, each training of its table.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from storage.domain.feature import Feature
from storage.domain.inputs import FEATURES
from storage.domain.target import TARGET_NAME
from storage.tables.problem import counted
from training.dataset.evidence import alone
from training.dataset.observed import Observed, ObservedColumn
from training.dataset.table import HousingTable

STRAIGHT = 1e-9
"""Correlations within this of 1 or -1 are of a straight line: rounding leaves so much."""
SUSPICIOUS = 0.98
"""R2 of one input alone, from which on a person is told."""
FEW_ROWS = 200
SKEWED = 2.0
FEW_TARGETS = 10


def doubts_of(table: HousingTable) -> tuple[str, ...]:
    """Return a sentence for whatever is odd about a table."""
    # A view of each column: a table may fill half of the memory.
    values = table.values
    inputs = [
        ObservedColumn(one.name, values[:, place], tuple(one.categories or ()))
        for place, one in enumerate(FEATURES)
    ]
    # A missing value is NaN, and so is the range of its column: that some are missing may tell something.
    varied = [one for one in inputs if np.ptp(one.values) != 0]
    target = ObservedColumn(TARGET_NAME, values[:, -1])
    if not np.ptp(target.values):
        return (*_constant(inputs, varied), *_equal(varied))
    straight = [one.name for one in varied if _is_straight(one, target)]
    scores = {one.name: alone(one, target.values) for one in varied if one.name not in straight}
    return (
        *_constant(inputs, varied),
        *_equal(varied),
        *map(_follows, straight),
        *(f"{told}." for told in telling(scores, TARGET_NAME).values()),
        *(f"{told}." for told in marked(inputs)),
        *(f"{told}." for told in about_target(target)),
        *(f"{told}." for told in about_rows(inputs, target)),
    )


def telling(scores: Mapping[str, float], target: str) -> dict[str, str]:
    """Say which inputs alone tell almost all of the target; ``scores`` has the R2 of each, by name."""
    return {
        name: f"{name} alone tells {score:.2%} of {target}: leave it out if it is not known before "
        f"{target} is"
        for name, score in scores.items()
        if score > SUSPICIOUS
    }


def marked(inputs: Sequence[Observed]) -> Iterator[str]:
    """Name the inputs in which a number such as -999 may stand for a missing value."""
    for one in inputs:
        if (mark := mark_of_missing(one)) is not None:
            rows = counted(int((one.present == mark).sum()), "row")
            yield (
                f"{one.name} is {mark:.15g} in {rows}, far from all other values: leave these cells empty if "
                "it means that the value is missing"
            )


def mark_of_missing(column: Observed) -> float | None:
    """Return a number such as -999 that occurs twice or more, farther from the others than these span."""
    values = column.distinct
    if not column.is_number or len(values) < 3:
        return None
    for mark, nearest, farthest in (
        (values[0], values[1], values[-1]),
        (values[-1], values[-2], values[0]),
    ):
        digits = set(f"{abs(mark):.15g}")
        is_far = abs(nearest - mark) > abs(farthest - nearest)
        if digits == {"9"} and is_far and (column.present == mark).sum() > 1:
            return float(mark)
    return None


def about_target(target: Observed) -> Iterator[str]:
    """Say what is odd about the values of a target that varies."""
    if len(target.distinct) <= FEW_TARGETS:
        yield f"{target.name} has only {len(target.distinct)} different values: is it a number?"
    values = target.present / np.abs(target.present).max()
    skew = float((((values - values.mean()) / values.std()) ** 3).mean())
    if abs(skew) > SKEWED:
        side = "high" if skew > 0 else "low"
        yield f"{target.name} is skewed: a few very {side} values (skewness {skew:.1f})"


def about_rows(inputs: Sequence[Observed], target: Observed) -> Iterator[str]:
    """Say whether rows are few, and how many repeat the inputs of another."""
    if len(target.values) < FEW_ROWS:
        yield f"{len(target.values)} rows are few: errors and intervals will be rough"
    again, other = _repeated(inputs, target)
    if again:
        told = f"{counted(again, 'row')} have the inputs of an earlier row; they stay"
        yield told + (f", {other:,} of them with another {target.name}" if other else "")


def _repeated(inputs: Sequence[Observed], target: Observed) -> tuple[int, int]:
    """Return how many rows repeat the inputs of an earlier row, and how many of these with another target."""
    values = np.column_stack([*(one.values for one in inputs), target.values])
    content = np.ascontiguousarray(np.where(np.isnan(values), np.inf, values + 0.0))
    rows = len(content)
    again = rows - _different(content[:, :-1])
    return again, again - (rows - _different(content))


def _different(content: np.ndarray) -> int:
    """Return the number of different rows."""
    import pandas as pd  # type: ignore[import-untyped] # ships no types

    hashes = pd.util.hash_pandas_object(pd.DataFrame(content), index=False)
    return int(hashes.nunique())


def _constant(inputs: Sequence[Observed], varied: Sequence[Observed]) -> Iterator[str]:
    known = {one.name for one in varied}
    for feature, one in zip(FEATURES, inputs, strict=True):
        if one.name not in known:
            yield (
                f"{one.name} is {_shown(feature, one.values[0])} in all {len(one.values):,} rows: nothing is "
                "learned from it, and answers for other values are guesses."
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


def _equal(varied: Sequence[Observed]) -> Iterator[str]:
    # By content: comparing each with each took minutes for 200 inputs and a million rows.
    known: dict[int, str] = {}
    for one in varied:
        if np.isnan(one.values).any():
            continue
        first = known.setdefault(hash((one.values + 0.0).tobytes()), one.name)
        if first != one.name:
            rows = f"all {len(one.values):,} rows"
            yield f"{first} and {one.name} are equal in {rows}: check that one was not copied over the other."


def _is_straight(one: Observed, target: Observed) -> bool:
    if not np.isfinite(one.values).all():
        return False
    return bool(abs(np.corrcoef(one.values, target.values)[0, 1]) >= 1.0 - STRAIGHT)


def _follows(name: str) -> str:
    return (
        f"{TARGET_NAME} follows from {name} alone, on a straight line: check that it was not computed "
        "from it."
    )
