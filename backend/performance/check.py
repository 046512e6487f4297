"""Error of the served model in a window of logged predictions: realized, and estimated."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo

import numpy as np

from backend.contract.performance import LabelState, PerformanceResponse, PerformanceStep
from backend.performance.baseline import SEED, Baseline, Baselines, JudgedVersion, NoBaseline
from backend.performance.estimated import ExpectedLosses
from backend.performance.realized import realized_error
from backend.performance.slices import error_cells
from storage.database.connection import Database
from storage.predictions.answered import AnsweredWindow, first_answered, read_answered_window
from storage.predictions.left_out import count_left_out
from storage.schema.source import CUSTOMERS, Source
from storage.schema.time_steps import TimeSteps, round_steps

MOST_ROWS = 10_000
"""Rows read, for labelled and for unlabelled ones: more would take longer and add little."""
STEP_MINIMUM_ROWS = 30
USUAL_STEPS = 24
"""About so many steps of time."""


class PerformanceCheck:
    """Measures windows against the ``baselines`` of the versions that answered."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.baselines = Baselines()

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
        baseline = self.baselines.of(judged)
        known = window.rows.is_labelled & window.inside
        rows = window.rows.only(known)
        losses = baseline.losses(window.rows)
        return PerformanceResponse(
            model_version=version,
            since=window.since,
            until=window.until,
            left_out=count_left_out(self._database, since, until, sources),
            rows_read=int(window.inside.sum()),
            n_labelled=window.labelled,
            expected_coverage=judged.coverage,
            labels=_label_state(window),
            baseline=baseline.realized,
            realized=realized_error(rows, SEED, minimum_rows),
            degradation=baseline.degradation(rows, margin, minimum_rows),
            estimated=baseline.estimated(losses, window.inside & ~known, margin),
            slices=baseline.slices(rows),
            cells=error_cells(rows) if len(rows) else [],
            residuals=baseline.residuals(rows),
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


def _series(
    window: AnsweredWindow,
    baseline: Baseline | NoBaseline,
    losses: ExpectedLosses | None,
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
            estimated=baseline.estimated(losses, chosen, margin),
        )
        series.append(part)
    return series
