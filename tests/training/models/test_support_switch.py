"""The regressor with a support switch."""

from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.utils.estimator_checks import parametrize_with_checks

from storage.schema.arrays import FloatArray
from tests.training.conftest import FittedChampion
from training.models.support_switch import SupportSwitchedRegressor


def small_switch() -> SupportSwitchedRegressor:
    trees = HistGradientBoostingRegressor(max_iter=30, min_samples_leaf=3, early_stopping=False)
    return SupportSwitchedRegressor(
        near=trees, far=clone(trees), own_columns=1, support_column=0, kriged_column=0
    )


WEIGHTS = "its trees bin the rows without their weights, as scikit-learn's own do"
PRICES = "answers are prices, from 0 to 5.00001; the check's targets are standardised"


@parametrize_with_checks(
    [small_switch()],
    expected_failed_checks=lambda estimator: {
        "check_regressors_train": PRICES,
        "check_sample_weight_equivalence_on_dense_data": WEIGHTS,
    },
)
def test_keeps_scikit_learns_promises(estimator: Any, check: Any) -> None:
    check(estimator)


@pytest.fixture
def features(champion: FittedChampion) -> FloatArray:
    return np.asarray(champion.pipeline[:-1].transform(champion.validation.inputs))


def test_support_decides_between_near_and_far(
    champion: FittedChampion, features: FloatArray
) -> None:
    switched: SupportSwitchedRegressor = champion.pipeline[-1]
    features[:, switched.support_column] = 100.0
    far = switched.far_.predict(features[:, : switched.own_columns])
    assert np.allclose(switched.predict(features), np.clip(far[:, 0], 0.0, 5.00001), atol=1e-12)
    features[:, switched.support_column] = switched.log_odds_threshold
    assert np.allclose(switched.near_weight(features), 0.5)
    features[:, switched.support_column] = -100.0
    neighbours_changed = features.copy()
    neighbours_changed[:, switched.own_columns + 1 :] = features[::-1, switched.own_columns + 1 :]
    neighbours_changed[:, switched.support_column] = -100.0
    assert not np.allclose(switched.predict(features), switched.predict(neighbours_changed))


def test_the_same_seed_gives_the_same_model(champion: FittedChampion) -> None:
    inputs, targets = champion.train.inputs[:500], champion.train.targets[:500]
    one, two, other = (
        clone(champion.pipeline)
        .set_params(regressor__random_state=seed, regressor__members=1)
        .fit(inputs, targets)
        .predict(inputs)
        for seed in (1, 1, 2)
    )
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)
