"""A regressor that trusts neighbour features only where the training districts support them."""

from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.utils.validation import check_is_fitted, validate_data

from storage.schema.features import TARGET_CAP
from training.dataset.table import FloatArray
from training.forest import flattened

LARGEST_LOG_ODDS = 50.0
"""Beyond it the weight is zero or one to the last bit; exp would overflow much later."""

FEWEST_COLUMNS = 2
"""The support, and something for the near models to learn from."""


class SupportGatedRegressor(RegressorMixin, BaseEstimator):
    """Mean of several near models where training districts are near, another model far from them.

    Neighbour features lose their meaning where no training district is near: in a whole region that the
    model never saw, a model without them is better. The near mean weighs
    1 / (1 + exp(log_odds - log_odds_threshold)), with the log-odds from ``PlaceSupport``. The near models'
    targets take turns between the price, its square root, and the price less its kriging mean, so that
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
    near_ : list of fitted models, boosted trees as ``FlatForest``
    far_ : fitted model, the same
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

    def fit(self, X: npt.ArrayLike, y: npt.ArrayLike) -> Self:
        """Fit on features (n, n_features) and prices (n,) in 100,000 USD, none below zero."""
        features, prices = validate_data(
            self, X, y, dtype=np.float64, y_numeric=True, ensure_min_features=FEWEST_COLUMNS
        )
        self.near_ = [self._fit_near(number, features, prices) for number in range(self.members)]
        far = clone(self.far).set_params(random_state=self.random_state)
        self.far_ = flattened(far.fit(features[:, : self.own_columns], prices))
        return self

    def predict(self, X: npt.ArrayLike) -> FloatArray:
        """Return prices in [0, 5.00001], shape (n,), in 100,000 USD."""
        check_is_fitted(self, "near_")
        features = validate_data(self, X, reset=False, dtype=np.float64)
        members = [self._near_prices(number, features) for number in range(len(self.near_))]
        weight = self.near_weight(features)
        far = self.far_.predict(features[:, : self.own_columns])
        mixed = weight * np.mean(members, axis=0) + (1.0 - weight) * far
        return np.asarray(np.clip(mixed, 0.0, TARGET_CAP))

    def near_weight(self, features: FloatArray) -> FloatArray:
        """Return the weight of the near models, in [0, 1], shape (n,)."""
        excess = features[:, self.support_column] - self.log_odds_threshold
        return np.asarray(
            1.0 / (1.0 + np.exp(np.clip(excess, -LARGEST_LOG_ODDS, LARGEST_LOG_ODDS)))
        )

    def _fit_near(self, number: int, features: FloatArray, prices: FloatArray) -> Any:
        # Seeds of different trainings do not overlap: member 1 of seed 0 is not member 0 of seed 1.
        member = clone(self.near).set_params(random_state=100 * self.random_state + number)
        targets = (
            prices,
            np.sqrt(np.maximum(prices, 0.0)),
            prices - features[:, self.kriged_column],
        )
        return flattened(member.fit(self._without_support(features), targets[number % 3]))

    def _near_prices(self, number: int, features: FloatArray) -> FloatArray:
        answers = np.asarray(self.near_[number].predict(self._without_support(features)))
        prices = (
            answers,
            np.square(np.maximum(answers, 0.0)),
            answers + features[:, self.kriged_column],
        )
        return prices[number % 3]

    def _without_support(self, features: FloatArray) -> FloatArray:
        return np.delete(features, self.support_column, axis=1)
