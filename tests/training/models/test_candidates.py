"""Every competitor keeps the promises that the service relies on."""

import warnings

import numpy as np
import pytest
from sklearn.base import clone

from storage.domain.inputs import FEATURE_NAMES
from storage.errors import InvalidInput
from storage.models.pickles import pickled
from training.dataset.splits import split
from training.dataset.table import HousingTable
from training.fitting.fit import fit
from training.models.candidates import Candidate, all_candidates, own_candidate, select
from training.models.neighbour_boosting import BoostedTrees
from training.models.price_pipeline import REGRESSOR

CANDIDATES = all_candidates(seed=0, threads=2)
each_candidate = pytest.mark.parametrize("candidate", CANDIDATES, ids=lambda each: each.name)


@each_candidate
def test_fits_and_answers_plain_arrays(candidate: Candidate, small_table: HousingTable) -> None:
    splits = split(small_table, seed=0)
    fitted = fit(candidate, splits.train, splits.validation, threads=1)
    with warnings.catch_warnings(action="error"):
        predicted = fitted.pipeline.predict(splits.validation.inputs)
    assert predicted.shape == (len(splits.validation),)
    assert fitted.validation.r2_score > 0.4
    assert fitted.fit_seconds > 0
    names = fitted.preprocessing.get_feature_names_out(list(FEATURE_NAMES))
    assert list(names[: len(FEATURE_NAMES)]) == list(FEATURE_NAMES)
    assert fitted.parameters.get("n_jobs", 1) == 1


@each_candidate
def test_fitting_again_gives_the_same_model(
    candidate: Candidate, small_table: HousingTable
) -> None:
    splits = split(small_table, seed=0)
    models = [fit(candidate, splits.train, splits.validation, threads=1) for _ in range(2)]
    first, second = (model.pipeline.predict(splits.validation.inputs) for model in models)
    assert np.array_equal(first, second)


def test_fitting_leaves_the_candidate_unfitted(small_table: HousingTable) -> None:
    splits = split(small_table, seed=0)
    candidate = CANDIDATES[0]
    fit(candidate, splits.train, splits.validation, threads=1)
    assert not hasattr(candidate.pipeline.named_steps[REGRESSOR], "coef_")
    clone(candidate.pipeline)


def test_the_models_of_the_comparison_compete() -> None:
    names = {candidate.name: candidate.pipeline.named_steps for candidate in CANDIDATES}
    assert {name: type(steps[REGRESSOR]).__name__ for name, steps in names.items()} == {
        "linear_regression": "LinearRegression",
        "random_forest": "RandomForestRegressor",
        "gradient_boosting": "GradientBoostingRegressor",
        "hist_gradient_boosting": "HistGradientBoostingRegressor",
        "neighbour_boosting": "SupportSwitchedRegressor",
    }


def test_a_random_forest_of_the_whole_table_stays_small(embedded: HousingTable) -> None:
    splits = split(embedded, seed=0)
    (forest,) = select(CANDIDATES, ["random_forest"])
    fitted = fit(forest, splits.train, splits.validation, threads=2)
    assert len(pickled(fitted.pipeline)) < 20_000_000


def test_select_keeps_the_order_of_the_candidates() -> None:
    chosen = select(CANDIDATES, ["hist_gradient_boosting", "linear_regression"])
    assert [each.name for each in chosen] == ["linear_regression", "hist_gradient_boosting"]


@pytest.mark.parametrize("names", [["neural_network"], [""], []])
def test_an_unknown_name_is_refused_with_the_known_ones(names: list[str]) -> None:
    with pytest.raises(InvalidInput, match="choose from linear_regression, random_forest"):
        select(CANDIDATES, names)


def test_weights_count_in_the_trees_and_move_none_of_their_possible_thresholds(
    small_table: HousingTable,
) -> None:
    plain, weighted = BoostedTrees(max_iter=5), BoostedTrees(max_iter=5)
    plain.fit(small_table.inputs, small_table.targets)
    weights = np.where(small_table.targets > 2.0, 5.0, 1.0)
    weighted.fit(small_table.inputs, small_table.targets, sample_weight=weights)
    pairs = zip(
        plain._bin_mapper.bin_thresholds_, weighted._bin_mapper.bin_thresholds_, strict=True
    )
    assert all(np.array_equal(one, other) for one, other in pairs)
    answers, dearer = (each.predict(small_table.inputs) for each in (plain, weighted))
    assert dearer.mean() > answers.mean()


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("no.such.module:make", "gave ModuleNotFoundError"),
        ("training.models.candidates:no_such_function", "gave AttributeError"),
        ("math:sqrt", "gave float without steps"),
        (
            "training.models.neighbour_boosting:neighbour_features",
            "gave FeatureUnion without steps",
        ),
    ],
)
def test_code_that_makes_no_candidate_is_named(where: str, said: str) -> None:
    with pytest.raises(InvalidInput, match="The candidate mine ") as refused:
        own_candidate("mine", where, 0)
    assert said in str(refused.value)
    assert where in str(refused.value)
