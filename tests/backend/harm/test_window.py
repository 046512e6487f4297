"""What a window costs: measured, replayed or estimated, and split into what inputs and labels tell."""

from dataclasses import replace

import numpy as np
import pytest

from backend.contract.drift.harm import DriftHarm, SensorSign
from backend.harm.window import JudgedWindow, window_harm
from backend.performance.baseline import SEED, Baseline, NoBaseline
from backend.performance.estimated import ErrorEstimator
from backend.performance.realized import realized_error
from storage.domain.inputs import FEATURE_NAMES
from storage.schema.arrays import FloatArray
from storage.schema.monitoring_config import MonitoringConfig
from storage.schema.predictions import LabelledPredictions, Predictions
from training.dataset.sources import load_table

ROWS = 600
INCOME = FEATURE_NAMES.index("MedInc")


def predict(inputs: FloatArray) -> FloatArray:
    """A model that knows incomes alone."""
    return np.asarray(0.45 + 0.42 * inputs[:, INCOME])


def answered(inputs: FloatArray, actual: FloatArray) -> LabelledPredictions:
    predicted = predict(inputs)
    return Predictions(predicted, predicted - 1.0, predicted + 1.0).labelled(actual, inputs)


@pytest.fixture(scope="module")
def known() -> LabelledPredictions:
    table = load_table()
    rows = np.random.default_rng(3).permutation(len(table))[: 2_000 + ROWS]
    return answered(table.inputs[rows], table.targets[rows])


@pytest.fixture(scope="module")
def baseline(known: LabelledPredictions) -> Baseline:
    holdout = known.only(np.arange(len(known)) < 2_000)
    return Baseline(holdout, realized_error(holdout, SEED), ErrorEstimator(holdout, SEED))


@pytest.fixture
def window(known: LabelledPredictions) -> JudgedWindow:
    rows = known.only(np.arange(len(known)) >= 2_000)
    return JudgedWindow(False, [], [], [], rows, per_day=100.0)


def without_labels(window: JudgedWindow) -> JudgedWindow:
    rows = replace(window.rows, actual=np.full(len(window.rows), np.nan))
    return replace(window, rows=rows)


def judged(window: JudgedWindow, baseline: Baseline | NoBaseline, cost: float = 0.0) -> DriftHarm:
    config = MonitoringConfig(error_unit_cost=cost)
    return window_harm(window, predict, baseline, config)


def test_quiet_rows_cost_nothing_with_and_without_labels(
    window: JudgedWindow, baseline: Baseline
) -> None:
    for each, basis in ((window, "actual_values"), (without_labels(window), "estimate")):
        found = judged(each, baseline)
        assert (found.cause.name, found.basis) == ("nothing", basis)
        assert found.per_prediction is not None
        assert found.per_prediction.lower < 0 < found.per_prediction.upper


def test_values_that_moved_are_seen_by_labels_alone(
    window: JudgedWindow, baseline: Baseline
) -> None:
    moved = replace(window, rows=replace(window.rows, actual=window.rows.actual + 1.5))
    found = judged(moved, baseline, cost=2.0)
    assert found.cause.name == "only_labels"
    assert found.per_prediction is not None
    assert found.from_labels is not None
    assert found.from_inputs is not None
    assert found.per_prediction.value > 0.5
    parts = found.from_labels.value + found.from_inputs.value
    assert parts == pytest.approx(found.per_prediction.value)
    assert found.per_day is not None
    assert found.per_day.value == pytest.approx(100 * found.per_prediction.value)
    assert found.cost_per_day is not None
    assert found.cost_per_day.value == pytest.approx(2 * found.per_day.value)
    assert found.left_out == []
    unseen = judged(without_labels(moved), baseline)
    assert unseen.cause.name == "nothing"
    assert unseen.from_labels is None
    assert unseen.cost_per_day is None
    assert "0 of 600 predictions have an actual value" in unseen.left_out[0]


def test_a_fault_is_replayed_on_the_holdout(window: JudgedWindow, baseline: Baseline) -> None:
    sign = SensorSign(
        kind="stuck", column="MedInc", share=1.0, value=10.0, refused=False, reason="Stuck."
    )
    spoilt = window.rows.inputs.copy()
    spoilt[:, INCOME] = 10.0
    broken = replace(window, moved=True, signs=[sign], rows=answered(spoilt, window.rows.actual))
    realized = judged(broken, baseline)
    predicted = judged(without_labels(broken), baseline)
    assert (realized.basis, predicted.basis) == ("actual_values", "replay")
    assert realized.per_prediction is not None
    assert predicted.per_prediction is not None
    assert predicted.per_prediction.lower < realized.per_prediction.value
    assert realized.per_prediction.value < predicted.per_prediction.upper
    assert predicted.per_prediction.lower > 1.0


def test_refused_rows_are_not_counted_and_that_is_said(
    window: JudgedWindow, baseline: Baseline
) -> None:
    sign = SensorSign(
        kind="another_unit", column="MedInc", share=0.9, value=1e4, refused=True, reason="Dollars?"
    )
    found = judged(without_labels(replace(window, refused=[sign])), baseline)
    assert (found.cause.name, found.basis) == ("broken_sensor", "estimate")
    assert found.left_out[0] == "Refused requests got no prediction, which is not counted."


def test_without_a_holdout_or_rows_the_cost_is_unknown(
    window: JudgedWindow, baseline: Baseline
) -> None:
    empty = replace(window, rows=window.rows.only(np.zeros(ROWS, dtype=np.bool_)))
    for found in (judged(window, NoBaseline("None.")), judged(empty, baseline)):
        assert (found.status, found.per_prediction, found.per_day) == (
            "not_enough_data",
            None,
            None,
        )
        assert "not known" in found.amounts[0]
