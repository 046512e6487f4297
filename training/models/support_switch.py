"""A regressor that trusts neighbour features only where the training districts support them."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from storage.domain.target import TARGET_CAP
from storage.schema.arrays import FloatArray, IntegerArray
from training.kernels.compiled import compiled
from training.kernels.forest import FlatForest, can_be_flat

LARGEST_LOG_ODDS = 50.0
"""Beyond this, the weight is exactly zero or one; exp would overflow much later."""

FEWEST_COLUMNS = 2
"""Least columns: the support, and one feature for the near models."""
TARGETS = 3
"""Price, its square root, price less its kriging mean: cycled through by the near models."""


class SupportSwitch(NamedTuple):
    """How the answers of near and far models are put together; see ``SupportSwitchedRegressor``."""

    support_column: int
    kriged_column: int
    log_odds_threshold: float


class SupportSwitchedRegressor(RegressorMixin, BaseEstimator):
    """Mean of several near models where training districts are near, another model far from them.

    Neighbour features lose their meaning where no training district is near: in a whole region that the
    model never saw, a model without them is better. The near mean weighs
    1 / (1 + exp(log_odds - log_odds_threshold)), with the log-odds from ``PlaceSupport``. The near models'
    targets cycle through the price, its square root, and the price less its kriging mean, so that
    their errors differ.

    Parameters
    ----------
    near
        Regressor that sees all features but the support; cloned for each member.
    far
        Regressor that sees the district's own columns only.
    own_columns
        The first so many columns say something about the district itself.
    support_column, kriged_column
        Positions of the log-odds of being unsupported and of the kriging mean (100,000 USD).
    members
        Near models, each on another seed.
    log_odds_threshold
        Log-odds at which near and far models weigh the same.
    random_state
        Seed of all models.

    Attributes
    ----------
    near_, far_ : ``FlatForest`` or ``ModelsSideBySide``
        The near members in order, and the far model; boosted trees of at most 64 leaves are flat.
    """

    def __init__(
        self,
        near: RegressorMixin,
        far: RegressorMixin,
        own_columns: int,
        support_column: int,
        kriged_column: int,
        members: int = 3,
        log_odds_threshold: float = 2.0,
        random_state: int = 0,
    ) -> None:
        self.near = near
        self.far = far
        self.own_columns = own_columns
        self.support_column = support_column
        self.kriged_column = kriged_column
        self.members = members
        self.log_odds_threshold = log_odds_threshold
        self.random_state = random_state

    def fit(
        self, X: npt.ArrayLike, y: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None
    ) -> Self:
        """Fit on features (n, n_features) and prices (n,) in 100,000 USD, none below zero.

        ``sample_weight``, shape (n,), goes to every model; None: all rows weigh the same.
        """
        features, prices = validate_data(
            self, X, y, dtype=np.float64, y_numeric=True, ensure_min_features=FEWEST_COLUMNS
        )
        weights = None if sample_weight is None else _check_sample_weight(sample_weight, features)
        numbers = range(self.members)
        members = [self._fit_near(number, features, prices, weights) for number in numbers]
        far = clone(self.far).set_params(random_state=self.random_state)
        far.fit(features[:, : self.own_columns], prices, sample_weight=weights)
        near_columns = np.delete(np.arange(features.shape[1]), self.support_column)
        self.near_ = _side_by_side(members, near_columns)
        self.far_ = _side_by_side([far], np.arange(self.own_columns))
        return self

    def predict(self, X: npt.ArrayLike) -> FloatArray:
        """Return prices in [0, 5.00001], shape (n,), in 100,000 USD."""
        check_is_fitted(self, "near_")
        features = validate_data(self, X, reset=False, dtype=np.float64, order="C")
        prices = np.empty(len(features))
        near, far = self.near_.predict(features), self.far_.predict(features)
        mix_prices(features, near, far, self.switch(), prices)
        return prices

    def near_weight(self, features: FloatArray) -> FloatArray:
        """Return the weight of the near models, in [0, 1], shape (n,)."""
        switch = self.switch()
        return np.array([near_weight(row[switch.support_column], switch) for row in features])

    def switch(self) -> SupportSwitch:
        """Return how the models' answers are put together, for the compiled functions."""
        return SupportSwitch(
            self.support_column, self.kriged_column, float(self.log_odds_threshold)
        )

    def _fit_near(
        self, number: int, features: FloatArray, prices: FloatArray, weights: FloatArray | None
    ) -> Any:
        # Seeds of different trainings do not overlap: member 1 of seed 0 is not member 0 of seed 1.
        member = clone(self.near).set_params(random_state=100 * self.random_state + number)
        targets = (
            prices,
            np.sqrt(np.maximum(prices, 0.0)),
            prices - features[:, self.kriged_column],
        )
        own = np.delete(features, self.support_column, axis=1)
        return member.fit(own, targets[number % TARGETS], sample_weight=weights)


class ModelsSideBySide:
    """Models that are not trees, or too large ones, behind what a ``FlatForest`` offers."""

    def __init__(self, models: Sequence[RegressorMixin], columns: IntegerArray) -> None:
        self._models = models
        self._columns = columns

    def predict(self, features: FloatArray) -> FloatArray:
        """Return each model's answers, shape (n, n_models)."""
        own = features[:, self._columns]
        return np.column_stack([model.predict(own) for model in self._models])


def _side_by_side(
    models: Sequence[RegressorMixin], columns: IntegerArray
) -> FlatForest | ModelsSideBySide:
    if all(can_be_flat(model) for model in models):
        return FlatForest(models, columns.tolist())
    return ModelsSideBySide(models, columns)


@compiled
def mix_prices(
    features: FloatArray,
    near: FloatArray,
    far: FloatArray,
    switch: SupportSwitch,
    prices: FloatArray,
) -> None:
    """Fill prices, shape (n,), from the answers of near (n, n_members) and far models (n, 1)."""
    for row in range(features.shape[0]):
        total = 0.0
        for number in range(near.shape[1]):
            answer = near[row, number]
            if number % TARGETS == 1:
                total += max(answer, 0.0) ** 2
            elif number % TARGETS == 2:
                total += answer + features[row, switch.kriged_column]
            else:
                total += answer
        weight = near_weight(features[row, switch.support_column], switch)
        mixed = weight * (total / near.shape[1]) + (1.0 - weight) * far[row, 0]
        prices[row] = min(max(mixed, 0.0), TARGET_CAP)


@compiled
def near_weight(unsupported_log_odds: float, switch: SupportSwitch) -> float:
    """Return the weight of the near models for one row."""
    excess = unsupported_log_odds - switch.log_odds_threshold
    bounded = min(max(excess, -LARGEST_LOG_ODDS), LARGEST_LOG_ODDS)
    return float(1.0 / (1.0 + np.exp(bounded)))
