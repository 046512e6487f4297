"""Error of the served model in a window of logged predictions: realized, and estimated."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

import numpy as np
from numpy.typing import NDArray

from backend.contract.performance import (
    Degradation,
    ErrorSlice,
    EstimatedError,
    LabelState,
    PerformanceResponse,
    PerformanceStep,
    RealizedError,
    ResidualHistogram,
)
from backend.performance.estimated import SMALLEST_HOLDOUT, ErrorEstimator, ExpectedLosses
from backend.performance.realized import degradation, realized_error
from backend.performance.slices import error_cells, residual_histogram, worst_slices
from backend.serving.served_model import ServedModel
from storage.database.connection import Database
from storage.predictions.answered import AnsweredWindow, first_answered, read_answered_window
from storage.predictions.left_out import count_left_out
from storage.schema.predictions import LabelledPredictions
from storage.schema.source import CUSTOMERS, Source
from storage.schema.time_steps import TimeSteps, round_steps

SEED = 0
MOST_ROWS = 10_000
"""Rows read, for labelled and for unlabelled ones: more would take longer and add little."""
STEP_MINIMUM_ROWS = 30
USUAL_STEPS = 24
"""About so many steps of time."""
NO_HOLDOUT = (
    "This version was trained before holdouts were stored; the next trained version will have one."
)


@dataclass(frozen=True)
class Baseline:
    """The holdout that a version's error is compared with, and the estimator of the error."""

    rows: LabelledPredictions
    realized: RealizedError
    estimator: ErrorEstimator


@dataclass(frozen=True)
class NoBaseline:
    """Why a version has nothing that its error can be compared with."""

    reason: str


class PerformanceCheck:
    """Measures windows; caches the baseline of the last version, which takes half a second to compute."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._version: str | None = None
        self._baseline: Baseline | NoBaseline = NoBaseline(NO_HOLDOUT)

    def report(
        self,
        model: ServedModel,
        until: datetime,
        length: timedelta,
        minimum_rows: int,
        margin: float,
        zone: tzinfo = UTC,
        sources: Sequence[Source] = CUSTOMERS,
    ) -> PerformanceResponse:
        """Measure the model's own predictions of the ``length`` before ``until``.

        Parameters
        ----------
        minimum_rows
            Labelled rows below which the error is not judged.
        margin
            Share by which the RMSE must exceed the holdout's to count as degraded.
        zone
            Steps begin at its round times.

        Raises
        ------
        DatabaseUnavailable
            If they cannot be read.
        """
        version = model.manifest.version
        since = until - length
        steps = self._steps(version, since, until, zone, sources)
        window = read_answered_window(
            self._database, version, since, until, MOST_ROWS, steps.since, sources
        )
        baseline = self.baseline(model)
        known = window.rows.is_labelled & window.inside
        rows = window.rows.only(known)
        losses = _expected_losses(baseline, window)
        return PerformanceResponse(
            model_version=version,
            since=window.since,
            until=window.until,
            left_out=count_left_out(self._database, since, until, sources),
            rows_read=int(window.inside.sum()),
            n_labelled=window.labelled,
            expected_coverage=model.coverage,
            labels=_label_state(window),
            baseline=None if isinstance(baseline, NoBaseline) else baseline.realized,
            realized=realized_error(rows, SEED, minimum_rows),
            degradation=_degradation(baseline, rows, margin, minimum_rows),
            estimated=_estimated(baseline, losses, window.inside & ~known, margin),
            slices=_slices(baseline, rows),
            cells=error_cells(rows) if len(rows) else [],
            residuals=_residuals(baseline, rows),
            step_seconds=steps.step_seconds,
            series=_series(window, baseline, losses, steps, margin),
        )

    def _steps(
        self,
        version: str,
        since: datetime,
        until: datetime,
        zone: tzinfo,
        sources: Sequence[Source],
    ) -> TimeSteps:
        # From the first prediction on: otherwise a day's window of a new service would be a single step.
        first = first_answered(self._database, version, since, until, sources)
        return round_steps(first or since, until, USUAL_STEPS, zone)

    def baseline(self, model: ServedModel) -> Baseline | NoBaseline:
        """Return the baseline of the model's error, or why its version has none."""
        with self._lock:
            if self._version != model.manifest.version:
                self._baseline = _make_baseline(model.holdout)
                self._version = model.manifest.version
            return self._baseline


def _make_baseline(holdout: LabelledPredictions | None) -> Baseline | NoBaseline:
    if holdout is None:
        return NoBaseline(NO_HOLDOUT)
    if len(holdout) < SMALLEST_HOLDOUT:
        return NoBaseline(
            f"The test part of this version's training had {len(holdout)} rows; at least "
            f"{SMALLEST_HOLDOUT} are needed to judge later errors by it."
        )
    return Baseline(holdout, realized_error(holdout, SEED), ErrorEstimator(holdout, SEED))


def _label_state(window: AnsweredWindow) -> LabelState:
    delays = window.delays[window.rows.is_labelled & window.inside]
    median, slow = np.quantile(delays, [0.5, 0.9]).tolist() if len(delays) else (None, None)
    return LabelState(
        predictions=window.total,
        labelled=window.labelled,
        share=window.labelled / window.total if window.total else None,
        median_delay_seconds=median,
        slow_delay_seconds=slow,
    )


def _degradation(
    baseline: Baseline | NoBaseline, rows: LabelledPredictions, margin: float, minimum_rows: int
) -> Degradation:
    if isinstance(baseline, NoBaseline):
        return Degradation.unknown(baseline.reason)
    return degradation(rows, baseline.rows, SEED, margin, minimum_rows)


def _expected_losses(
    baseline: Baseline | NoBaseline, window: AnsweredWindow
) -> ExpectedLosses | NoBaseline:
    if isinstance(baseline, NoBaseline):
        return baseline
    return baseline.estimator.expected_losses(window.rows)


def _estimated(
    baseline: Baseline | NoBaseline,
    losses: ExpectedLosses | NoBaseline,
    chosen: NDArray[np.bool_],
    margin: float,
) -> EstimatedError:
    if isinstance(baseline, NoBaseline):
        return EstimatedError.unknown(baseline.reason, int(chosen.sum()))
    if isinstance(losses, NoBaseline):
        return EstimatedError.unknown(losses.reason, int(chosen.sum()))
    return baseline.estimator.estimate(losses.only(chosen), margin)


def _slices(baseline: Baseline | NoBaseline, rows: LabelledPredictions) -> list[ErrorSlice]:
    if isinstance(baseline, NoBaseline):
        return []
    return worst_slices(rows, baseline.rows, SEED)


def _residuals(
    baseline: Baseline | NoBaseline, rows: LabelledPredictions
) -> ResidualHistogram | None:
    if isinstance(baseline, NoBaseline) or not len(rows):
        return None
    return residual_histogram(rows, baseline.rows)


def _series(
    window: AnsweredWindow,
    baseline: Baseline | NoBaseline,
    losses: ExpectedLosses | NoBaseline,
    steps: TimeSteps,
    margin: float,
) -> list[PerformanceStep]:
    step_of_row = steps.places(window.seconds, window.since)
    rows, known = window.rows, window.rows.is_labelled
    series = []
    for number, step in enumerate(steps.each()):
        chosen = step_of_row == number
        part = PerformanceStep(
            since=step.since,
            until=step.until,
            unfinished=step.is_unfinished(window.until),
            rows=int(chosen.sum()),
            realized=realized_error(rows.only(chosen & known), SEED, STEP_MINIMUM_ROWS),
            estimated=_estimated(baseline, losses, chosen, margin),
        )
        series.append(part)
    return series
