"""The figures are what their formulas say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from storage.schema.arrays import FloatArray
from training.evaluation.metrics import evaluate, residuals

PRICES = arrays(np.float64, 20, elements=st.floats(0, 5, width=32))


@given(actual=PRICES, predicted=PRICES)
def test_figures_follow_their_formulas(actual: FloatArray, predicted: FloatArray) -> None:
    figures = evaluate(actual, predicted)
    errors = residuals(actual, predicted)
    assert figures.rmse == pytest.approx(np.sqrt(np.mean(errors**2)))
    assert figures.mae == pytest.approx(np.mean(np.abs(errors)))
    assert figures.rmse >= figures.mae - 1e-9
    spread = np.sum((actual - actual.mean()) ** 2)
    if spread > 1e-6:
        assert figures.r2_score == pytest.approx(1 - np.sum(errors**2) / spread)


def test_a_perfect_model_and_the_mean() -> None:
    actual = np.array([1.0, 2.0, 4.0])
    assert evaluate(actual, actual).rmse == 0
    assert evaluate(actual, np.full(3, actual.mean())).r2_score == pytest.approx(0)


def test_lengths_must_agree() -> None:
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        evaluate(np.zeros(3), np.zeros(4))
