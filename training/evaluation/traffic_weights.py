"""Weighting test rows by how common rows like them are in recent traffic."""

from dataclasses import dataclass

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from storage.schema.arrays import FloatArray

FOLDS = 5
SURE = 1e-3
"""Probabilities are kept this far from 0 and 1: a small sample cannot say more."""


@dataclass(frozen=True)
class TrafficWeights:
    """Weights of test rows.

    Attributes
    ----------
    weights
        Shape (n,), above 0, of mean 1.
    traffic_rows
        Logged predictions that they were estimated from.
    """

    weights: FloatArray
    traffic_rows: int

    @property
    def effective_rows(self) -> float:
        """Rows of equal weight that a weighted mean is as certain as: (sum w)^2 / sum w^2 (Kish 1965)."""
        return float(self.weights.sum() ** 2 / np.sum(self.weights**2))


def traffic_weights(test: FloatArray, traffic: FloatArray, seed: int) -> TrafficWeights:
    """Estimate the density ratio traffic / test at each test row.

    A classifier that tells traffic (t = 1) from the test part (t = 0) gives, by Bayes' rule,

        w(x) = p(x | t = 1) / p(x | t = 0) = P(t = 1 | x) / P(t = 0 | x) * n_test / n_traffic

    With these weights, a mean over the test part estimates the same mean over traffic. Each probability
    comes from boosted trees that did not see its row (cross-fitting in five folds), because a classifier is
    too sure of rows that it was fitted on. Weights above sqrt(n) times their mean are cut, which bounds the
    variance at the price of a bias that vanishes with n.

    Parameters
    ----------
    test, traffic
        Shapes (n, k) and (m, k), at least 5 rows each.

    References
    ----------
    Sugiyama, M., Suzuki, T. and Kanamori, T. (2012). Density Ratio Estimation in Machine Learning. Chapter 4.
    Ionides, E. (2008). Truncated Importance Sampling. Journal of Computational and Graphical Statistics 17.
    Kish, L. (1965). Survey Sampling. Chapter 11.

    Examples
    --------
    >>> random = np.random.default_rng(1)
    >>> test, traffic = random.normal(0.0, 1.0, (4_000, 1)), random.normal(0.5, 1.0, (2_000, 1))
    >>> found = traffic_weights(test, traffic, seed=0)
    >>> round(float(np.average(test[:, 0], weights=found.weights)), 1)  # the mean of traffic
    0.5
    >>> 2_500 < found.effective_rows < 3_500  # in theory n exp(-0.5^2) = 3,115
    True
    """
    inputs = np.concatenate([test, traffic])
    is_traffic = np.repeat([0, 1], [len(test), len(traffic)])
    trees = HistGradientBoostingClassifier(
        max_iter=60,
        learning_rate=0.1,
        max_leaf_nodes=8,
        min_samples_leaf=20,
        early_stopping=False,
        random_state=seed,
    )
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    answers = cross_val_predict(trees, inputs, is_traffic, cv=folds, method="predict_proba")
    sure = np.clip(answers[: len(test), 1], SURE, 1.0 - SURE)
    ratio = sure / (1.0 - sure)
    weights = np.minimum(ratio, np.sqrt(len(test)) * ratio.mean())
    return TrafficWeights(weights / weights.mean(), len(traffic))
