"""Screening labelled predictions for plausibility, with counts of the rows left out by reason.

Rows that fail the screen are used neither for training nor for comparison.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from storage.domain.inputs import ARE_PLAIN
from storage.domain.target import ACCEPTED_TARGETS, RESOLUTION
from storage.predictions.labelled import LabelledRows
from storage.schema.accepted import is_accepted
from storage.schema.arrays import FloatArray
from training.dataset.likeness import Likeness
from training.dataset.splits import Part
from training.kernels.column_codes import encoded, mean_codes

Mask = NDArray[np.bool_]

UNACCEPTABLE_INPUTS = "unacceptable inputs"
IMPOSSIBLE_VALUE = "impossible value"
CONTRADICTING_VALUES = "contradicting values"
ASKED_ABOUT_AGAIN = "asked about again later"
VALUE_OUT_OF_LINE = "value out of line with similar rows"

CONTRADICTION = 2.0
"""Values of the same inputs are contradictory if the highest is this many times the lowest."""
SIMILAR = 20
"""Number of similar subjects that a value is compared with."""
SMALLEST_SPREAD = 0.1
"""Smallest spread of log values, about 10 %: subjects that happen to cost the same exclude nothing."""
CONTRADICTION_STEPS = 20
SMALLEST_SPREAD_STEPS = 2
"""The same two where a value may be zero or below, in the target's resolution: it has no logarithm."""
DEVIATIONS_OF_MEDIAN = 1.4826
"""Median absolute deviation times this equals a normal distribution's standard deviation."""
SCALE_PERCENTILES = (5, 95)


@dataclass(frozen=True)
class Screened:
    """The rows that passed, newest first, what is one subject, and the number of rows left out, by reason."""

    believed: LabelledRows
    likeness: Likeness
    left_out: Mapping[str, int] = field(default_factory=dict)

    def new_to(self, *learned: FloatArray) -> LabelledRows:
        """Return the rows whose subjects are not among those (m, d) that a model learned."""
        return self.believed.only(~self.likeness.is_known(self.believed.inputs, *learned))


def screen(found: LabelledRows, known: Part, outlier_distance: float) -> Screened:
    """Screen labelled predictions, newest first; a row is counted under the first reason that applies.

    unacceptable inputs     not finite, or out of the ranges that the service accepts
    impossible value        not finite or not accepted; not above 0, where all known ones are
    contradicting values    the same inputs with values of which one is twice another: none is used
    asked about again later the same subject has a newer reading
    value out of line       ``distance_from_similar`` is above ``outlier_distance``

    Parameters
    ----------
    known
        The base table's training part, more than 20 rows.
    outlier_distance
        In robust standard deviations.
    """
    left_out: dict[str, int] = {}
    likeness = Likeness.of(known.inputs)
    has_logs = bool((known.targets > 0).all())
    checks: tuple[tuple[str, Callable[[LabelledRows], Mask]], ...] = (
        (UNACCEPTABLE_INPUTS, lambda rows: is_accepted(rows.inputs)),
        (IMPOSSIBLE_VALUE, partial(_is_possible, has_logs=has_logs)),
        (CONTRADICTING_VALUES, partial(_is_uncontradicted, has_logs=has_logs)),
        (ASKED_ABOUT_AGAIN, lambda rows: likeness.is_newest(rows.inputs)),
        (
            VALUE_OUT_OF_LINE,
            lambda rows: distance_from_similar(rows, known) <= outlier_distance,
        ),
    )
    for reason, is_believable in checks:
        kept = is_believable(found) if len(found) else np.ones(0, dtype=np.bool_)
        left_out[reason] = int(len(found) - kept.sum())
        found = found.only(kept)
    return Screened(found, likeness, {reason: count for reason, count in left_out.items() if count})


