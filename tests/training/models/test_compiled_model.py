"""The compiled way gives the public way's answers; what has none is said."""

from collections.abc import Callable

import numpy as np
import pytest
from sklearn.pipeline import Pipeline

from storage.schema.arrays import FloatArray
from tests.training.conftest import FittedChampion
from training.dataset.table import HousingTable
from training.models.candidates import all_candidates, select
from training.models.compiled_model import CompiledModel, NotCompilable
from training.models.intervals import PriceIntervals
from training.models.predictor import Predictor, PublicPredictor, compiled_if_equal
from training.models.reference_profile import ReferenceProfile, ReferenceSearch

Make = Callable[[Pipeline, PriceIntervals, ReferenceSearch], Predictor]
each_way = pytest.mark.parametrize("make", [CompiledModel, PublicPredictor])


@pytest.fixture(scope="module")
def search(champion: FittedChampion) -> ReferenceSearch:
    return ReferenceSearch(ReferenceProfile.fit(champion.train.inputs, champion.train.targets, 0))


@pytest.fixture(scope="module")
def inputs(champion: FittedChampion) -> FloatArray:
    """Districts, and inputs like none: at sea, in the desert, with absurd numbers."""
    sea = np.array([[8.0, 41, 7, 1, 322, 2.6, 34.0, -124.9], [0, 0, 0.1, 500, 1, 5000, 42.5, -114]])
    return np.ascontiguousarray(np.concatenate([champion.validation.inputs, sea]))


@each_way
def test_answers_are_the_pipelines_own(
    make: Make, champion: FittedChampion, search: ReferenceSearch, inputs: FloatArray
) -> None:
    answers = make(champion.pipeline, champion.intervals, search).answer(inputs)
    prices, lower, upper = champion.answer(inputs)
    assert np.allclose(answers[:, 0], prices, rtol=0, atol=1e-12)
    assert np.allclose(answers[:, 1], lower, rtol=0, atol=1e-12)
    assert np.allclose(answers[:, 2], upper, rtol=0, atol=1e-12)
    assert np.array_equal(answers[:, 3], search.support(inputs))


@each_way
def test_prices_alone_are_the_same_prices(
    make: Make, champion: FittedChampion, search: ReferenceSearch, inputs: FloatArray
) -> None:
    predictor = make(champion.pipeline, champion.intervals, search)
    assert np.array_equal(predictor.predict(inputs), predictor.answer(inputs)[:, 0])


@each_way
def test_one_row_is_answered_as_in_a_table(
    make: Make, champion: FittedChampion, search: ReferenceSearch, inputs: FloatArray
) -> None:
    predictor = make(champion.pipeline, champion.intervals, search)
    together = predictor.answer(inputs)
    for row in (0, 17, len(inputs) - 2, len(inputs) - 1):
        assert np.array_equal(predictor.answer(inputs[[row]])[0], together[row])


@pytest.mark.parametrize(
    ("name", "can_be_compiled"),
    [("hist_gradient_boosting", True), ("linear_regression", True), ("random_forest", False)],
)
def test_other_candidates_are_compiled_where_that_is_possible(
    name: str, can_be_compiled: bool, small_table: HousingTable
) -> None:
    (candidate,) = select(all_candidates(0, 1), [name])
    inputs, targets = small_table.inputs, small_table.targets
    pipeline = candidate.pipeline.fit(inputs[:400], targets[:400])
    intervals = PriceIntervals().fit(
        pipeline, inputs[:400], targets[:400], inputs[400:], targets[400:]
    )
    search = ReferenceSearch(ReferenceProfile.fit(inputs[:400], targets[:400], 0))
    compiled = compiled_if_equal(pipeline, intervals, search, inputs)
    assert (compiled is not None) == can_be_compiled
    if not can_be_compiled:
        with pytest.raises(NotCompilable, match="no compiled function"):
            CompiledModel(pipeline, intervals, search)


def test_a_compiled_model_that_answers_otherwise_is_not_used(
    champion: FittedChampion, search: ReferenceSearch, caplog: pytest.LogCaptureFixture
) -> None:
    class Shifted(PriceIntervals):
        def bounds(
            self, features: FloatArray, inputs: FloatArray, predictions: FloatArray
        ) -> tuple[FloatArray, FloatArray]:
            lower, upper = super().bounds(features, inputs, predictions)
            return lower, upper + 1e-6

    shifted = Shifted()
    shifted.__dict__.update(champion.intervals.__dict__)
    reference = champion.validation.inputs
    assert compiled_if_equal(champion.pipeline, shifted, search, reference) is None
    assert "differs from the public predict by 1e-06" in caplog.text
