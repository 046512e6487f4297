"""Regressors that stop early get the validation part, and fit again without it."""

from typing import Any

import pytest
from sklearn.ensemble import HistGradientBoostingRegressor

from training.boosters.lightgbm_trees import LightGBMTrees
from training.dataset.splits import split
from training.dataset.table import HousingTable
from training.fitting.fit import fit, fit_intervals
from training.models.candidates import Candidate, optional_candidate
from training.models.early_stopping import stops_early, without_stopping
from training.models.price_pipeline import PREPROCESSING, REGRESSOR, PricePipeline

lightgbm = pytest.importorskip("lightgbm", reason="the libraries are optional")
PARAMETERS: Any = {"n_estimators": 2000, "learning_rate": 0.3, "early_stopping_rounds": 5}


def _candidate(model: Any) -> Candidate:
    plain = optional_candidate("lightgbm", 0, 1).pipeline[PREPROCESSING]
    return Candidate("mine", "Mine", PricePipeline([(PREPROCESSING, plain), (REGRESSOR, model)]))


@pytest.mark.parametrize(
    "model",
    [
        LightGBMTrees(**PARAMETERS),
        lightgbm.LGBMRegressor(**PARAMETERS, n_jobs=1, verbose=-1),
    ],
    ids=["ours", "library"],
)
def test_growing_ends_by_validation_and_folds_grow_as_many(
    model: Any, small_table: HousingTable
) -> None:
    splits = split(small_table, seed=0)
    fitted = fit(_candidate(model), splits.train, splits.validation, threads=1)
    again = without_stopping(fitted.pipeline[REGRESSOR])
    assert 1 < again.get_params()["n_estimators"] < 1000
    assert not stops_early(again)
    intervals = fit_intervals(fitted, splits, 0)
    assert intervals.factor_ > 0


def test_only_a_patience_and_a_fit_that_takes_rows_stop_early() -> None:
    assert stops_early(LightGBMTrees())
    assert not stops_early(LightGBMTrees(early_stopping_rounds=None))
    assert not stops_early(HistGradientBoostingRegressor())
