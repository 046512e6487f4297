"""What a challenger's silent answers say: how far they are from the champion's, and which were nearer.

All prices in 100,000 USD. Too few rows give no figure, never one that means nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from backend.performance.check import width_seconds
from backend.performance.realized import RealizedError, realized_error
from storage.database.connection import Database
from storage.predictions.shadow import ShadowWindow, read_shadow_window
from storage.schema.arrays import FloatArray
from training.evaluation.bootstrap import Estimate, estimates, paired_rmse_difference

SEED = 0
MOST_ROWS = 20_000
STEP_MINIMUM_ROWS = 30
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class ShadowDifference:
    """The challenger's answers minus the champion's; None with too few rows.

    Attributes
    ----------
    mean
        Above zero, the challenger answers higher prices.
    rms
        sqrt(mean of the squared differences).
    beyond_interval
        Share of the challenger's answers outside the champion's interval, 0 to 1; None where no prediction
        has one.
    quantiles
        Of the differences, by their shares.
    """

    rows: int
    mean: Estimate | None = None
    rms: Estimate | None = None
    beyond_interval: Estimate | None = None
    quantiles: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class ShadowErrors:
    """Realized errors of both on the labelled rows.

    Attributes
    ----------
    rmse_difference
        RMSE of the challenger minus the champion's, with its paired 95 % interval: below zero, the challenger
        is better beyond doubt. None with too few rows.
    """

    challenger: RealizedError
    champion: RealizedError
    rmse_difference: Estimate | None


@dataclass(frozen=True)
class ShadowStep:
    """A step of time: the differences of its rows, and the errors of its labelled ones."""

    since: datetime
    difference: ShadowDifference
    errors: ShadowErrors


@dataclass(frozen=True)
class ShadowReport:
    """Everything about the silent answers of one window."""

    window: ShadowWindow
    difference: ShadowDifference
    errors: ShadowErrors
    step_seconds: int
    steps: tuple[ShadowStep, ...]


def shadow_report(
    database: Database, until: datetime, length: timedelta, minimum_rows: int
) -> ShadowReport:
    """Measure the silent answers to the predictions of the ``length`` before ``until``.

    Parameters
    ----------
    minimum_rows
        Silent answers, or labelled ones for an error, below which there is no figure.

    Raises
    ------
    DatabaseUnavailable
        If they cannot be read.
    """
    window = read_shadow_window(database, until - length, until, MOST_ROWS)
    step_seconds = width_seconds(length)
    every_row = np.ones(len(window), dtype=np.bool_)
    return ShadowReport(
        window=window,
        difference=_difference(window, every_row, minimum_rows),
        errors=_errors(window, every_row, minimum_rows),
        step_seconds=step_seconds,
        steps=_steps(window, step_seconds),
    )


def _steps(window: ShadowWindow, step_seconds: int) -> tuple[ShadowStep, ...]:
    length = (window.until - window.since).total_seconds()
    step_of_row = (window.seconds // step_seconds).astype(np.int64)
    return tuple(
        ShadowStep(
            since=window.since + timedelta(seconds=number * step_seconds),
            difference=_difference(window, step_of_row == number, STEP_MINIMUM_ROWS),
            errors=_errors(window, step_of_row == number, STEP_MINIMUM_ROWS),
        )
        for number in range(int(-(-length // step_seconds)))
    )


def _difference(
    window: ShadowWindow, rows: NDArray[np.bool_], minimum_rows: int
) -> ShadowDifference:
    differences = window.differences[rows]
    if len(differences) < minimum_rows:
        return ShadowDifference(len(differences))
    columns = np.column_stack([differences, differences**2])
    found = estimates(columns, lambda means: {"mean": means[0], "rms": np.sqrt(means[1])}, SEED)
    values = np.quantile(differences, QUANTILES).tolist()
    return ShadowDifference(
        rows=len(differences),
        mean=found["mean"],
        rms=found["rms"],
        beyond_interval=_beyond_interval(window, rows),
        quantiles=tuple(zip(QUANTILES, values, strict=True)),
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
        realized_error(answered, SEED, minimum_rows),
        realized_error(served, SEED, minimum_rows),
        difference,
    )
