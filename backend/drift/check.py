"""Drift of the served model's inputs, for rows that are sent or for logged predictions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial
from pathlib import Path

import numpy as np

from backend.contract.drift.analysis import (
    AlarmState,
    DriftRow,
    DriftWindowResponse,
    OpenedColumn,
)
from backend.contract.drift.reference import DriftReference
from backend.contract.drift.timeline import TimelinePoint
from backend.contract.query.where import Condition
from backend.drift.detector import PREDICTION, DriftDetector
from backend.drift.onset import onset_of
from backend.drift.picture import (
    cumulative_shares,
    histogram,
    reference_column,
    timeline,
    timeline_steps,
)
from backend.drift.report import DriftReport
from backend.drift.sensor import sensor_signs
from backend.drift.thresholds import DriftThresholds
from backend.drift.univariate import ReferenceColumn
from backend.drift.usual.comparison import not_compared
from backend.drift.usual.history import TrafficHistory
from backend.drift.window_alarm import WindowAlarm, own_predictions
from storage.database.connection import Database
from storage.domain.inputs import FEATURE_NAMES
from storage.predictions.left_out import count_left_out
from storage.predictions.window import PredictionWindow, read_prediction_window
from storage.schema.accepted import is_accepted
from storage.schema.arrays import BoolArray, FloatArray
from storage.schema.source import CUSTOMERS, Source

TRAINING_REFERENCE = DriftReference()
MOST_SEARCHED = 100_000
"""Newest predictions of a window that are searched for a segment's: more take longer than a second or two."""
NOT_USUAL = {
    "training": "Only customers' predictions are compared with the usual traffic.",
    "period": "The usual traffic is looked at beside the comparison with training.",
    "segment": "Only all predictions together are compared with the usual traffic.",
}
"""Why a window is not compared with the usual traffic, by what is compared."""
NO_ALARM = {
    "period": "No alarm follows from a comparison with an earlier period.",
    "segment": "No alarm follows from a comparison of a segment.",
}
"""Why no alarm can follow, by what is compared."""


def inputs_of(rows: Sequence[DriftRow]) -> FloatArray:
    """Convert rows that were sent to inputs (n, d) in schema order, NaN for missing values."""
    values = [row.vector() for row in rows]
    return np.array(values, dtype=np.float64).reshape(len(rows), len(FEATURE_NAMES))


def compare_rows(
    detector: DriftDetector,
    predict: Callable[[FloatArray], FloatArray],
    inputs: FloatArray,
    thresholds: DriftThresholds,
) -> DriftReport:
    """Compare inputs (n, d), NaN for missing values, and the model's predictions for valid rows."""
    usable = is_accepted(inputs)
    predictions = np.full(len(inputs), np.nan)
    if usable.any():
        predictions[usable] = predict(inputs[usable])
    return detector.compare(inputs, predictions, thresholds)


@dataclass(frozen=True)
class AskedWindow:
    """Which predictions are compared, and how.

    Attributes
    ----------
    length
        Those logged in this time before ``until``.
    thresholds
        When a difference counts.
    most_rows
        Only the newest, if there are more.
    sources
        Whose. Only the customers' predictions are compared with the usual traffic, which is theirs.
    opened
        The column whose steps are answered too; None for the most conspicuous one.
    zone
        The steps begin at its round times.
    reference
        What the detector was prepared from. No alarm follows from another than the training data.
    where, chooses
        The segment whose rows are compared, and which rows (n,) of inputs (n, k) those are; None: all rows.
    """

    until: datetime
    length: timedelta
    thresholds: DriftThresholds
    most_rows: int
    sources: Sequence[Source] = CUSTOMERS
    opened: str | None = None
    zone: tzinfo = UTC
    reference: DriftReference = TRAINING_REFERENCE
    where: tuple[Condition, ...] | None = None
    chooses: Callable[[FloatArray], BoolArray] | None = None

    @property
    def kind(self) -> str:
        """The kind of the reference, or that a segment is compared."""
        return self.reference.kind if self.chooses is None else "segment"

    @property
    def is_usual(self) -> bool:
        """Whether exactly the customers' predictions are asked for, compared with the training data."""
        return set(self.sources) == set(CUSTOMERS) and self.kind == "training"

    def read(self, database: Database, until: datetime | None = None) -> PredictionWindow:
        """Read the window, or one of the same length before another moment."""
        end = self.until if until is None else until
        return self.chosen(self.search(database, end - self.length, end))

    def search(self, database: Database, since: datetime, until: datetime) -> PredictionWindow:
        """Read the predictions of a time, as many as are compared or searched for a segment's."""
        most = self.most_rows if self.chooses is None else max(self.most_rows, MOST_SEARCHED)
        return read_prediction_window(database, since, until, most, self.sources)

    def chosen(self, window: PredictionWindow) -> PredictionWindow:
        """Return those that are compared."""
        if self.chooses is None:
            return window
        return window.only(self.chooses(window.inputs), self.most_rows)


