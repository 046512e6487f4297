"""Flat trees answer exactly like the library's."""

from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression

from training.dataset.table import HousingTable
from training.forest import FlatForest, flattened

MODELS = [
    HistGradientBoostingRegressor(max_iter=30, max_features=0.3, random_state=0),
    HistGradientBoostingRegressor(loss="quantile", quantile=0.8, max_iter=30, random_state=0),
    HistGradientBoostingRegressor(max_iter=1, max_leaf_nodes=2),
]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("rows", [1, 255, 257, 600])
def test_the_answers_are_the_same_to_the_last_bit(
    model: Any, rows: int, small_table: HousingTable
) -> None:
    model.fit(small_table.inputs, small_table.targets)
    inputs = small_table.inputs[:rows]
    assert np.array_equal(FlatForest(model).predict(inputs), model.predict(inputs))


def test_a_classifier_gives_its_log_odds(small_table: HousingTable) -> None:
    model = HistGradientBoostingClassifier(max_iter=20, random_state=0)
    model.fit(small_table.inputs, small_table.targets > 2.0)
    expected = model.decision_function(small_table.inputs)
    assert np.array_equal(FlatForest(model).predict(small_table.inputs), expected)


def test_a_tree_that_found_nothing_to_split_is_one_leaf() -> None:
    inputs = np.zeros((50, 3))
    model = HistGradientBoostingRegressor(max_iter=3).fit(inputs, np.arange(50.0))
    assert np.array_equal(FlatForest(model).predict(inputs), model.predict(inputs))


def test_any_other_regressor_stays_what_it_is() -> None:
    model = LinearRegression()
    assert flattened(model) is model
