"""Contributions are exact: they add up, and agree with another implementation."""

from itertools import combinations
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.ensemble import HistGradientBoostingRegressor

from storage.schema.arrays import FloatArray
from training.dataset.sources import load_table
from training.evaluation.explain import answer_curve, explain
from training.evaluation.sampled_shapley import explain_by_sampling

Numbers = arrays(np.float64, 3, elements=st.floats(-100, 100))


@pytest.fixture(scope="module")
def rows() -> FloatArray:
    return load_table().inputs[::20]


@pytest.fixture(scope="module")
def model(rows: FloatArray) -> HistGradientBoostingRegressor:
    return HistGradientBoostingRegressor(max_iter=40).fit(rows, load_table().targets[::20])


def test_contributions_add_up_to_the_prediction(
    rows: FloatArray, model: HistGradientBoostingRegressor
) -> None:
    found = explain(model.predict, rows[0], rows[1:101])
    assert found.prediction == model.predict(rows[:1])[0]
    assert found.base_value == pytest.approx(model.predict(rows[1:101]).mean(), abs=1e-12)
    assert found.base_value + found.contributions.sum() == pytest.approx(found.prediction, abs=1e-9)


def test_contributions_are_what_shapley_wrote_down(
    rows: FloatArray, model: HistGradientBoostingRegressor
) -> None:
    background = rows[1:31]
    for row in rows[:3]:
        found = explain(model.predict, row, background)
        expected = _weighed_over_all_coalitions(model, row, background)
        np.testing.assert_allclose(found.contributions, expected, atol=1e-9)


def _weighed_over_all_coalitions(
    model: HistGradientBoostingRegressor, row: FloatArray, background: FloatArray
) -> list[float]:
    """Return each input's contribution by Shapley's formula, with nothing shared between its terms."""
    inputs = frozenset(range(len(row)))

    def worth(coalition: frozenset[int]) -> float:
        known = background.copy()
        known[:, list(coalition)] = row[list(coalition)]
        return float(np.mean(model.predict(known)))

    coalitions = [
        frozenset(chosen) for size in range(len(row) + 1) for chosen in combinations(inputs, size)
    ]
    worths = {coalition: worth(coalition) for coalition in coalitions}
    return [
        sum(
            (worths[without | {each}] - worths[without])
            / (len(row) * comb(len(row) - 1, len(without)))
            for without in coalitions
            if each not in without
        )
        for each in inputs
    ]


@pytest.mark.soak  # importing the library compiles for ten seconds
@pytest.mark.filterwarnings("ignore")  # the library's own, at its import
def test_contributions_equal_the_shap_librarys(
    rows: FloatArray, model: HistGradientBoostingRegressor
) -> None:
    import shap

    background = rows[1:101]
    masker = shap.maskers.Independent(background, max_samples=len(background))
    theirs = shap.explainers.Exact(model.predict, masker)(rows[:3])
    for number in range(3):
        ours = explain(model.predict, rows[number], background)
        assert ours.base_value == pytest.approx(theirs.base_values[number], abs=1e-9)
        np.testing.assert_allclose(ours.contributions, theirs.values[number], atol=1e-9)


def test_importances_change_the_order_of_the_rows_but_no_value(
    rows: FloatArray, model: HistGradientBoostingRegressor
) -> None:
    asked: list[FloatArray] = []

    def predict(inputs: FloatArray) -> FloatArray:
        asked.append(inputs)
        return np.asarray(model.predict(inputs))

    importances = np.array([8.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0])
    expected = explain(predict, rows[0], rows[1:11])
    found = explain(predict, rows[0], rows[1:11], importances)
    assert np.array_equal(found.contributions, expected.contributions)
    changes = [np.count_nonzero(np.diff(inputs[:, 0])) for inputs in asked]
    assert changes[1] <= 10 < changes[0]


@given(Numbers, Numbers, arrays(np.float64, (4, 3), elements=st.floats(-100, 100)))
def test_a_linear_model_is_explained_by_its_weights(
    weights: FloatArray, instance: FloatArray, background: FloatArray
) -> None:
    found = explain(lambda inputs: inputs @ weights, instance, background)
    expected = weights * (instance - background.mean(axis=0))
    np.testing.assert_allclose(found.contributions, expected, atol=1e-6)


def test_an_input_that_changes_nothing_contributes_nothing(rows: FloatArray) -> None:
    found = explain(lambda inputs: inputs[:, 0] * inputs[:, 6], rows[0], rows[1:101])
    assert np.abs(found.contributions[[1, 2, 3, 4, 5, 7]]).max() < 1e-12


def test_gaps_are_explained_like_values() -> None:
    """Of the row, of a background row, and in a column that has nothing else."""
    gap = np.nan
    background = np.array([[1.0, 2.0, gap], [gap, 4.0, gap], [3.0, 5.0, gap]])
    found = explain(
        lambda rows: np.nan_to_num(rows, nan=10.0).sum(axis=1),
        np.array([gap, 1.0, gap]),
        background,
    )
    assert found.contributions == pytest.approx([10 - 14 / 3, 1 - 11 / 3, 0.0])


def test_inputs_that_play_the_same_part_contribute_the_same() -> None:
    background = np.zeros((1, 2))
    found = explain(lambda inputs: inputs[:, 0] * inputs[:, 1], np.array([3.0, 3.0]), background)
    assert found.contributions.tolist() == [4.5, 4.5]


def test_a_price_curve_passes_through_the_prediction(
    rows: FloatArray, model: HistGradientBoostingRegressor
) -> None:
    grid = np.array([1.0, rows[0, 0], 9.0])
    curve = answer_curve(model.predict, rows[0], 0, grid)
    assert curve[1] == model.predict(rows[:1])[0]
    assert curve.shape == (3,)


def test_estimates_add_up_and_are_as_near_as_they_say(
    rows: FloatArray, model: HistGradientBoostingRegressor
) -> None:
    background = rows[1:101]
    distances = []
    for row in rows[:4]:
        exact = explain(model.predict, row, background)
        found = explain_by_sampling(model.predict, row, background)
        assert found.standard_errors is not None
        assert found.base_value == pytest.approx(exact.base_value, abs=1e-9)
        total = found.base_value + found.contributions.sum()
        assert total == pytest.approx(found.prediction, abs=1e-9)
        distances.append((found.contributions - exact.contributions) / found.standard_errors)
    assert np.abs(distances).max() < 5
    assert np.sqrt(np.mean(np.square(distances))) < 2
