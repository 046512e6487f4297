"""Flat trees answer exactly like the library's."""

from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LinearRegression

from training.dataset.table import HousingTable
from training.kernels.forest import FlatForest, can_be_flat
from training.kernels.forest_arrays import lowest_bit

MODELS = [
    HistGradientBoostingRegressor(max_iter=30, max_features=0.3, random_state=0),
    HistGradientBoostingRegressor(loss="quantile", quantile=0.8, max_iter=30, random_state=0),
    HistGradientBoostingRegressor(max_iter=1, max_leaf_nodes=2),
]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("rows", [1, 2, 8, 63, 65, 600])
def test_the_answers_are_the_same_to_the_last_bit(
    model: Any, rows: int, small_table: HousingTable
) -> None:
    model.fit(small_table.inputs, small_table.targets)
    inputs = small_table.inputs[:rows]
    assert np.array_equal(FlatForest([model]).predict(inputs)[:, 0], model.predict(inputs))


def test_a_classifier_gives_its_log_odds(small_table: HousingTable) -> None:
    model = HistGradientBoostingClassifier(max_iter=20, random_state=0)
    model.fit(small_table.inputs, small_table.targets > 2.0)
    expected = model.decision_function(small_table.inputs)
    assert np.array_equal(FlatForest([model]).predict(small_table.inputs)[:, 0], expected)


def test_a_tree_that_found_nothing_to_split_is_one_leaf() -> None:
    inputs = np.zeros((50, 3))
    model = HistGradientBoostingRegressor(max_iter=3).fit(inputs, np.arange(50.0))
    assert np.array_equal(FlatForest([model]).predict(inputs)[:, 0], model.predict(inputs))


def test_models_side_by_side_answer_in_columns(small_table: HousingTable) -> None:
    columns = [7, 0, 3]
    models = [HistGradientBoostingRegressor(max_iter=9, random_state=seed) for seed in range(3)]
    for power, model in enumerate(models):
        model.fit(small_table.inputs[:, columns], small_table.targets**power)
    answers = FlatForest(models, columns).predict(small_table.inputs)
    for number, model in enumerate(models):
        assert np.array_equal(answers[:, number], model.predict(small_table.inputs[:, columns]))


def test_a_tree_may_have_as_many_leaves_as_a_word_has_bits(small_table: HousingTable) -> None:
    model = HistGradientBoostingRegressor(max_leaf_nodes=64, min_samples_leaf=2, max_iter=5)
    model.fit(small_table.inputs, small_table.targets)
    assert can_be_flat(model)
    answers = FlatForest([model]).predict(small_table.inputs)[:, 0]
    assert np.array_equal(answers, model.predict(small_table.inputs))


def test_a_version_from_before_has_shorter_words(small_table: HousingTable) -> None:
    model = HistGradientBoostingRegressor(max_iter=9).fit(small_table.inputs, small_table.targets)
    forest = FlatForest([model])
    forest.arrays = forest.arrays._replace(kept=forest.arrays.kept.astype(np.uint32))
    answers = forest.predict(small_table.inputs)[:, 0]
    assert np.array_equal(answers, model.predict(small_table.inputs))


def test_what_has_no_such_trees_cannot_be_flat(small_table: HousingTable) -> None:
    large = HistGradientBoostingRegressor(max_leaf_nodes=65, min_samples_leaf=2, max_iter=2)
    assert not can_be_flat(large.fit(small_table.inputs, small_table.targets))
    assert not can_be_flat(LinearRegression())


@pytest.mark.parametrize("place", range(64))
def test_the_lowest_bit_is_found_at_every_place(place: int) -> None:
    assert lowest_bit(np.uint64(1 << place)) == place
    assert lowest_bit(np.uint64((-1 << place) % 2**64)) == place
