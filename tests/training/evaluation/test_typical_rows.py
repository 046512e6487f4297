"""Explanations compare with rows whose mean answer is that of all, and hardly depend on which they are."""

import numpy as np
import pytest

from storage.schema.arrays import FloatArray
from tests.training.conftest import FittedChampion
from training.evaluation.explain import explain
from training.evaluation.sampled_shapley import explain_by_sampling
from training.evaluation.typical_rows import TYPICAL_ROWS, typical_rows

SEEDS = range(3)


@pytest.fixture(scope="module")
def typical(champion: FittedChampion) -> list[FloatArray]:
    """Rows chosen with several seeds."""
    predict, inputs = champion.pipeline.predict, champion.train.inputs
    return [typical_rows(predict, inputs, seed) for seed in SEEDS]


def test_the_base_is_the_mean_answer(champion: FittedChampion, typical: list[FloatArray]) -> None:
    mean = champion.pipeline.predict(champion.train.inputs).mean()
    bases = [champion.pipeline.predict(rows).mean() for rows in typical]
    assert bases == pytest.approx([mean] * len(bases), rel=0.005)
    random = np.random.default_rng(0)
    drawn = random.choice(champion.train.inputs, (len(bases), TYPICAL_ROWS))
    others = [champion.pipeline.predict(rows).mean() for rows in drawn]
    assert others != pytest.approx([mean] * len(bases), rel=0.02)


def test_contributions_hardly_depend_on_which_rows_are_typical(
    champion: FittedChampion, typical: list[FloatArray]
) -> None:
    spreads = []
    for row in champion.validation.inputs[:2]:
        found = [explain(champion.pipeline.predict, row, rows) for rows in typical]
        assert {each.rows for each in found} == {TYPICAL_ROWS}
        spreads.append(np.std([each.contributions for each in found], axis=0, ddof=1))
    assert np.mean(spreads, axis=0).max() < 0.035  # with few trees; 0.026 with all


def test_the_first_of_them_are_typical_too() -> None:
    """Of many inputs, an explanation asks about a part of them."""
    random = np.random.default_rng(0)
    inputs, weights = random.lognormal(size=(2_000, 60)), random.normal(size=60)

    def predict(rows: FloatArray) -> FloatArray:
        return np.asarray(rows @ weights + 100.0)

    found = explain_by_sampling(predict, inputs[0], typical_rows(predict, inputs, seed=0))
    assert 50 < found.rows < TYPICAL_ROWS
    assert found.base_value == pytest.approx(predict(inputs).mean(), rel=0.005)


def test_words_gaps_and_few_rows_are_typical_as_they_are() -> None:
    few = np.array([[0.0, np.nan], [1.0, 2.0], [2.0, 3.0]])
    chosen = typical_rows(lambda rows: np.nan_to_num(rows).sum(axis=1), few, seed=0)
    assert sorted(chosen[:, 0].tolist()) == [0.0, 1.0, 2.0]
    one = typical_rows(lambda rows: np.zeros(len(rows)), few[:1], seed=0)
    np.testing.assert_array_equal(one, few[:1])
