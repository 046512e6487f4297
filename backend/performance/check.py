"""Error of the served model in a window of logged predictions: realized, and estimated."""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from backend.performance.estimated import (
    SMALLEST_HOLDOUT,
    ErrorEstimator,
    EstimatedError,
    ExpectedLosses,
)
from backend.performance.realized import (
    Degradation,
    RealizedError,
    degradation,
    realized_error,
)
from backend.performance.slices import (
    ErrorCell,
    ErrorSlice,
    ResidualHistogram,
    error_cells,
    residual_histogram,
    worst_slices,
)
from backend.serving.served_model import ServedModel
from storage.database.connection import Database
from storage.predictions.answered import AnsweredWindow, read_answered_window
from storage.schema.predictions import LabelledPredictions

SEED = 0
MOST_ROWS = 10_000
"""Labelled, and unlabelled, rows that are read: more would tell little more, and take longer."""
STEP_MINIMUM_ROWS = 30
NO_HOLDOUT = "This version was trained before holdouts were kept; the next training brings one."


@dataclass(frozen=True)
class Baseline:
    """The holdout that a version's error is compared with, and the estimator of the error."""

    rows: LabelledPredictions
    realized: RealizedError
    estimator: ErrorEstimator


@dataclass(frozen=True)
class PerformanceStep:
    """A step of time: the error of its labelled rows, and the one estimated for all of its rows."""

    since: datetime
    rows: int
    realized: RealizedError
    estimated: EstimatedError


@dataclass(frozen=True)
class LabelState:
    """How many actual values are known, and how late they came (seconds; None without any)."""

    predictions: int
    labelled: int
    median_delay_seconds: float | None
    slow_delay_seconds: float | None

    @property
    def share(self) -> float | None:
        """Share of the predictions whose actual value is known; None without a prediction."""
        return self.labelled / self.predictions if self.predictions else None


@dataclass(frozen=True)
class PerformanceReport:
    """Everything about the error in one window; ``baseline`` is None without a holdout."""

    window: AnsweredWindow
    labels: LabelState
    baseline: RealizedError | None
    realized: RealizedError
    degradation: Degradation
    estimated: EstimatedError
    slices: tuple[ErrorSlice, ...]
    cells: tuple[ErrorCell, ...]
    residuals: ResidualHistogram | None
    step_seconds: int
    steps: tuple[PerformanceStep, ...]


class PerformanceCheck:
    """Measures windows; keeps the baseline of the version asked about last, half a second's work."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._version: str | None = None
        self._baseline: Baseline | None = None

    def report(
        self,
        model: ServedModel,
        until: datetime,
        length: timedelta,
        minimum_rows: int,
        margin: float,
    ) -> PerformanceReport:
        """Measure the model's own predictions of the ``length`` before ``until``.

        Parameters
        ----------
        minimum_rows
            Labelled rows below which the error is not judged.
        margin
            Share by which the RMSE must have risen over the holdout's to be called degraded.

        Raises
        ------
        DatabaseUnavailable
            If they cannot be read.
        """
        version = model.manifest.version
        window = read_answered_window(self._database, version, until - length, until, MOST_ROWS)
        baseline = self.baseline(model)
        known = window.rows.is_labelled
        rows = window.rows.only(known)
        losses = _expected_losses(baseline, window)
        step_seconds = _step_seconds(window)
        return PerformanceReport(
            window=window,
            labels=_label_state(window),
            baseline=baseline.realized if baseline is not None else None,
            realized=realized_error(rows, SEED, minimum_rows),
            degradation=_degradation(baseline, rows, margin, minimum_rows),
            estimated=_estimated(baseline, losses, ~known, margin),
            slices=_slices(baseline, rows),
            cells=error_cells(rows) if len(rows) else (),
            residuals=_residuals(baseline, rows),
            step_seconds=step_seconds,
            steps=_steps(window, baseline, losses, step_seconds, margin),
        )

    def baseline(self, model: ServedModel) -> Baseline | None:
        """Return what the model's error is compared with; None if its version has no usable holdout."""
        with self._lock:
            if self._version != model.manifest.version:
                self._baseline = _make_baseline(model.holdout)
                self._version = model.manifest.version
            return self._baseline


