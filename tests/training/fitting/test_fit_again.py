"""The winner learns again, from training and validation rows, with the settings that validation chose."""

from dataclasses import replace

import numpy as np
import pytest

from tests.training.conftest import named_candidates
from training.boosters.lightgbm_trees import LightGBMTrees
from training.dataset.splits import Part, Splits, split
from training.dataset.table import HousingTable
from training.fitting import fit as fitting
from training.fitting.fit import fit, fit_again, is_worth_another_fit
from training.models.candidates import (
    Candidate,
    built_in_candidates,
    optional_candidate,
    select,
)
from training.models.price_pipeline import PREPROCESSING, REGRESSOR, PricePipeline


@pytest.fixture
def splits(small_table: HousingTable) -> Splits:
    return split(small_table, seed=0)


def test_it_learns_from_both_parts_and_keeps_the_figures_that_chose_it(splits: Splits) -> None:
    (line,) = named_candidates("linear_regression")
    chosen = fit(line, splits.train, splits.validation, threads=1)
    again = fit_again(chosen, splits, threads=1)
    both = Part(
        np.concatenate([splits.train.inputs, splits.validation.inputs]),
        np.concatenate([splits.train.targets, splits.validation.targets]),
    )
    by_hand = fit(line, both, splits.validation, threads=1)
    asked = splits.validation.inputs
    assert np.array_equal(again.pipeline.predict(asked), by_hand.pipeline.predict(asked))
    assert not np.array_equal(again.pipeline.predict(asked), chosen.pipeline.predict(asked))
    assert again.validation == chosen.validation
    assert again.fit_seconds > chosen.fit_seconds


def test_labelled_rows_keep_their_weight(splits: Splits) -> None:
    weights = np.linspace(1.0, 3.0, len(splits.train))
    weighted = replace(splits, train=replace(splits.train, weights=weights))
    assert splits.learnable.weights is None
    found = weighted.learnable.weights
    assert found is not None
    assert np.array_equal(found[: len(weights)], weights)
    assert set(found[len(weights) :]) == {1.0}
    assert len(weighted.learnable) == len(found)


def test_what_stops_early_grows_as_many_trees_without_looking(splits: Splits) -> None:
    plain = optional_candidate("lightgbm", 0, 1).pipeline[PREPROCESSING]
    model = LightGBMTrees(n_estimators=2_000, learning_rate=0.3, early_stopping_rounds=5)
    steps = [(PREPROCESSING, plain), (REGRESSOR, model)]
    chosen = fit(
        Candidate("mine", "Mine", PricePipeline(steps)), splits.train, splits.validation, threads=1
    )
    again = fit_again(chosen, splits, threads=1)
    assert again.pipeline[REGRESSOR].get_params()["early_stopping_rounds"] is None
    assert again.pipeline[REGRESSOR].n_estimators == chosen.pipeline[REGRESSOR].rounds_


def test_a_blend_keeps_its_members(splits: Splits) -> None:
    (blend,) = select(built_in_candidates(0, 1), ("blended_boosting",))
    chosen = fit(blend, splits.train, splits.validation, threads=1)
    again = fit_again(chosen, splits, threads=1)
    assert again.pipeline[REGRESSOR].plan_ == chosen.pipeline[REGRESSOR].plan_
    assert again.parameters["member_1"] == chosen.parameters["member_1"]


def test_very_many_rows_are_fitted_once(splits: Splits, monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_worth_another_fit(splits)
    monkeypatch.setattr(fitting, "MOST_ROWS_AGAIN", len(splits.train))
    assert not is_worth_another_fit(splits)
