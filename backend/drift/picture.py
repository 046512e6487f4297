"""What a page draws of a comparison: histograms, cumulative shares, and drift along the window."""

from dataclasses import dataclass

import numpy as np

from backend.drift.detector import PREDICTION, DriftDetector
from backend.drift.thresholds import DriftThresholds
from backend.drift.univariate import ReferenceColumn
from storage.schema.arrays import FloatArray

HISTOGRAM_BINS = 30
ECDF_POINTS = 101
TIMELINE_SLICES = 12
SHORTEST_TIMELINE_SECONDS = 120.0
TRIMMED = (0.5, 99.5)
"""Percentiles of the reference between which the bins lie; what is beyond is counted in the outermost."""


@dataclass(frozen=True)
class Histogram:
    """Shares of rows (0 to 1) in 30 bins; the outermost also hold what lies beyond the edges."""

    edges: FloatArray
    reference: FloatArray
    current: FloatArray
    reference_rows: int
    current_rows: int


@dataclass(frozen=True)
class CumulativeShares:
    """Shares of rows at or below ``values``, both of shape (101,)."""

    values: FloatArray
    reference: FloatArray
    current: FloatArray


@dataclass(frozen=True)
class TimelineSlice:
    """One part of the window, ``start`` to ``end`` in seconds after its beginning.

    Attributes
    ----------
    ks_statistic
        Of the opened column; None with fewer rows than the rule's minimum.
    threshold
        The KS statistic above which a slice of as many rows differs by more than chance and the floor.
    drift_share
        Share of the inputs that drifted, None without a verdict.
    """

    start: float
    end: float
    rows: int
    ks_statistic: float | None
    threshold: float | None
    drift_share: float | None


def reference_column(detector: DriftDetector, name: str) -> ReferenceColumn | None:
    """Return the reference of an input or of the prediction, or None where it has none."""
    if name == PREDICTION:
        return detector.prediction
    return detector.columns[detector.names.index(name)]


def histogram(column: ReferenceColumn, current: FloatArray) -> Histogram:
    """Count reference and current values (n,) in the same bins; NaN is left out."""
    low, high = np.percentile(column.sorted, TRIMMED)
    if low == high:
        low, high = low - 0.5, high + 0.5
    edges = np.linspace(low, high, HISTOGRAM_BINS + 1)
    present = current[~np.isnan(current)]
    return Histogram(
        edges=edges,
        reference=_shares(column.sorted, edges),
        current=_shares(present, edges),
        reference_rows=len(column.sorted),
        current_rows=len(present),
    )


def cumulative_shares(column: ReferenceColumn, current: FloatArray) -> CumulativeShares:
    """Return both cumulative shares at 101 values that the two samples are spread evenly over."""
    present = np.sort(current[~np.isnan(current)])
    half = np.linspace(0, 100, ECDF_POINTS // 2 + 1)
    samples = [np.percentile(column.sorted, half)]
    if len(present):
        samples.append(np.percentile(present, half[1:]))
    values = np.sort(np.concatenate(samples))
    return CumulativeShares(
        values, _at_or_below(column.sorted, values), _at_or_below(present, values)
    )


def timeline(
    detector: DriftDetector,
    name: str,
    seconds: FloatArray,
    inputs: FloatArray,
    predictions: FloatArray,
    length: float,
    thresholds: DriftThresholds,
) -> tuple[TimelineSlice, ...]:
    """Compare twelve equal parts of a window from its first row on, column by column.

    A day's window of a service that has run for minutes would else be one part that tells nothing over time.

    Parameters
    ----------
    name
        The opened column.
    seconds, inputs, predictions
        Shapes (n,), (n, d), (n,), in order of time; NaN is a missing value.
    length
        Of the window, in seconds.
    """
    first = float(seconds[0]) if len(seconds) else 0.0
    begin = max(0.0, min(first, length - SHORTEST_TIMELINE_SECONDS))
    bounds = np.linspace(begin, length, TIMELINE_SLICES + 1)
    ends = np.searchsorted(seconds, bounds[1:-1])
    parts = np.split(np.arange(len(seconds)), ends)
    return tuple(
        _slice(detector, name, start, end, inputs[rows], predictions[rows], thresholds)
        for start, end, rows in zip(bounds[:-1].tolist(), bounds[1:].tolist(), parts, strict=True)
    )


def _slice(
    detector: DriftDetector,
    name: str,
    start: float,
    end: float,
    inputs: FloatArray,
    predictions: FloatArray,
    thresholds: DriftThresholds,
) -> TimelineSlice:
    report = detector.compare(
        inputs, predictions[~np.isnan(predictions)], thresholds, multivariate=False
    )
    found = [each for each in (*report.inputs, report.prediction) if each is not None]
    opened = next((each for each in found if each.name == name), None)
    column = reference_column(detector, name)
    if opened is None or opened.distances is None or column is None:
        return TimelineSlice(start, end, len(inputs), None, None, report.drift_share)
    # As strict as Holm's first step, which asks the smallest of all p values.
    level = thresholds.significance_level / len(found)
    critical = column.critical_ks_statistic(opened.rows, level)
    return TimelineSlice(
        start,
        end,
        len(inputs),
        opened.distances.ks_statistic,
        max(critical, thresholds.minimum_ks_statistic),
        report.drift_share,
    )


def _shares(values: FloatArray, edges: FloatArray) -> FloatArray:
    counts, _ = np.histogram(np.clip(values, edges[0], edges[-1]), edges)
    shares: FloatArray = counts / max(len(values), 1)
    return shares


def _at_or_below(ordered: FloatArray, values: FloatArray) -> FloatArray:
    shares: FloatArray = np.searchsorted(ordered, values, side="right") / max(len(ordered), 1)
    return shares
