"""What is promised of every candidate, and of one's own: possible prices in their intervals, on the grid."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.linear_model import Ridge
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, PolynomialFeatures, StandardScaler

from storage.domain.inputs import FEATURE_NAMES, FEATURES
from storage.domain.place import LATITUDE, LONGITUDE
from storage.domain.target import TARGET_CAP
from storage.models.pickles import pickled, unpickled
from storage.schema.arrays import FloatArray
from training.dataset.splits import Splits, split
from training.dataset.table import HousingTable
from training.evaluation.behaviour import accepted_corners
from training.evaluation.explain import explain
from training.fitting.fit import fit, fit_intervals
from training.models.candidates import Candidate, all_candidates
from training.models.intervals import PriceIntervals
from training.models.predictor import Predictor, PublicPredictor, compiled_if_equal
from training.models.price_pipeline import PricePipeline, price_pipeline
from training.models.reference_profile import ReferenceProfile, ReferenceSearch

PLACE = [LATITUDE, LONGITUDE]
FEW = 12
FEW_TREES: dict[str, dict[str, Any]] = {
    "random_forest": {"regressor__n_estimators": FEW},
    "gradient_boosting": {"regressor__n_estimators": 40},
    "hist_gradient_boosting": {"regressor__max_iter": 60},
    "neighbour_boosting": {"regressor__near__max_iter": FEW, "regressor__far__max_iter": FEW},
}
ROUNDING = 1e-12
"""A product of matrices adds up in another order for one row."""


class AnyPrice(RegressorMixin, BaseEstimator):  # type: ignore[misc] # scikit-learn has no types
    """Somebody's own model at its worst: prices of any size, infinite ones too."""

    def fit(self, X: FloatArray, y: FloatArray, sample_weight: FloatArray | None = None) -> Any:
        self.n_features_in_ = X.shape[1]
        return self

    def predict(self, X: FloatArray) -> FloatArray:
        with np.errstate(over="ignore"):
            return np.asarray(np.exp(X[:, 2]) - X[:, 4], dtype=np.float64)


@dataclass(frozen=True)
class Served:
    """One candidate as it is served."""

    pipeline: PricePipeline
    intervals: PriceIntervals
    search: ReferenceSearch
    predictor: Predictor
    inputs: FloatArray


def _candidates() -> list[Candidate]:
    plain = FunctionTransformer(feature_names_out="one-to-one")
    squares = make_pipeline(StandardScaler(), PolynomialFeatures(2))
    own = Pipeline([("preprocessing", squares), ("regressor", Ridge())])
    worst = Pipeline([("preprocessing", plain), ("regressor", AnyPrice())])
    bundled = [
        replace(each, pipeline=clone(each.pipeline).set_params(**FEW_TREES.get(each.name, {})))
        for each in all_candidates(seed=0, threads=1)
    ]
    return [*bundled, Candidate("own", "Own", own), Candidate("worst", "Worst", worst)]


@pytest.fixture(scope="module")
def splits(small_table: HousingTable) -> Splits:
    return split(small_table, seed=0)


@pytest.fixture(scope="module", params=_candidates(), ids=lambda each: each.name)
def served(request: pytest.FixtureRequest, splits: Splits) -> Served:
    fitted = fit(request.param, splits.train, splits.validation, threads=1)
    intervals = fit_intervals(fitted, splits, seed=0)
    train = splits.train
    search = ReferenceSearch(ReferenceProfile.fit(train.inputs, train.targets, seed=0))
    parts = (fitted.pipeline, intervals, search)
    predictor = compiled_if_equal(*parts, train.inputs) or PublicPredictor(*parts)
    return Served(*parts, predictor, splits.validation.inputs)


def _accepted_row() -> st.SearchStrategy[list[float]]:
    columns = [
        st.sampled_from([each.minimum, each.maximum, each.example])
        | st.floats(each.minimum, each.maximum, allow_nan=False)
        for each in FEATURES
    ]
    return st.tuples(*columns).map(list)


