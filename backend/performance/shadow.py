"""Shadow testing: how far a challenger's answers differ from the champion's, and which are more accurate.

All values in the target's unit. With too few rows there are no figures.
"""

from datetime import UTC, datetime, timedelta, tzinfo

import numpy as np
from numpy.typing import NDArray

from backend.contract.shadow import (
    DifferenceQuantile,
    ShadowDifference,
    ShadowErrors,
    ShadowResponse,
    ShadowStep,
)
from backend.performance.baseline import SEED
from backend.performance.check import STEP_MINIMUM_ROWS, USUAL_STEPS
from backend.performance.realized import realized_error
from storage.database.connection import Database
from storage.predictions.shadow import ShadowWindow, read_shadow_window
from storage.schema.arrays import FloatArray
from storage.schema.estimate import Estimate
from storage.schema.time_steps import TimeSteps, round_steps
from training.evaluation.bootstrap import estimates, paired_rmse_difference

MOST_ROWS = 20_000
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def shadow_report(
    database: Database,
    until: datetime,
    length: timedelta,
    minimum_rows: int,
    share: float,
    zone: tzinfo = UTC,
) -> ShadowResponse:
    """Measure the shadow answers to the predictions of the ``length`` before ``until``.

    Parameters
    ----------
    minimum_rows
        Smallest number of shadow answers, or of labelled ones for an error, for a figure.
    share
        Share of predictions to shadow, 0 to 1.
    zone
        Steps begin at its round times.

    Raises
    ------
    DatabaseUnavailable
        If they cannot be read.
    """
    steps = round_steps(until - length, until, USUAL_STEPS, zone)
    window = read_shadow_window(database, until - length, until, MOST_ROWS, steps.since)
    return ShadowResponse(
        share=share,
        minimum_rows=minimum_rows,
        challenger=window.challenger,
        champion=window.champion,
        since=window.since,
        until=window.until,
        n=window.total,
        rows_read=int(window.inside.sum()),
        of_other_versions=window.of_other_versions,
        difference=_difference(window, window.inside, minimum_rows),
        errors=_errors(window, window.inside, minimum_rows),
        step_seconds=steps.step_seconds,
        series=_series(window, steps),
    )


def _series(window: ShadowWindow, steps: TimeSteps) -> list[ShadowStep]:
    step_of_row = steps.places(window.seconds, window.since)
    return [
        ShadowStep(
            since=step.since,
            until=step.until,
            unfinished=step.is_unfinished(window.until),
            difference=_difference(window, step_of_row == number, STEP_MINIMUM_ROWS),
            errors=_errors(window, step_of_row == number, STEP_MINIMUM_ROWS),
        )
        for number, step in enumerate(steps.each())
    ]


def _difference(
    window: ShadowWindow, rows: NDArray[np.bool_], minimum_rows: int
) -> ShadowDifference:
    differences = window.differences[rows]
    if len(differences) < minimum_rows:
        return ShadowDifference(
            rows=len(differences), mean=None, rms=None, beyond_interval=None, quantiles=[]
        )
    columns = np.column_stack([differences, differences**2])
    found = estimates(columns, lambda means: {"mean": means[0], "rms": np.sqrt(means[1])}, SEED)
    values = np.quantile(differences, QUANTILES).tolist()
    return ShadowDifference(
        rows=len(differences),
        mean=found["mean"],
        rms=found["rms"],
        beyond_interval=_beyond_interval(window, rows),
        quantiles=[
            DifferenceQuantile(share=share, difference=value)
            for share, value in zip(QUANTILES, values, strict=True)
        ],
    )


def _beyond_interval(window: ShadowWindow, rows: NDArray[np.bool_]) -> Estimate | None:
    has_interval = rows & window.served.has_interval
    answered, served = window.answered.predicted[has_interval], window.served.only(has_interval)
    if len(answered) < 2:
        return None
    beyond: FloatArray = ((answered < served.lower) | (answered > served.upper)).astype(np.float64)
    return estimates(beyond[:, None], lambda means: {"share": means[0]}, SEED)["share"]


def _errors(window: ShadowWindow, rows: NDArray[np.bool_], minimum_rows: int) -> ShadowErrors:
    known = rows & window.served.is_labelled
    answered, served = window.answered.only(known), window.served.only(known)
    difference = (
        paired_rmse_difference(served.actual, answered.predicted, served.predicted, SEED)
        if len(served) >= minimum_rows
        else None
    )
    return ShadowErrors(
        challenger=realized_error(answered, SEED, minimum_rows),
        champion=realized_error(served, SEED, minimum_rows),
        rmse_difference=difference,
    )
