"""A period compared with earlier ones of the same service: whether it differs from its usual traffic.

Rows of real traffic share clients, areas and weekdays, so that periods differ by more than chance in their
rows. How much more, earlier periods say; nothing here assumes that rows are independent.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import stats

from backend.contract.drift.analysis import Aspect, TrafficChange, UsualTraffic
from backend.drift.row_figures import QUALITY, SHARES, SPOILED, Watched, level_shift
from backend.drift.thresholds import DriftThresholds
from backend.drift.univariate import holm
from backend.drift.usual.sentences import change_sentence, learning_sentence
from backend.drift.usual.sums import TrafficSums
from storage.schema.arrays import BoolArray, FloatArray, IntegerArray

FEWEST_PERIODS = 14
"""Earlier periods from which the usual traffic is known."""
WEEK = 7
WEEKS_KNOWN = 4
"""Periods of each weekday from which weekdays are compared with themselves."""
SMALLEST_VARIANCE = 1e-4
"""Of a standardized figure; a column that never varies has none."""


@dataclass(frozen=True)
class EarlierPeriod:
    """A period of the same length; ``weekday`` counts the days before the current one, modulo 7."""

    weekday: int
    sums: TrafficSums


@dataclass(frozen=True)
class _Usual:
    """What the figures of the current period should be: each of shape (s,).

    Attributes
    ----------
    means
        Expected.
    between
        Variance of a period's mean beyond that of its rows.
    within
        Variance of one row.
    of_means
        Variance of ``means``.
    freedom
        Degrees of freedom of ``between``; 0 where too few periods have the figure.
    """

    means: FloatArray
    between: FloatArray
    within: FloatArray
    of_means: FloatArray
    freedom: FloatArray


def earlier_periods(found: Mapping[int, TrafficSums]) -> list[EarlierPeriod]:
    """Return periods, by how many days they were before, without the newest week if enough remain.

    A change that lasts would be usual within days; so it is seen for a week.

    Examples
    --------
    >>> some = TrafficSums.none(1)
    >>> len(earlier_periods(dict.fromkeys(range(1, 29), some)))
    28
    >>> [len(earlier_periods(dict.fromkeys(range(1, days), some))) for days in (35, 36, 40)]
    [34, 28, 32]
    """
    periods = {before: EarlierPeriod(before % WEEK, sums) for before, sums in found.items()}
    older = [period for before, period in periods.items() if before > WEEK]
    return older if len(older) >= WEEK * WEEKS_KNOWN else list(periods.values())


def are_enough(earlier: Sequence[EarlierPeriod], thresholds: DriftThresholds) -> bool:
    """Return whether the usual traffic is known from periods; those with too few rows do not count."""
    return len(_with_enough_rows(earlier, thresholds)) >= FEWEST_PERIODS


def _with_enough_rows(
    earlier: Sequence[EarlierPeriod], thresholds: DriftThresholds
) -> list[EarlierPeriod]:
    return [each for each in earlier if each.sums.rows >= thresholds.minimum_rows]


def compare_with_usual(
    current: TrafficSums,
    earlier: Sequence[EarlierPeriod],
    watched: Sequence[Watched],
    thresholds: DriftThresholds,
) -> UsualTraffic:
    """Compare a period with earlier ones; those with too few rows are left out.

    For the mean m of one figure over n rows, with mean u and variance b between earlier periods beyond what
    the rows' own variance w explains, t = (m - u) / sqrt(b + w / n + var(u)) is compared with Student's
    distribution; b is at least 0. After four weeks, u is that of the same weekday. Holm corrects all figures
    as one family, missing and out-of-range values as a second; a difference below the rule's smallest effect
    never counts.
    """
    known = _with_enough_rows(earlier, thresholds)
    if current.rows < thresholds.minimum_rows or len(known) < FEWEST_PERIODS:
        return _no_verdict(current, known, thresholds)
    by_weekday = _knows_weekdays(known)
    usual = _usual(known, by_weekday=by_weekday)
    shifts, p_values = _differences(current, usual)
    is_quality = np.array([each.aspect in (*QUALITY, *SPOILED) for each in watched])
    adjusted = _adjusted(p_values, is_quality)
    is_changed = _is_changed(shifts, adjusted, watched, thresholds)
    changed = [
        TrafficChange(
            name=watched[place].column,
            aspect=watched[place].aspect,
            usual=float(usual.means[place]),
            shift=float(shifts[place]),
            adjusted_p_value=float(adjusted[place]),
        )
        for place in np.argsort(np.nan_to_num(adjusted, nan=1.0), kind="stable")
        if is_changed[place]
    ]
    return UsualTraffic(
        status="ok",
        drifted=bool(changed),
        periods=len(known),
        needed_periods=FEWEST_PERIODS,
        by_weekday=by_weekday,
        changed=changed,
        smallest_adjusted_p_value=min([1.0, *(each.adjusted_p_value for each in changed)]),
        reasons=[change_sentence(each) for each in changed] or ["As usual for this service."],
    )


def _no_verdict(
    current: TrafficSums, known: Sequence[EarlierPeriod], thresholds: DriftThresholds
) -> UsualTraffic:
    learning = len(known) < FEWEST_PERIODS
    few = f"Not enough data: {current.rows} different rows, and a verdict needs "
    reason = (
        learning_sentence(len(known), FEWEST_PERIODS)
        if learning
        else f"{few}{thresholds.minimum_rows}."
    )
    return not_compared(reason, "learning" if learning else "not_enough_data", len(known))


def not_compared(
    reason: str,
    status: Literal["learning", "not_enough_data"] = "not_enough_data",
    periods: int = 0,
) -> UsualTraffic:
    """Return that a window has no verdict, and why."""
    return UsualTraffic(
        status=status,
        drifted=None,
        periods=periods,
        needed_periods=FEWEST_PERIODS,
        by_weekday=False,
        changed=[],
        smallest_adjusted_p_value=None,
        reasons=[reason],
    )


def _knows_weekdays(known: Sequence[EarlierPeriod]) -> bool:
    times = np.bincount([each.weekday for each in known], minlength=WEEK)
    return bool((times >= WEEKS_KNOWN).all())


def _usual(known: Sequence[EarlierPeriod], *, by_weekday: bool) -> _Usual:
    counts = np.array([each.sums.counts for each in known])
    sums = np.array([each.sums.sums for each in known])
    squares = np.array([each.sums.squares for each in known])
    weekdays = np.array([each.weekday if by_weekday else 0 for each in known], dtype=np.int64)
    has = counts > 0
    means = np.divide(sums, counts, out=np.zeros_like(sums), where=has)
    within = _within(counts, sums, squares)
    expected, periods, groups = _group_means(means, has, weekdays)
    freedom = np.maximum(has.sum(axis=0) - groups, 0).astype(np.float64)
    found = (np.where(has, means - expected, 0.0) ** 2).sum(axis=0) / np.maximum(freedom, 1)
    rows = within * np.divide(1, counts, out=np.zeros_like(sums), where=has).sum(axis=0)
    rows /= np.maximum(has.sum(axis=0), 1)
    between = np.maximum(found - rows, 0.0)
    own = weekdays == 0
    return _Usual(
        means=expected[np.flatnonzero(own)[0]] if own.any() else expected[0],
        between=between,
        within=within,
        of_means=(between + rows) / np.maximum(periods, 1),
        freedom=np.where(periods > 0, freedom, 0.0),
    )


def _within(counts: FloatArray, sums: FloatArray, squares: FloatArray) -> FloatArray:
    """Return the variance of one row, within the periods; a share that was never seen may be one in all."""
    total = np.maximum(counts.sum(axis=0), 1)
    centred = squares - np.divide(sums**2, counts, out=np.zeros_like(sums), where=counts > 0)
    smallest = np.maximum(SMALLEST_VARIANCE, 1 / total)
    return np.asarray(np.maximum(centred.sum(axis=0) / total, smallest))


def _group_means(
    means: FloatArray, has: BoolArray, groups: IntegerArray
) -> tuple[FloatArray, IntegerArray, IntegerArray]:
    """Return each period's expected means (k, s), the periods of the current group, and the groups, (s,)."""
    expected = np.zeros_like(means)
    number = np.zeros(means.shape[1], dtype=np.int64)
    for group in np.unique(groups):
        rows = groups == group
        times = has[rows].sum(axis=0)
        total = np.where(has[rows], means[rows], 0.0).sum(axis=0)
        expected[rows] = total / np.maximum(times, 1)
        number += times > 0
    return expected, has[groups == 0].sum(axis=0), number