def check_window(
    detector: DriftDetector,
    version: str,
    database: Database,
    traffic: Path,
    asked: AskedWindow,
    window: PredictionWindow | None = None,
) -> DriftWindowResponse:
    """Compare logged predictions with the reference and, by the files in ``traffic``, with earlier days.

    Parameters
    ----------
    window
        The predictions, if they were read already.

    Raises
    ------
    DatabaseUnavailable
        If they cannot be read.
    """
    window = asked.read(database) if window is None else window
    history = TrafficHistory(detector, version, database, traffic)
    judge = WindowAlarm(detector, version, asked.thresholds, history, partial(asked.read, database))
    report = judge.compare(window)
    usual = (
        judge.usual(window.since, window.until)
        if asked.is_usual
        else not_compared(NOT_USUAL[asked.kind])
    )
    if asked.kind in NO_ALARM:
        alarm = AlarmState(raised=False, confirmed_windows=0, reason=NO_ALARM[asked.kind])
    elif usual.status == "ok":
        alarm = judge.by_usual(window.since, window.until, usual)
    else:
        alarm = judge.by_training(window, report)
    histograms, column = {}, None
    if report.status == "ok":
        columns = _columns(detector, window, own_predictions(version, window))
        histograms = {name: histogram(*column) for name, column in columns.items()}
        name = asked.opened if asked.opened in columns else next(iter(report.drift_scores))
        points = _steps(detector, version, database, window, name, asked)
        column = OpenedColumn(
            name=name,
            cumulative=cumulative_shares(*columns[name]),
            timeline=points,
            onset=onset_of(points),
        )
    return DriftWindowResponse(
        drift_analysis=report,
        model_version=version,
        since=window.since,
        until=window.until,
        reference=asked.reference,
        where=asked.where,
        searched=window.searched,
        left_out=count_left_out(database, window.since, window.until, asked.sources),
        truncated=window.truncated,
        usual_traffic=usual,
        alarm=alarm,
        sensor_signs=sensor_signs(detector, window.inputs, report, asked.thresholds),
        histograms=histograms,
        opened=column,
    )


def _steps(
    detector: DriftDetector,
    version: str,
    database: Database,
    window: PredictionWindow,
    name: str,
    asked: AskedWindow,
) -> list[TimelinePoint]:
    """Return the steps of one column, the first one whole."""
    steps = timeline_steps(window, asked.zone)
    whole = _with_first_step(database, window, steps.since, asked)
    return timeline(detector, name, whole, own_predictions(version, whole), steps, asked.thresholds)


def _with_first_step(
    database: Database,
    window: PredictionWindow,
    begin: datetime,
    asked: AskedWindow,
) -> PredictionWindow:
    """Return a window with the rows of its first step that are before it, or that were left out."""
    end = window.since
    if window.truncated:
        end += timedelta(seconds=float(window.seconds[0]))
    if begin >= end:
        return window
    return window.preceded_by(asked.chosen(asked.search(database, begin, end)))


def _columns(
    detector: DriftDetector, window: PredictionWindow, predictions: FloatArray
) -> dict[str, tuple[ReferenceColumn, FloatArray]]:
    """Return each column that has a reference, with its current values (n,), of the rows that count."""
    counted = detector.repeated.counted(window.inputs)
    inputs = window.inputs[counted]
    current = {name: inputs[:, number] for number, name in enumerate(detector.names)}
    current[PREDICTION] = predictions[counted]
    references = {name: reference_column(detector, name) for name in current}
    return {name: (found, current[name]) for name, found in references.items() if found is not None}