def _make_baseline(holdout: LabelledPredictions | None) -> Baseline | None:
    if holdout is None or len(holdout) < SMALLEST_HOLDOUT:
        return None
    return Baseline(holdout, realized_error(holdout, SEED), ErrorEstimator(holdout, SEED))


def _label_state(window: AnsweredWindow) -> LabelState:
    delays = window.delays[window.rows.is_labelled]
    median, slow = np.quantile(delays, [0.5, 0.9]).tolist() if len(delays) else (None, None)
    return LabelState(window.total, window.labelled, median, slow)


def _degradation(
    baseline: Baseline | None, rows: LabelledPredictions, margin: float, minimum_rows: int
) -> Degradation:
    if baseline is None:
        return Degradation("not_enough_data", NO_HOLDOUT)
    return degradation(rows, baseline.rows, SEED, margin, minimum_rows)


def _expected_losses(baseline: Baseline | None, window: AnsweredWindow) -> ExpectedLosses | None:
    if baseline is None:
        return None
    return baseline.estimator.expected_losses(window.rows)


def _estimated(
    baseline: Baseline | None,
    losses: ExpectedLosses | None,
    chosen: NDArray[np.bool_],
    margin: float,
) -> EstimatedError:
    if baseline is None or losses is None:
        return EstimatedError("not_enough_data", NO_HOLDOUT, int(chosen.sum()))
    return baseline.estimator.estimate(losses.only(chosen), margin)


def _slices(baseline: Baseline | None, rows: LabelledPredictions) -> tuple[ErrorSlice, ...]:
    if baseline is None:
        return ()
    return worst_slices(rows, baseline.rows, SEED)


def _residuals(baseline: Baseline | None, rows: LabelledPredictions) -> ResidualHistogram | None:
    return residual_histogram(rows, baseline.rows) if baseline is not None and len(rows) else None


def _step_seconds(window: AnsweredWindow) -> int:
    # From the first prediction on: else a day's window of a new service would be one step.
    return width_seconds(window.until - window.since - timedelta(seconds=_first_second(window)))


def _first_second(window: AnsweredWindow) -> float:
    return float(window.seconds[0]) if len(window) else 0.0


def _steps(
    window: AnsweredWindow,
    baseline: Baseline | None,
    losses: ExpectedLosses | None,
    step_seconds: int,
    margin: float,
) -> tuple[PerformanceStep, ...]:
    length = (window.until - window.since).total_seconds()
    step_of_row = (window.seconds // step_seconds).astype(np.int64)
    rows, known = window.rows, window.rows.is_labelled
    steps = []
    first = int(_first_second(window) // step_seconds)
    for number in range(first, int(-(-length // step_seconds))):
        chosen = step_of_row == number
        step = PerformanceStep(
            since=window.since + timedelta(seconds=number * step_seconds),
            rows=int(chosen.sum()),
            realized=realized_error(rows.only(chosen & known), SEED, STEP_MINIMUM_ROWS),
            estimated=_estimated(baseline, losses, chosen, margin),
        )
        steps.append(step)
    return tuple(steps)


MOST_STEPS = 24


ROUND_STEPS_SECONDS = (
    *(10, 30, 60, 300, 900, 1_800, 3_600, 10_800, 21_600, 43_200),
    *(86_400, 7 * 86_400, 28 * 86_400),
)


def width_seconds(length: timedelta) -> int:
    """Return the smallest round width of which at most 24 fill a window.

    Examples
    --------
    >>> [width_seconds(timedelta(hours=hours)) for hours in (0.25, 1, 24, 24 * 7)]
    [60, 300, 3600, 43200]
    """
    seconds = length.total_seconds()
    fitting = (step for step in ROUND_STEPS_SECONDS if seconds / step <= MOST_STEPS)
    return next(fitting, ROUND_STEPS_SECONDS[-1])
