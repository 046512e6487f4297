"""Realized error: right where it is known, silent where it would mean nothing."""

from dataclasses import replace

import numpy as np
import pytest

from backend.performance.realized import (
    Degradation,
    RealizedError,
    degradation,
    paired,
    realized_error,
)
from backend.performance.slices import error_cells, residual_histogram, worst_slices
from storage.errors import InvalidInput
from storage.schema.arrays import FloatArray
from storage.schema.predictions import LabelledPredictions
from training.evaluation.bootstrap import estimates, resampled_means
from training.evaluation.metrics import evaluate


def rows(count: int, noise: float = 0.4, seed: int = 0, bias: float = 0.0) -> LabelledPredictions:
    """Predictions with normal errors and intervals of 1.645 standard deviations."""
    random = np.random.default_rng(seed)
    actual = random.uniform(1, 4, count)
    predicted = actual + random.normal(bias, noise, count)
    return paired(actual, predicted, predicted - 0.658, predicted + 0.658)


def rows_at(places: FloatArray, seed: int = 0, bias: float = 0.0) -> LabelledPredictions:
    return replace(rows(len(places), seed=seed, bias=bias), inputs=places)


def figures(found: RealizedError) -> dict[str, float]:
    named = {name: getattr(found, name) for name in ("rmse", "mae", "r2", "bias")}
    return {name: one.value for name, one in named.items()}


def test_figures_are_those_of_the_training() -> None:
    part = rows(700)
    found, expected = figures(realized_error(part, seed=0)), evaluate(part.actual, part.predicted)
    assert found["rmse"] == pytest.approx(expected.rmse)
    assert found["mae"] == pytest.approx(expected.mae)
    assert found["r2"] == pytest.approx(expected.r2_score)
    assert found["bias"] == pytest.approx(np.mean(part.predicted - part.actual))


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    held = np.zeros(3)
    for seed in range(200):
        found = realized_error(rows(150, seed=seed), seed=seed)
        pairs = ((found.rmse, 0.4), (found.bias, 0.0), (found.interval_coverage, 0.9))
        held += [one is not None and one.lower <= truth <= one.upper for one, truth in pairs]
    assert (held / 200 > 0.9).all(), held


def test_many_rows_are_resampled_in_groups_with_the_same_spread() -> None:
    part = rows(20_000)
    found = realized_error(part, seed=0)
    assert found.mae is not None
    expected = 1.96 * np.abs(part.residuals).std() / np.sqrt(20_000)
    assert (found.mae.upper - found.mae.lower) / 2 == pytest.approx(expected, rel=0.15)


def test_the_same_rows_always_give_the_same_answer() -> None:
    assert realized_error(rows(800), seed=3) == realized_error(rows(800), seed=3)


def test_resampled_means_scatter_around_the_mean() -> None:
    columns = np.column_stack([np.arange(50.0), np.ones(50)])
    means = resampled_means(columns, seed=0)
    assert means.shape == (1_000, 2)
    assert means[:, 0].mean() == pytest.approx(24.5, abs=0.5)
    assert (means[:, 1] == 1.0).all()


@pytest.mark.parametrize("count", [0, 1, 99])
def test_too_few_rows_are_no_figure(count: int) -> None:
    found = realized_error(rows(count), seed=0)
    assert found.status == "not_enough_data"
    assert str(found.reason).startswith(f"{count} labelled prediction")
    assert found.rmse is found.r2 is found.interval_coverage is None
    verdict = degradation(rows(count), rows(500), seed=0)
    assert (verdict.status, verdict.degraded) == ("not_enough_data", None)


def test_what_is_not_defined_is_absent_and_not_nan() -> None:
    same = paired(np.full(200, 2.0), np.full(200, 2.5))
    found = realized_error(same, seed=0)
    assert found.r2 is None
    assert found.interval_coverage is None
    assert found.rmse is not None
    assert (found.rmse.lower, found.rmse.value, found.rmse.upper) == (0.5, 0.5, 0.5)
    perfect = paired(np.arange(200.0), np.arange(200.0))
    assert degradation(rows(200), perfect, seed=0).degraded is None


def test_rows_without_an_interval_count_for_the_error_only() -> None:
    part = rows(400)
    half = replace(part, lower=part.lower.copy(), upper=part.upper.copy())
    half.lower[:200] = np.nan
    found = realized_error(half, seed=0)
    assert found.rows == 400
    assert found.interval_coverage is not None
    inside = (half.lower <= half.actual) & (half.actual <= half.upper)
    assert found.interval_coverage.value == pytest.approx(inside[200:].mean())


