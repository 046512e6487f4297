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
MOST_BASELINES = 4
"""Versions whose baselines are kept: the one that serves, and those that somebody looks back at."""
NO_HOLDOUT = (
    "This version was trained before holdouts were stored; the next trained version will have one."
)


@dataclass(frozen=True)
class JudgedVersion:
    """The version whose predictions are measured, serving or not.

    Attributes
    ----------
    holdout
        What its error is compared with; None if it has none, and ``missing`` says why.
    coverage
        The share of actual values that its intervals should contain.
    """

    version: str
    holdout: LabelledPredictions | None
    coverage: float
    missing: str = NO_HOLDOUT

    @classmethod
    def serving(cls, model: ServedModel) -> "JudgedVersion":
        """Return the version of a model that is loaded."""
        return cls(model.manifest.version, model.holdout, model.coverage)


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
    """Measures windows; caches the baselines of a few versions: each takes half a second to compute."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._baselines: dict[str, Baseline | NoBaseline] = {}

    def report(
        self,
        judged: JudgedVersion,
        until: datetime,
        length: timedelta,
        minimum_rows: int,
        margin: float,
        zone: tzinfo = UTC,
        sources: Sequence[Source] = CUSTOMERS,
    ) -> PerformanceResponse:
        """Measure a version's own predictions of the ``length`` before ``until``.

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
        version = judged.version
        since = until - length
        steps = self._steps(version, since, until, zone, sources)
        window = read_answered_window(
            self._database, version, since, until, MOST_ROWS, steps.since, sources
        )
        baseline = self.baseline(judged)
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
            expected_coverage=judged.coverage,
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

    def baseline(self, judged: JudgedVersion) -> Baseline | NoBaseline:
        """Return the baseline of a version's error, or why it has none."""
        with self._lock:
            # Kept again at the end: the one that was not asked for longest goes first.
            kept = self._baselines.pop(judged.version, None)
            self._baselines[judged.version] = kept = kept or _make_baseline(judged)
            for version in [*self._baselines][:-MOST_BASELINES]:
                del self._baselines[version]
            return kept


def _make_baseline(judged: JudgedVersion) -> Baseline | NoBaseline:
    holdout = judged.holdout
    if holdout is None:
        return NoBaseline(judged.missing)
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