def _assert_promises(served: Served, inputs: FloatArray) -> None:
    answers = served.predictor.answer(inputs)
    prices, lower, upper, _ = answers.T
    assert np.isfinite(answers).all()
    assert (lower >= 0.0).all()
    assert (lower <= prices).all()
    assert (prices <= upper).all()
    assert (upper <= TARGET_CAP).all()
    assert np.array_equal(served.predictor.predict(inputs), prices)
    # MLflow, the exported model and whoever loads the version by hand call the pipeline itself.
    assert np.allclose(served.pipeline.predict(inputs), prices, rtol=0, atol=ROUNDING)
    for row in range(0, len(inputs), 1 + len(inputs) // 20):
        alone = served.predictor.answer(inputs[[row]])
        assert np.allclose(alone, answers[[row]], rtol=0, atol=ROUNDING)


@examples(max_examples=15)
@given(rows=st.lists(_accepted_row(), min_size=1, max_size=20))
def test_every_accepted_input_gets_a_possible_price_in_its_interval(
    served: Served, rows: list[list[float]]
) -> None:
    _assert_promises(served, np.array(rows, dtype=np.float64))


def test_so_does_every_corner_and_every_district(served: Served) -> None:
    _assert_promises(served, np.concatenate([accepted_corners(), served.inputs]))


@pytest.mark.parametrize("way", ["a hair more", "a hair less", "float32"])
def test_a_place_that_nobody_moved_has_the_same_answer(served: Served, way: str) -> None:
    moved = served.inputs.copy()
    if way == "float32":
        moved[:, PLACE] = moved[:, PLACE].astype(np.float32)
    else:
        moved[:, PLACE] += 1e-9 if way == "a hair more" else -1e-9
    assert not np.array_equal(moved, served.inputs)
    for answer in (served.predictor.answer, PublicPredictor(*_parts(served)).answer):
        assert np.array_equal(answer(moved)[:, :3], answer(served.inputs)[:, :3])


def test_reasons_add_up_to_the_price_that_is_served(served: Served) -> None:
    for instance in accepted_corners()[[0, 100, 255]]:
        found = explain(served.predictor.predict, instance, served.inputs[:6])
        price = served.predictor.answer(instance[np.newaxis])[0, 0]
        assert found.prediction == pytest.approx(price, abs=ROUNDING)
        assert found.base_value + found.contributions.sum() == pytest.approx(price, abs=1e-9)


def test_a_version_of_an_earlier_release_keeps_the_promises_too(served: Served) -> None:
    """It was published as a plain pipeline."""
    plain = unpickled(pickled(Pipeline(served.pipeline.steps)))
    assert type(plain) is Pipeline
    predictor = PublicPredictor(plain, served.intervals, served.search)
    asked = accepted_corners()
    assert np.allclose(predictor.answer(asked), served.predictor.answer(asked), rtol=0, atol=1e-9)


def test_a_table_is_read_by_the_names_of_its_columns(splits: Splits) -> None:
    pandas = pytest.importorskip("pandas")
    candidate = _candidates()[0]
    pipeline = candidate.pipeline.fit(splits.train.inputs, splits.train.targets)
    inputs = splits.validation.inputs
    table = pandas.DataFrame(inputs, columns=FEATURE_NAMES)
    assert np.array_equal(
        pipeline.predict(table[list(FEATURE_NAMES)[::-1]]), pipeline.predict(inputs)
    )
    with pytest.raises(ValueError, match="no column MedInc"):
        pipeline.predict(table.rename(columns={"MedInc": "Income"}))


def test_what_keeps_the_promises_stays_as_it_is() -> None:
    pipeline = _candidates()[0].pipeline
    assert price_pipeline(pipeline) is pipeline
    assert isinstance(clone(pipeline), PricePipeline)


def _parts(served: Served) -> tuple[PricePipeline, PriceIntervals, ReferenceSearch]:
    return served.pipeline, served.intervals, served.search
