"""Signs of a broken source in a window that drifted: stuck, rounded, mixed or missing values, another unit.

Other traffic moves a whole distribution; a broken source spoils some rows, or all in the same way, and leaves
the rest of the column as it was. So each sign is one that a mix of usual rows hardly gives.
"""

from collections.abc import Iterator

import numpy as np

from backend.contract.drift.analysis import DriftAnalysis, PlausibilityFinding
from backend.contract.drift.harm import SensorSign
from backend.drift.categories import ReferenceCategories
from backend.drift.detector import DriftDetector
from backend.drift.refused import unit_factor
from backend.drift.report import LABELS, precision
from backend.drift.thresholds import DriftThresholds
from backend.drift.univariate import ReferenceColumn
from storage.schema.arrays import FloatArray

NEARLY_ALL = 0.9
"""Of the rows: so many equal values are no mix, whatever the others are."""
UNMOVED_P_VALUE = 0.01
"""From it on, what is left of a column without the stuck value is as usual."""
UNUSUAL = 0.005
"""Share of the reference's values at each end; a client with another unit sends many beyond."""
LEAST_CONVERTED = 0.05
"""Smallest share of values that may be another unit's: five times as many as are usually at both ends."""
SAME_SHAPE = 0.15
"""Largest Kolmogorov-Smirnov distance, 0 to 1, of values in another unit, once converted."""


def sensor_signs(
    detector: DriftDetector,
    inputs: FloatArray,
    report: DriftAnalysis,
    thresholds: DriftThresholds,
) -> list[SensorSign]:
    """Return the signs in a window's inputs (n, d), NaN for missing values; the largest share first.

    Examples
    --------
    >>> random = np.random.default_rng(0)
    >>> detector = DriftDetector(random.normal(5, 1, (4_000, 2)), ("width", "height"), np.array([0.7, 0.3]))
    >>> window = random.normal(5, 1, (500, 2))
    >>> window[:200, 0] = 4.5
    >>> thresholds = DriftThresholds()
    >>> found = sensor_signs(detector, window, detector.compare(window), thresholds)
    >>> [(sign.kind, sign.column, sign.value) for sign in found]
    [('stuck', 'width', 4.5)]
    >>> window[:, 0] = random.normal(6, 1, 500)
    >>> sensor_signs(detector, window, detector.compare(window), thresholds)
    []
    """
    if report.status != "ok":
        return []
    rows = inputs[detector.repeated.counted(inputs)]
    signs = list(_of_columns(detector, rows, report, thresholds))
    signs += _of_combination(report, {sign.column for sign in signs})
    return sorted(signs, key=lambda sign: -sign.share)


def _of_columns(
    detector: DriftDetector, rows: FloatArray, report: DriftAnalysis, thresholds: DriftThresholds
) -> Iterator[SensorSign]:
    """Yield at most one sign of each column: a stuck one has few decimals, too."""
    found = {(each.kind, each.column): each for each in report.plausibility if each.drifted}
    for name, column, values in zip(detector.names, detector.columns, rows.T, strict=True):
        present = values[~np.isnan(values)]
        drifted = name in report.drifted_features
        stuck, rounded = found.get(("stuck", name)), found.get(("precision", name))
        if drifted and _has_lost(column, values, thresholds):
            yield _missing(name, 1.0 - len(present) / len(values))
        elif stuck is not None and _rest_is_usual(column, present, stuck):
            yield _stuck(name, stuck)
        elif drifted and (factor := _factor(column, present)) is not None:
            yield _another_unit(name, *factor)
        elif rounded is not None:
            yield _rounded(name, rounded)


def _of_combination(report: DriftAnalysis, signed: set[str | None]) -> list[SensorSign]:
    """Return the sign of mixed rows: other traffic has odd rows too, but then single inputs move."""
    if not set(report.drifted_features) <= signed:
        return []
    found = (each for each in report.plausibility if each.kind == "combination" and each.drifted)
    # A stuck input does not go with the others either, which is no second sign.
    return [] if signed else [_mixed(each) for each in found]


def _has_lost(column: ReferenceColumn, values: FloatArray, thresholds: DriftThresholds) -> bool:
    quality = column.quality(values)
    return (
        quality.missing_rise >= thresholds.minimum_quality_share
        and quality.p_value < thresholds.quality_significance_level
    )


def _rest_is_usual(
    column: ReferenceColumn, present: FloatArray, stuck: PlausibilityFinding
) -> bool:
    if stuck.share >= NEARLY_ALL:
        return True
    rest, usual = present[present != stuck.value], column.sorted[column.sorted != stuck.value]
    if not len(usual):
        return False
    return ReferenceColumn(usual).distances(rest).p_value >= UNMOVED_P_VALUE


def _factor(column: ReferenceColumn, present: FloatArray) -> tuple[float, float] | None:
    """Return the factor of another unit and the share of values in it; None if no unit explains them."""
    if isinstance(column, ReferenceCategories):
        return None
    low, usual, high = np.quantile(column.sorted, [UNUSUAL, 0.5, 1.0 - UNUSUAL]).tolist()
    unusual = present[(present < low) | (present > high)]
    for values in (unusual, present):
        if len(values) < LEAST_CONVERTED * len(present):
            continue
        factor = unit_factor(values, usual)
        if factor is not None and column.distances(values / factor).ks_statistic <= SAME_SHAPE:
            return factor, len(values) / len(present)
    return None


def _sign(
    kind: str, column: str | None, share: float, value: float | None, words: str
) -> SensorSign:
    fields = {"kind": kind, "column": column, "share": share, "value": value}
    return SensorSign.model_validate({**fields, "refused": False, "reason": words})


def _missing(name: str, share: float) -> SensorSign:
    return _sign(
        "missing", name, share, None, f"{_label(name)} is missing in {share:.1%} of the rows."
    )


def _stuck(name: str, found: PlausibilityFinding) -> SensorSign:
    words = f"{_label(name)} is {found.value:.6g} in {found.share:.1%} of the rows."
    return _sign("stuck", name, found.share, found.value, words)


def _another_unit(name: str, factor: float, share: float) -> SensorSign:
    words = (
        f"{_label(name)} is {factor:,.4g} times as large as usual in {share:.1%} of the rows, as if in "
        "another unit."
    )
    return _sign("another_unit", name, share, factor, words)


def _rounded(name: str, found: PlausibilityFinding) -> SensorSign:
    rise = found.share - found.reference_share
    words = (
        f"{_label(name)} comes {precision(int(found.value or 0))} in {found.share:.1%} of the rows."
    )
    return _sign("rounded", name, rise, found.value, words)


def _mixed(found: PlausibilityFinding) -> SensorSign:
    words = f"Inputs of different rows are mixed in at least about {found.share:.0%} of the rows."
    return _sign("mixed", None, found.share, None, words)


def _label(name: str) -> str:
    return LABELS.get(name, name)
