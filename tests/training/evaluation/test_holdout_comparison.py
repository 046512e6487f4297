"""Two holdouts compared: on common rows only, slice by slice, and never without enough of them."""

from dataclasses import replace

import numpy as np
import pytest

from storage.schema.predictions import LabelledPredictions, Predictions
from training.dataset.embedded import load_embedded
from training.dataset.missing import Missing
from training.evaluation.bootstrap import CONFIDENCE, paired_rmse_difference
from training.evaluation.comparison import Comparison
from training.evaluation.holdout_comparison import HoldoutComparison, compare_holdouts

ROWS, SEED, MINIMUM = 1_200, 0, 50
TABLE = load_embedded()
NOISE = np.random.default_rng(0).normal(0.0, 0.4, ROWS)


def holdout(scale: float, start: int = 0) -> LabelledPredictions:
    """Rows from ``start`` on, whose answers are off by the same errors, scaled."""
    inputs, actual = TABLE.inputs[start : start + ROWS], TABLE.targets[start : start + ROWS]
    predicted = actual + scale * NOISE
    return Predictions(predicted, predicted - 0.7, predicted + 0.7).labelled(actual, inputs)


def compared(first: LabelledPredictions, second: LabelledPredictions) -> HoldoutComparison:
    found = compare_holdouts(first, second, SEED, MINIMUM)
    assert isinstance(found, HoldoutComparison)
    return found


def test_the_same_rows_are_compared_whole_with_the_gates_interval() -> None:
    better, worse = holdout(0.9), holdout(1.0)
    total = compared(better, worse).total
    assert total.rows == ROWS
    assert total.difference == paired_rmse_difference(
        better.actual, better.predicted, worse.predicted, SEED
    )
    assert total.is_better
    assert total.confidence == CONFIDENCE


def test_the_order_of_the_rows_does_not_matter() -> None:
    order = np.random.default_rng(1).permutation(ROWS)
    second = holdout(1.0)
    shuffled = second.only(order)
    assert compared(holdout(0.9), shuffled) == compared(holdout(0.9), second)


def test_only_common_rows_are_compared() -> None:
    start = ROWS // 2
    total = compared(holdout(0.9), holdout(1.0, start)).total
    assert total.rows == ROWS - start
    error = 0.9 * np.sqrt(np.mean(NOISE[start:] ** 2))
    assert total.challenger_rmse == pytest.approx(error)


def test_a_row_with_another_price_is_another_row() -> None:
    second = holdout(1.0)
    found = compared(holdout(0.9), replace(second, actual=second.actual + (NOISE > 0)))
    assert found.total.rows == int((NOISE <= 0).sum())


def test_every_slice_is_named_and_the_small_ones_are_not_compared() -> None:
    found = compared(holdout(0.9), holdout(1.0))
    by_kind = {
        kind: sum(one.rows for one in found.slices if one.kind == kind)
        for kind in ("region", "income", "age")
    }
    assert set(by_kind.values()) == {ROWS}
    for one in found.slices:
        assert (one.figures is None) == (one.rows < MINIMUM)
    judged = [one.figures for one in found.slices if one.figures is not None]
    assert {one.confidence for one in judged} == {found.slice_confidence}
    assert found.slice_confidence == pytest.approx(1 - 0.05 / len(judged))
    assert any(one.figures is None for one in found.slices)


def test_too_few_common_rows_and_wild_answers_are_no_comparison() -> None:
    apart = compare_holdouts(holdout(0.9), holdout(1.0, ROWS - 20), SEED, MINIMUM)
    assert isinstance(apart, Missing)
    assert "20 rows in common; at least 30" in apart.reason
    wild = replace(holdout(1.0), predicted=np.full(ROWS, np.nan))
    assert isinstance(compare_holdouts(holdout(0.9), wild, SEED, MINIMUM), Missing)


def test_rows_without_a_value_are_the_same_rows() -> None:
    first, second = holdout(0.9), holdout(1.0)
    gaps = first.inputs.copy()
    gaps[::3, 0] = np.nan
    first, second = replace(first, inputs=gaps), replace(second, inputs=gaps.copy())
    assert (
        Comparison(first, second).measure(SEED).difference
        == compared(first, second).total.difference
    )
    assert compared(first, second).total.rows == ROWS
