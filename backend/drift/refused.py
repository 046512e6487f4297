"""What refused inputs have in common: values the service never answers are no part of the drift tests."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from backend.contract.drift.refused import RefusedField
from backend.drift.univariate import ReferenceColumn
from storage.domain.feature import Feature
from storage.domain.inputs import FEATURES
from storage.predictions.refused import Refusal, Refusals
from storage.schema.arrays import FloatArray

FEWEST_NUMBERS = 3
"""Refused numbers of one input before something is guessed from them."""
AGREEING = (10, 90)
"""Percentiles between which the values must agree."""
SMALLEST_FACTOR = 5.0
"""A unit differs by more: feet and metres by 3.3, but those stay in range or look like bad values."""
WIDEST_RATIO = 100.0
"""Between those percentiles: values of one input in one unit differ by less."""
UNIT_SENTENCE = "all in another unit?"


def refused_fields(refusals: Refusals, columns: Sequence[ReferenceColumn]) -> list[RefusedField]:
    """Sum the refusals up by input, the most often refused first.

    Parameters
    ----------
    refusals
        Those of a window.
    columns
        The reference of each input, in schema order.
    """
    by_name: dict[str, list[Refusal]] = {}
    for each in refusals.found:
        by_name.setdefault(each.field, []).append(each)
    known = [
        (feature, column)
        for feature, column in zip(FEATURES, columns, strict=True)
        if feature.name in by_name
    ]
    values = {feature.name: _numbers(by_name[feature.name]) for feature, _ in known}
    fields = [_field(feature, column, by_name[feature.name], values) for feature, column in known]
    return sorted(fields, key=lambda field: (-field.requests, field.name))


def _field(
    feature: Feature,
    column: ReferenceColumn,
    refusals: Sequence[Refusal],
    values: Mapping[str, FloatArray],
) -> RefusedField:
    numbers = values[feature.name]
    usual = None if feature.is_category else float(np.median(column.sorted))
    swapped = _swapped_with(feature, values)
    factor = None if usual is None or swapped else unit_factor(numbers, usual)
    problems: Counter[str] = Counter()
    for each in refusals:
        problems[each.problem] += each.problems
    middle = float(np.median(numbers)) if len(numbers) else None
    return RefusedField(
        name=feature.name,
        requests=len({each.request_id for each in refusals}),
        problems=dict(problems.most_common()),
        median=middle,
        usual=usual,
        factor=factor,
        in_another_unit=factor is not None,
        swapped_with=swapped,
        reason=_reason(feature, refusals, middle, usual, factor, swapped),
    )


def _numbers(refusals: Sequence[Refusal]) -> FloatArray:
    return np.array([each.value for each in refusals if each.value is not None], dtype=np.float64)


def unit_factor(values: FloatArray, usual: float) -> float | None:
    """Return by how much refused numbers (n,) differ from the usual one, if they agree on a factor.

    They agree if four fifths of them are on the same side of zero as the usual value, all at least five times
    larger or smaller, and within a factor of 100 of each other.

    Examples
    --------
    >>> unit_factor(np.array([83_252.0, 41_000.0, 35_800.0, 120_000.0]), 3.5)
    17750.0
    >>> unit_factor(np.array([21.0, 1e9, 400.0, 3e7]), 3.5) is None
    True
    """
    if len(values) < FEWEST_NUMBERS or usual == 0.0:
        return None
    low, middle, high = np.percentile(values / usual, [AGREEING[0], 50, AGREEING[1]]).tolist()
    if low <= 0.0 or high / low > WIDEST_RATIO:
        return None
    differs = low >= SMALLEST_FACTOR or high <= 1.0 / SMALLEST_FACTOR
    return float(f"{middle:.4g}") if differs else None


def _swapped_with(feature: Feature, values: Mapping[str, FloatArray]) -> str | None:
    """Return the refused input whose values fit this one's range while this one's fit there."""
    for other in FEATURES:
        if other.name == feature.name or other.name not in values or other.is_category:
            continue
        if _mostly_fit(values[feature.name], other) and _mostly_fit(values[other.name], feature):
            return other.name
    return None


def _mostly_fit(values: FloatArray, feature: Feature) -> bool:
    fits = (values >= feature.minimum) & (values <= feature.maximum)
    return len(values) >= FEWEST_NUMBERS and float(fits.mean()) >= AGREEING[1] / 100


def _reason(
    feature: Feature,
    refusals: Sequence[Refusal],
    middle: float | None,
    usual: float | None,
    factor: float | None,
    swapped: str | None,
) -> str:
    name, limits = feature.name, _limits(feature)
    if middle is None:
        lacking = "an unknown word" if feature.is_category else "not a number"
        return f"{name}: missing or {lacking} in {_counted(refusals)}{limits}."
    counted = _counted([each for each in refusals if each.value is not None])
    if swapped is not None:
        return f"Are {name} and {swapped} swapped? In {counted}, each fits the other's range."
    if factor is not None and usual is not None:
        times = f"{factor:,.3g}" if factor < 1000 else f"{float(f'{factor:.2g}'):,.0f}"
        return (
            f"{name}: {UNIT_SENTENCE} Values around {middle:,.6g} in {counted}, about {times} times the "
            f"usual {usual:,.4g}."
        )
    return f"{name}: values around {middle:,.6g} in {counted}{limits}."


def _limits(feature: Feature) -> str:
    if feature.is_category:
        return ""
    return f"; it takes {feature.minimum:,g} to {feature.maximum:,g}"


def _counted(refusals: Sequence[Refusal]) -> str:
    requests = len({each.request_id for each in refusals})
    return "1 refused request" if requests == 1 else f"{requests:,} refused requests"