@pytest.mark.parametrize(
    ("actual", "predicted", "reason"),
    [
        ([1.0, 2.0], [1.0], "There are 1 predictions and 2 actuals"),
        ([1.0], [], "There are 0 predictions and 1 actuals"),
        ([1.0, float("nan")], [1.0, 2.0], "actuals[1] is not a finite number"),
        ([1.0], [float("inf")], "predictions[0] is not a finite number"),
        (["x"], [1.0], "actuals must be a list of numbers"),
        ([[1.0]], [1.0], "actuals must be one list of numbers"),
        ([1.0], [[1.0], [2.0, 3.0]], "predictions must be a list of numbers"),
    ],
)
def test_what_cannot_be_paired_is_refused(actual: object, predicted: object, reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        paired(actual, predicted)  # type: ignore[arg-type] # as a client may send it
    assert reason in str(refused.value)


def test_bounds_of_another_length_are_refused() -> None:
    with pytest.raises(InvalidInput, match="2 predictions and 1 lower"):
        paired([1.0, 2.0], [1.0, 2.0], [0.0], [3.0, 3.0])


def verdicts(noise: float, count: int, windows: int = 40) -> list[Degradation]:
    holdout = rows(3_000, seed=1_000)
    return [
        degradation(rows(count, noise, seed=seed), holdout, seed=seed) for seed in range(windows)
    ]


def test_quiet_windows_are_not_called_degraded() -> None:
    assert sum(bool(one.degraded) for one in verdicts(0.4, 300)) == 0


def test_a_larger_error_is_called_degraded_once_it_is_beyond_doubt() -> None:
    assert all(one.degraded for one in verdicts(0.6, 300))
    doubtful = verdicts(0.44, 100)
    assert not all(one.degraded for one in doubtful)
    assert any(one.rmse_ratio is not None and one.rmse_ratio.value > 1.1 for one in doubtful)


def test_a_rise_too_small_to_matter_is_no_degradation_however_many_rows_show_it() -> None:
    found = degradation(rows(50_000, 0.41), rows(50_000, seed=1), seed=0)
    assert found.rmse_ratio is not None
    assert found.rmse_ratio.lower > 1.0
    assert found.degraded is False


def test_the_worst_slice_comes_first_and_small_ones_are_left_out(
    places: FloatArray,
) -> None:
    part = rows_at(places)
    north = places[:, 6] > 39.0
    part.predicted[north] = part.actual[north] + 1.5
    found = worst_slices(part, rows_at(places, seed=1), seed=0)
    assert (found[0].kind, found[0].name) == ("region", "north")
    assert found[0].realized.rmse is not None
    assert found[0].realized.rmse.value == pytest.approx(1.5)
    assert found[0].baseline_rmse == pytest.approx(0.4, rel=0.2)
    assert all(one.realized.rows >= 30 for one in found)
    few = worst_slices(part.only(np.arange(len(part)) < 20), part, seed=0)
    assert few == ()


def test_cells_hold_every_row_once(places: FloatArray) -> None:
    part = rows_at(places, bias=0.1)
    cells = error_cells(part)
    assert sum(cell.rows for cell in cells) == len(part)
    mean_bias = sum(cell.rows * cell.bias for cell in cells) / len(part)
    assert mean_bias == pytest.approx(part.residuals.mean())
    assert all(32 <= cell.latitude <= 42.5 for cell in cells)


def test_residual_shares_add_up_with_outliers_in_the_end_bins() -> None:
    part = rows(500)
    part.predicted[0] = 50.0
    found = residual_histogram(part, rows(2_000, seed=1))
    assert found.shares.sum() == pytest.approx(1.0)
    assert found.baseline_shares.sum() == pytest.approx(1.0)
    assert len(found.edges) == len(found.shares) + 1


def test_one_figure_of_one_column_is_none_where_it_is_nan() -> None:
    found = estimates(np.ones((10, 1)), lambda means: {"nothing": means[0] * np.nan}, seed=0)
    assert found == {"nothing": None}


@pytest.fixture
def places() -> FloatArray:
    """A thousand districts spread over the state."""
    random = np.random.default_rng(5)
    inputs = random.uniform(1, 10, (1_000, 8))
    inputs[:, 1] = random.integers(1, 53, 1_000)
    inputs[:, 6] = random.uniform(32.5, 42, 1_000)
    inputs[:, 7] = random.uniform(-124, -114, 1_000)
    return inputs