def _differences(current: TrafficSums, usual: _Usual) -> tuple[FloatArray, FloatArray]:
    """Return the shifts of the means and their two-sided p values, each (s,); NaN where not known."""
    shifts = current.means() - usual.means
    is_known = (current.counts > 0) & (usual.freedom > 0)
    variances = usual.between + usual.within / np.maximum(current.counts, 1) + usual.of_means
    ratios = np.abs(shifts) / np.sqrt(variances)
    p_values = 2 * stats.t.sf(ratios, np.maximum(usual.freedom, 1))
    return shifts, np.where(is_known, p_values, np.nan)


def _adjusted(p_values: FloatArray, is_quality: BoolArray) -> FloatArray:
    adjusted = np.full(len(p_values), np.nan)
    for family in (is_quality, ~is_quality):
        places = np.flatnonzero(family & ~np.isnan(p_values))
        adjusted[places] = holm(p_values[places])
    return adjusted


def _is_changed(
    shifts: FloatArray,
    adjusted: FloatArray,
    watched: Sequence[Watched],
    thresholds: DriftThresholds,
) -> list[bool]:
    return [
        bool(
            p_value < _level(each.aspect, thresholds)
            and abs(shift) >= _smallest(each.aspect, thresholds)
        )
        for shift, p_value, each in zip(shifts.tolist(), adjusted.tolist(), watched, strict=True)
    ]


def _level(aspect: Aspect, thresholds: DriftThresholds) -> float:
    if aspect in (*QUALITY, *SPOILED):
        return thresholds.quality_significance_level
    return thresholds.significance_level


def _smallest(aspect: Aspect, thresholds: DriftThresholds) -> float:
    """Return the smallest shift that counts, of a share or in standard deviations."""
    if aspect in QUALITY:
        return thresholds.minimum_quality_share
    if aspect == "stuck":
        return thresholds.minimum_stuck_rise
    if aspect == "precision":
        return thresholds.minimum_coarse_rise
    if aspect == "combination":
        return thresholds.minimum_mixed_share
    if aspect in SHARES:
        return thresholds.minimum_ks_statistic
    return level_shift(thresholds.minimum_ks_statistic)
