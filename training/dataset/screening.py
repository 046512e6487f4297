"""Screening labelled predictions for plausibility, with counts of the rows left out by reason.

Rows that fail the screen are used neither for training nor for comparison.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from storage.domain.target import ACCEPTED_TARGETS
from storage.predictions.labelled import LabelledRows
from storage.schema.accepted import is_accepted
from storage.schema.arrays import FloatArray
from training.dataset.districts import is_district_of, is_newest_reading
from training.dataset.splits import Part

Mask = NDArray[np.bool_]

UNACCEPTABLE_INPUTS = "unacceptable inputs"
IMPOSSIBLE_PRICE = "impossible price"
CONTRADICTING_PRICES = "contradicting prices"
ASKED_ABOUT_AGAIN = "asked about again later"
PRICE_OUT_OF_LINE = "price out of line with similar districts"

CONTRADICTION = 2.0
"""Prices of the same inputs are contradictory if the highest is this many times the lowest."""
SIMILAR = 20
"""Number of similar districts that a price is compared with."""
SMALLEST_SPREAD = 0.1
"""Smallest spread of log prices, about 10 %: districts that happen to cost the same exclude nothing."""
DEVIATIONS_OF_MEDIAN = 1.4826
"""Median absolute deviation times this equals a normal distribution's standard deviation."""
SCALE_PERCENTILES = (5, 95)


@dataclass(frozen=True)
class Screened:
    """The rows that passed, newest first, and the number of rows left out, by reason."""

    believed: LabelledRows
    left_out: Mapping[str, int] = field(default_factory=dict)

    def new_to(self, *learned: FloatArray) -> LabelledRows:
        """Return the rows whose districts are not among those (m, 8) that a model learned."""
        return self.believed.only(~is_district_of(self.believed.inputs, *learned))


def screen(found: LabelledRows, known: Part, outlier_distance: float) -> Screened:
    """Screen labelled predictions, newest first; a row is counted under the first reason that applies.

    unacceptable inputs     not finite, or out of the ranges that the service accepts
    impossible price        not finite, not above 0, or above 100 (100,000 USD)
    contradicting prices    the same inputs with prices of which one is twice another: none is used
    asked about again later the same district has a newer reading
    price out of line       ``distance_from_similar`` is above ``outlier_distance``

    Parameters
    ----------
    known
        The base table's training part, more than 20 rows.
    outlier_distance
        In robust standard deviations.
    """
    left_out: dict[str, int] = {}
    for reason, is_believable in (
        (UNACCEPTABLE_INPUTS, lambda rows: is_accepted(rows.inputs)),
        (IMPOSSIBLE_PRICE, _is_possible),
        (CONTRADICTING_PRICES, _is_uncontradicted),
        (ASKED_ABOUT_AGAIN, lambda rows: is_newest_reading(rows.inputs)),
        (
            PRICE_OUT_OF_LINE,
            lambda rows: distance_from_similar(rows, known) <= outlier_distance,
        ),
    ):
        kept = is_believable(found) if len(found) else np.ones(0, dtype=np.bool_)
        left_out[reason] = int(len(found) - kept.sum())
        found = found.only(kept)
    return Screened(found, {reason: count for reason, count in left_out.items() if count})


def distance_from_similar(rows: LabelledRows, known: Part) -> FloatArray:
    """Return each price's distance from similar districts' prices, shape (n,), in robust deviations.

    With y the price, m the median of log y over the 20 most similar known districts, m' that over the 20 most
    similar other labelled rows, and s = max(1.4826 median |log y_j - m|, 0.1) over the former:

        min(|log y - m|, |log y - m'|) / s

    The second median keeps real changes: after a drift, labelled rows agree with each other. With 20 or
    fewer of them it is left out. Similar is near in the eight inputs, each divided by the range
    between the known districts' 5th and 95th percentile. (Median and absolute deviation: Hampel 1974, The
    Influence Curve and its Role in Robust Estimation.)
    """
    scale = _scale(known.inputs)
    prices = np.log(rows.actual)
    theirs = _similar_prices(rows.inputs / scale, known.inputs / scale, known.targets, first=1)
    median = np.median(theirs, axis=1)
    spread = DEVIATIONS_OF_MEDIAN * np.median(np.abs(theirs - median[:, np.newaxis]), axis=1)
    distance = np.abs(prices - median)
    if len(rows) > SIMILAR:
        # Each row finds itself first.
        own = _similar_prices(rows.inputs / scale, rows.inputs / scale, rows.actual, first=2)
        distance = np.minimum(distance, np.abs(prices - np.median(own, axis=1)))
    return np.asarray(distance / np.maximum(spread, SMALLEST_SPREAD))


def _similar_prices(
    points: FloatArray, others: FloatArray, prices: FloatArray, first: int
) -> FloatArray:
    """Return the log prices of the nearest other rows, shape (n, 20)."""
    ranks = range(first, first + SIMILAR)
    _, nearest = KDTree(others).query(points, ranks)
    return np.asarray(np.log(np.maximum(prices, np.finfo(np.float64).tiny))[nearest])


def _scale(inputs: FloatArray) -> FloatArray:
    low, high = np.percentile(inputs, SCALE_PERCENTILES, axis=0)
    return np.where(high > low, high - low, 1.0)


def _is_possible(rows: LabelledRows) -> Mask:
    lowest, highest = ACCEPTED_TARGETS
    return (rows.actual > lowest) & (rows.actual <= highest)


def _is_uncontradicted(rows: LabelledRows) -> Mask:
    _, of_row = np.unique(rows.inputs, axis=0, return_inverse=True)
    of_row = of_row.ravel()
    lowest = np.full(of_row.max() + 1, np.inf)
    highest = np.zeros(of_row.max() + 1)
    np.minimum.at(lowest, of_row, rows.actual)
    np.maximum.at(highest, of_row, rows.actual)
    return np.asarray((highest < CONTRADICTION * lowest)[of_row])
