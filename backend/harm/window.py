"""A window of answered rows with what was found out about it: the cause, and what it costs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from backend.contract.drift.harm import DriftCause, DriftHarm, SensorSign
from backend.harm.cause import SeenChange, cause_of
from backend.harm.harm import Losses, Traffic, harm_of
from backend.harm.rise import mean_of, rise
from backend.harm.spoiling import spoiled
from backend.performance.baseline import SEED, Baseline, NoBaseline
from storage.domain.inputs import FEATURE_NAMES
from storage.schema.accepted import is_accepted
from storage.schema.arrays import BoolArray, FloatArray
from storage.schema.estimate import Estimate
from storage.schema.monitoring_config import MonitoringConfig
from storage.schema.predictions import LabelledPredictions

FEWEST_REPLAYED = 100
"""Rows of the holdout that the service would still accept, once spoiled: with fewer there is no figure."""

Predict = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True)
class JudgedWindow:
    """What was found out about a window.

    Attributes
    ----------
    moved, inputs
        Whether the inputs differ, and which, the most important first.
    signs, refused
        Of a broken source, among answered rows and among refused requests.
    rows
        The version's own, NaN where there is no actual value yet.
    per_day
        Predictions per day.
    """

    moved: bool
    inputs: Sequence[str]
    signs: Sequence[SensorSign]
    refused: Sequence[SensorSign]
    rows: LabelledPredictions
    per_day: float


def window_harm(
    window: JudgedWindow,
    predict: Predict,
    baseline: Baseline | NoBaseline,
    config: MonitoringConfig,
) -> DriftHarm:
    """Name the cause of a window's change, and say what it costs."""
    labelled = window.rows.is_labelled
    judged = labelled if labelled.sum() >= config.performance_minimum_rows else None
    losses = _losses(window.rows, judged, baseline)
    cause = cause_of(
        SeenChange(
            moved=window.moved,
            inputs=window.inputs,
            signs=window.signs,
            refused=window.refused,
            unexpected=_unexpected(losses, config.degradation_margin_share),
            has_labels=judged is not None,
        )
    )
    if isinstance(baseline, Baseline):
        replayed = _replayed(cause, predict, baseline.rows)
        losses = Losses(losses.holdout, losses.expected, losses.realized, replayed)
    traffic = Traffic(window.per_day, len(window.rows), int(labelled.sum()))
    return harm_of(cause, losses, traffic, config.error_unit_cost or None)


def _losses(
    rows: LabelledPredictions, judged: BoolArray | None, baseline: Baseline | NoBaseline
) -> Losses:
    """Return the errors of the labelled rows or, without enough of them, what is expected of all rows."""
    realized = None if judged is None else mean_of(np.abs(rows.residuals[judged]))
    if isinstance(baseline, NoBaseline):
        return Losses(None, None, realized)
    chosen = rows if judged is None else rows.only(judged)
    estimator = baseline.estimator
    found = (
        estimator.estimate(estimator.expected_losses(chosen)).estimated_mae if len(chosen) else None
    )
    return Losses(mean_of(np.abs(baseline.rows.residuals)), found, realized)


def _unexpected(losses: Losses, margin: float) -> float | None:
    """Return how many times the expected error is, if it is larger by more than a margin of the holdout's."""
    if losses.realized is None or losses.expected is None or losses.holdout is None:
        return None
    if not rise(losses.realized, losses.expected).lower > margin * losses.holdout.value:
        return None
    return losses.realized.value / losses.expected.value if losses.expected.value > 0 else None


def _replayed(cause: DriftCause, predict: Predict, holdout: LabelledPredictions) -> Estimate | None:
    """Return by how much the fault raises the error of the holdout's rows that it leaves acceptable.

    As of independent rows, though they are the same: the traffic's are others than the holdout's.
    """
    if all(sign.refused for sign in cause.signs):
        return None
    inputs = spoiled(holdout.inputs, FEATURE_NAMES, cause.signs, np.random.default_rng(SEED))
    usable = is_accepted(inputs)
    if usable.sum() < FEWEST_REPLAYED:
        return None
    before = np.abs(holdout.residuals[usable])
    now = np.abs(predict(inputs[usable]) - holdout.actual[usable])
    return rise(mean_of(now), mean_of(before))
