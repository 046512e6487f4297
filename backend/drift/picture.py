"""Data for the charts of a comparison: histograms, cumulative shares, and drift over the window."""

from datetime import timedelta, tzinfo

import numpy as np

from backend.contract.drift.analysis import CumulativePair, HistogramPair
from backend.contract.drift.timeline import TimelinePoint
from backend.drift.detector import PREDICTION, DriftDetector
from backend.drift.report import DriftReport
from backend.drift.thresholds import DriftThresholds
from backend.drift.univariate import ReferenceColumn
from storage.predictions.window import PredictionWindow
from storage.schema.arrays import FloatArray
from storage.schema.time_steps import TimeStep, TimeSteps, round_steps

ECDF_POINTS = 101
TIMELINE_STEPS = 12
"""About so many steps of time: with more, each would have too few rows to compare."""
SHORTEST_TIMELINE = timedelta(seconds=120)


def reference_column(detector: DriftDetector, name: str) -> ReferenceColumn | None:
    """Return the reference of an input or of the prediction, or None."""
    if name == PREDICTION:
        return detector.prediction
    return detector.columns[detector.names.index(name)]


def histogram(column: ReferenceColumn, current: FloatArray) -> HistogramPair:
    """Count reference and current values (n,) in the same bins; NaN is left out."""
    edges = column.edges()
    present = current[~np.isnan(current)]
    return HistogramPair(
        edges=edges.tolist(),
        reference=shares_by_bin(column.sorted, edges),
        current=shares_by_bin(present, edges),
        reference_rows=len(column.sorted),
        current_rows=len(present),
    )


def shares_by_bin(values: FloatArray, edges: FloatArray) -> list[float]:
    """Return the shares of values (n,) between edges (k + 1,); values beyond are in the outermost bins.

    Examples
    --------
    >>> shares_by_bin(np.array([0.5, 1.5, 1.6, 9.0]), np.array([0.0, 1.0, 2.0]))
    [0.25, 0.75]
    """
    counts, _ = np.histogram(np.clip(values, edges[0], edges[-1]), edges)
    shares: list[float] = (counts / max(len(values), 1)).tolist()
    return shares


def cumulative_shares(column: ReferenceColumn, current: FloatArray) -> CumulativePair:
    """Return both cumulative shares at 101 evenly spaced quantiles of the two samples."""
    present = np.sort(current[~np.isnan(current)])
    half = np.linspace(0, 100, ECDF_POINTS // 2 + 1)
    samples = [np.percentile(column.sorted, half)]
    if len(present):
        samples.append(np.percentile(present, half[1:]))
    values = np.sort(np.concatenate(samples))
    return CumulativePair(
        values=values.tolist(),
        reference=_at_or_below(column.sorted, values),
        current=_at_or_below(present, values),
    )


def timeline_steps(window: PredictionWindow, zone: tzinfo) -> TimeSteps:
    """Return the steps of a window from its first row on, at the round times of a zone.

    Otherwise the window of a service that has just started would have a single step with data.
    """
    first = window.since + timedelta(seconds=float(window.seconds[0]) if len(window) else 0.0)
    begin = max(window.since, min(first, window.until - SHORTEST_TIMELINE))
    return round_steps(begin, window.until, TIMELINE_STEPS, zone)


def timeline(
    detector: DriftDetector,
    name: str,
    window: PredictionWindow,
    predictions: FloatArray,
    steps: TimeSteps,
    thresholds: DriftThresholds,
) -> list[TimelinePoint]:
    """Compare each step of a window, column by column.

    Parameters
    ----------
    name
        The selected column.
    window
        Its rows, and before them those of the first step that are older.
    predictions
        Shape (n,), of the window's rows; NaN if another version answered.
    """
    step_of_row = steps.places(window.seconds, window.since)
    points = []
    for number, step in enumerate(steps.each()):
        rows = step_of_row == number
        report = detector.compare(
            window.inputs[rows], predictions[rows], thresholds, multivariate=False
        )
        unfinished = step.is_unfinished(window.until)
        points.append(_point(detector, name, step, report, thresholds, unfinished=unfinished))
    return points


def _point(
    detector: DriftDetector,
    name: str,
    step: TimeStep,
    report: DriftReport,
    thresholds: DriftThresholds,
    *,
    unfinished: bool,
) -> TimelinePoint:
    ks_statistic, threshold = _against_chance(detector, name, report, thresholds)
    return TimelinePoint(
        since=step.since,
        until=step.until,
        unfinished=unfinished,
        n_samples=report.n_samples,
        ks_statistic=ks_statistic,
        threshold=threshold,
        beyond=None if ks_statistic is None or threshold is None else ks_statistic > threshold,
        drift_share=report.drift_share,
    )


def _against_chance(
    detector: DriftDetector, name: str, report: DriftReport, thresholds: DriftThresholds
) -> tuple[float | None, float | None]:
    """Return a column's KS statistic, and the threshold above which it has drifted."""
    found = dict(report.drift_scores)
    if report.prediction is not None:
        found[PREDICTION] = report.prediction
    opened, column = found.get(name), reference_column(detector, name)
    if opened is None or opened.ks_statistic is None or column is None:
        return None, None
    # As strict as Holm's first step, which tests the smallest p value.
    level = thresholds.significance_level / len(found)
    critical = column.critical_ks_statistic(opened.n_samples, level)
    return opened.ks_statistic, max(critical, thresholds.minimum_ks_statistic)


def _at_or_below(ordered: FloatArray, values: FloatArray) -> list[float]:
    counts = np.searchsorted(ordered, values, side="right")
    shares: list[float] = (counts / max(len(ordered), 1)).tolist()
    return shares
