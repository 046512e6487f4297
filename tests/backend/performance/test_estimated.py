"""Estimated error: near the truth where traffic moves, and honest about what it cannot see."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import threadpool_info, threadpool_limits  # type: ignore[import-untyped]

from backend.contract.performance import EstimatedError
from backend.performance.estimated import ErrorEstimator
from storage.schema.predictions import LabelledPredictions, Predictions


def answered(count: int, seed: int, low: float = 0.0, factor: float = 1.0) -> LabelledPredictions:
    """Rows whose error grows with the first input, which is uniform from ``low`` to 10."""
    random = np.random.default_rng(seed)
    inputs = random.uniform(0, 10, (count, 8))
    inputs[:, 0] = random.uniform(low, 10, count)
    actual = random.uniform(1, 4, count)
    predicted = actual + random.normal(0, 0.1 + 0.06 * inputs[:, 0]) * factor
    return Predictions(predicted, predicted - 0.7, predicted + 0.7).labelled(actual, inputs)


@pytest.fixture(scope="module")
def estimator() -> ErrorEstimator:
    return ErrorEstimator(answered(4_000, seed=0), seed=0)


def estimate(estimator: ErrorEstimator, rows: LabelledPredictions) -> EstimatedError:
    return estimator.estimate(estimator.expected_losses(rows))


def actual_rmse(rows: LabelledPredictions) -> float:
    return float(np.sqrt(np.mean((rows.predicted - rows.actual) ** 2)))


def test_it_follows_traffic_to_districts_where_the_model_errs_more(
    estimator: ErrorEstimator,
) -> None:
    moved = answered(1_000, seed=1, low=7.0)
    found = estimate(estimator, moved)
    assert found.estimated_rmse is not None
    assert found.estimated_rmse.value == pytest.approx(actual_rmse(moved), rel=0.1)
    assert found.estimated_rmse.lower < actual_rmse(moved) < found.estimated_rmse.upper
    assert found.estimated_degraded is True


def test_its_interval_holds_what_the_actual_values_give(estimator: ErrorEstimator) -> None:
    held = 0
    for seed in range(2, 62):
        window = answered(300, seed, low=float(seed % 8))
        found = estimate(estimator, window)
        assert found.estimated_rmse is not None
        held += found.estimated_rmse.lower <= actual_rmse(window) <= found.estimated_rmse.upper
    assert held >= 52  # of 60, at 95 %


def elsewhere(rows: LabelledPredictions, share: float) -> LabelledPredictions:
    """Move the first rows to places where the holdout has none."""
    inputs = rows.inputs.copy()
    inputs[: round(share * len(rows)), [6, 7]] += 100.0
    return replace(rows, inputs=inputs)


def test_rows_unlike_the_holdouts_widen_the_estimate(estimator: ErrorEstimator) -> None:
    window = answered(1_000, seed=4)
    here, there = (estimate(estimator, elsewhere(window, share)) for share in (0.0, 0.8))
    assert here.estimated_rmse is not None
    assert there.estimated_rmse is not None
    assert here.unfamiliar_share == pytest.approx(0.05, abs=0.03)
    assert there.unfamiliar_share == pytest.approx(0.8, abs=0.05)
    assert here.caution is None
    assert there.caution is not None
    assert there.caution.startswith("81% of these rows are unlike")
    assert there.estimated_rmse.upper > 1.15 * here.estimated_rmse.upper
    assert there.estimated_rmse.lower < 0.9 * here.estimated_rmse.lower


def test_wide_intervals_raise_the_upper_bound_only(estimator: ErrorEstimator) -> None:
    window = answered(1_000, seed=5)
    wide = replace(window, lower=window.predicted - 3.0, upper=window.predicted + 3.0)
    usual, found = estimate(estimator, window), estimate(estimator, wide)
    assert usual.estimated_rmse is not None
    assert found.estimated_rmse is not None
    assert found.estimated_rmse.upper > 2 * usual.estimated_rmse.upper
    assert found.estimated_rmse.lower == pytest.approx(usual.estimated_rmse.lower, rel=0.05)


def test_a_doubled_error_that_cannot_be_ruled_out_is_no_all_clear(
    estimator: ErrorEstimator,
) -> None:
    window = answered(1_000, seed=6)
    wide = replace(window, lower=window.predicted - 3.0, upper=window.predicted + 3.0)
    found = estimate(estimator, wide)
    assert found.estimated_degraded is None
    assert found.caution == "A doubled error cannot be ruled out without actual values."


def test_a_quiet_window_is_not_called_degraded(estimator: ErrorEstimator) -> None:
    assert estimate(estimator, answered(2_000, seed=3)).estimated_degraded is False


def test_it_cannot_see_that_prices_changed(estimator: ErrorEstimator) -> None:
    """The same inputs with twice the error look the same: only actual values tell."""
    doubled = answered(2_000, seed=4, factor=2.0)
    found = estimate(estimator, doubled)
    assert found.estimated_rmse is not None
    assert found.estimated_rmse.value < 0.7 * actual_rmse(doubled)


@pytest.mark.parametrize("count", [0, 1, 29])
def test_too_few_rows_are_no_figure(estimator: ErrorEstimator, count: int) -> None:
    found = estimate(estimator, answered(count, seed=5))
    assert (found.status, found.estimated_rmse, found.estimated_degraded) == (
        "not_enough_data",
        None,
        None,
    )
    assert str(found.reason).startswith(f"{count} predictions")


def test_predictions_without_an_interval_are_estimated_too(estimator: ErrorEstimator) -> None:
    rows = answered(500, seed=6)
    missing = np.full(500, np.nan)
    found = estimate(estimator, replace(rows, lower=missing, upper=missing))
    assert found.estimated_rmse is not None
    assert np.isfinite(found.estimated_rmse.upper)


def test_rows_are_answered_as_the_models_do_that_were_fitted(
    estimator: ErrorEstimator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Complete rows take the way past scikit-learn, whose answers cost eight times as much."""
    rows = answered(500, seed=7)
    ours = estimator.expected_losses(rows).by_model
    half = replace(rows, lower=np.where(np.arange(500) < 250, rows.lower, np.nan))
    mixed = estimator.expected_losses(half)
    columns = np.column_stack([rows.inputs, rows.predicted, rows.upper - rows.lower])
    theirs = np.stack([model.predict(columns) for model in estimator._models])
    np.testing.assert_allclose(ours.reshape(theirs.shape), theirs, rtol=1e-12)
    np.testing.assert_array_equal(mixed.by_model[:, :, :250], ours[:, :, :250])

    def refuse(*_: object) -> None:
        raise AssertionError("scikit-learn was asked")

    monkeypatch.setattr(HistGradientBoostingRegressor, "predict", refuse)
    estimator.expected_losses(rows)


def test_it_is_learned_with_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    threads, fit = set[int](), HistGradientBoostingRegressor.fit

    def watched(self: HistGradientBoostingRegressor, *given: Any) -> Any:
        pools = threadpool_info()
        threads.update(one["num_threads"] for one in pools if one["user_api"] == "openmp")
        return fit(self, *given)

    monkeypatch.setattr(HistGradientBoostingRegressor, "fit", watched)
    with threadpool_limits(2):
        ErrorEstimator(answered(200, seed=0), seed=0)
    assert threads == {1}


def test_a_holdout_too_small_to_learn_from_is_refused() -> None:
    with pytest.raises(ValueError, match="fewer than 100"):
        ErrorEstimator(answered(99, seed=0), seed=0)
