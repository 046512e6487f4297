"""Drift of the served model's inputs: rows that someone sends, or the predictions of a window."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from backend.drift.alarm import Alarm, CheckedWindow, drift_alarm
from backend.drift.detector import PREDICTION, DriftDetector
from backend.drift.picture import (
    CumulativeShares,
    Histogram,
    TimelineSlice,
    cumulative_shares,
    histogram,
    reference_column,
    timeline,
)
from backend.drift.report import DriftReport
from backend.drift.thresholds import DriftThresholds
from storage.database.connection import Database
from storage.predictions.window import PredictionWindow, read_prediction_window
from storage.schema.accepted import is_accepted
from storage.schema.arrays import FloatArray


@dataclass(frozen=True)
class OpenedColumn:
    """One column of the window looked at closely."""

    name: str
    cumulative: CumulativeShares
    slices: tuple[TimelineSlice, ...]


@dataclass(frozen=True)
class WindowCheck:
    """A window of logged predictions, compared, with what a page draws of it."""

    report: DriftReport
    window: PredictionWindow
    alarm: Alarm
    histograms: dict[str, Histogram]
    opened: OpenedColumn | None


def compare_rows(
    detector: DriftDetector,
    predict: Callable[[FloatArray], FloatArray],
    inputs: FloatArray,
    thresholds: DriftThresholds,
) -> DriftReport:
    """Compare inputs (n, 8), NaN for missing values, and the model's answers to those that it accepts."""
    usable = inputs[is_accepted(inputs)]
    predictions = predict(usable) if len(usable) else None
    return detector.compare(inputs, predictions, thresholds)


def check_window(
    detector: DriftDetector,
    version: str,
    database: Database,
    until: datetime,
    length: timedelta,
    opened: str | None,
    thresholds: DriftThresholds,
    most_rows: int,
) -> WindowCheck:
    """Compare the predictions logged in the ``length`` before ``until``, the newest ``most_rows``.

    Raises
    ------
    DatabaseUnavailable
        If they cannot be read.
    """
    window = read_prediction_window(database, until - length, until, most_rows)
    predictions = _own_predictions(version, window)
    report = _compare(detector, version, window, thresholds)
    alarm = _alarm(detector, version, database, window, report, thresholds, most_rows)
    if report.status != "ok":
        return WindowCheck(report, window, alarm, {}, None)
    columns = {name: window.inputs[:, number] for number, name in enumerate(detector.names)} | {
        PREDICTION: predictions
    }
    references = {name: reference_column(detector, name) for name in columns}
    known = {name: found for name, found in references.items() if found is not None}
    name = opened if opened in known else report.inputs[0].name
    return WindowCheck(
        report=report,
        window=window,
        alarm=alarm,
        histograms={each: histogram(known[each], columns[each]) for each in known},
        opened=OpenedColumn(
            name=name,
            cumulative=cumulative_shares(known[name], columns[name]),
            slices=timeline(
                detector,
                name,
                window.seconds,
                window.inputs,
                predictions,
                length.total_seconds(),
                thresholds,
            ),
        ),
    )


def _compare(
    detector: DriftDetector, version: str, window: PredictionWindow, thresholds: DriftThresholds
) -> DriftReport:
    predictions = _own_predictions(version, window)
    return detector.compare(window.inputs, predictions[~np.isnan(predictions)], thresholds)


def _own_predictions(version: str, window: PredictionWindow) -> FloatArray:
    # Another version's answers differ from this one's reference without any drift.
    own = window.versions == version
    return np.where(own, window.predicted, np.nan)


def _alarm(
    detector: DriftDetector,
    version: str,
    database: Database,
    window: PredictionWindow,
    report: DriftReport,
    thresholds: DriftThresholds,
    most_rows: int,
) -> Alarm:
    """Ask the windows before this one, of its length and without common rows, whether they confirm it."""
    checks = [_checked(window, report)]
    length = window.until - window.since
    while not drift_alarm(checks, thresholds).raised and checks[0].drifted:
        if len(checks) >= thresholds.confirming_windows:
            break
        until = checks[0].since
        earlier = read_prediction_window(database, until - length, until, most_rows)
        checks.insert(0, _checked(earlier, _compare(detector, version, earlier, thresholds)))
    return drift_alarm(checks, thresholds)


def _checked(window: PredictionWindow, report: DriftReport) -> CheckedWindow:
    return CheckedWindow(
        window.since, window.until, report.overall_drift, report.smallest_adjusted_p_value
    )