def distance_from_similar(rows: LabelledRows, known: Part) -> FloatArray:
    """Return each value's distance from similar subjects' values, shape (n,), in robust deviations.

    With y the value, m the median of log y over the 20 most similar known subjects, m' that over the 20 most
    similar other labelled rows, and s = max(1.4826 median |log y_j - m|, 0.1) over the former:

        min(|log y - m|, |log y - m'|) / s

    The second median keeps real changes: after a drift, labelled rows agree with each other. With 20 or
    fewer of them it is left out. Similar is near in the eight inputs, each divided by the range
    between the known subjects' 5th and 95th percentile. (Median and absolute deviation: Hampel 1974, The
    Influence Curve and its Role in Robust Estimation.)

    Where a known value is not above 0, values take the place of their logarithms, and twice the target's
    resolution that of 0.1.
    """
    points, known_points = _comparable_inputs(rows.inputs, known)
    has_logs = bool((known.targets > 0).all())
    values, others = (_comparable(each, has_logs) for each in (rows.actual, known.targets))
    theirs = _similar_values(points, known_points, others, first=1)
    median = np.median(theirs, axis=1)
    spread = DEVIATIONS_OF_MEDIAN * np.median(np.abs(theirs - median[:, np.newaxis]), axis=1)
    distance = np.abs(values - median)
    if len(rows) > SIMILAR:
        # Each row finds itself first.
        own = _similar_values(points, points, values, first=2)
        distance = np.minimum(distance, np.abs(values - np.median(own, axis=1)))
    smallest = SMALLEST_SPREAD if has_logs else SMALLEST_SPREAD_STEPS * RESOLUTION
    return np.asarray(distance / np.maximum(spread, smallest))


def _comparable_inputs(inputs: FloatArray, known: Part) -> tuple[FloatArray, FloatArray]:
    """Return inputs (n, d) and known ones on a scale on which they can be near; categories by mean target."""
    known_inputs = known.inputs
    if not ARE_PLAIN:
        codes = mean_codes(known_inputs, known.targets)
        inputs, known_inputs = encoded(inputs, codes), encoded(known_inputs, codes)
    scale = _scale(known_inputs)
    return inputs / scale, known_inputs / scale


def _comparable(values: FloatArray, has_logs: bool) -> FloatArray:
    """Return what values, shape (n,), are compared by: their logarithms, or themselves."""
    return np.log(np.maximum(values, np.finfo(np.float64).tiny)) if has_logs else values


def _similar_values(
    points: FloatArray, others: FloatArray, values: FloatArray, first: int
) -> FloatArray:
    """Return the values of the nearest other rows, shape (n, 20)."""
    ranks = range(first, first + SIMILAR)
    _, nearest = KDTree(others).query(points, ranks)
    return np.asarray(values[nearest])


def _scale(inputs: FloatArray) -> FloatArray:
    low, high = np.percentile(inputs, SCALE_PERCENTILES, axis=0)
    return np.where(high > low, high - low, 1.0)


def _is_possible(rows: LabelledRows, has_logs: bool) -> Mask:
    lowest, highest = ACCEPTED_TARGETS
    is_accepted_value = (rows.actual >= lowest) & (rows.actual <= highest)
    return is_accepted_value & (rows.actual > 0) if has_logs else is_accepted_value


def _is_uncontradicted(rows: LabelledRows, has_logs: bool) -> Mask:
    # A missing value equals a missing value here.
    inputs = np.where(np.isnan(rows.inputs), -np.inf, rows.inputs)
    _, of_row = np.unique(inputs, axis=0, return_inverse=True)
    of_row = of_row.ravel()
    lowest = np.full(of_row.max() + 1, np.inf)
    highest = np.full(of_row.max() + 1, -np.inf)
    np.minimum.at(lowest, of_row, rows.actual)
    np.maximum.at(highest, of_row, rows.actual)
    limit = CONTRADICTION * lowest if has_logs else lowest + CONTRADICTION_STEPS * RESOLUTION
    return np.asarray((highest < limit)[of_row])
