"""Shapley contributions of many inputs, estimated from orders drawn at random, with their standard errors."""

import numpy as np

from storage.schema.arrays import FloatArray
from training.evaluation.explain import Explanation, Predict

MOST_ROWS = 8_000
"""Rows that are predicted for one explanation, about: a quarter of a second for 600 trees."""


def explain_by_sampling(
    predict: Predict, instance: FloatArray, background: FloatArray, seed: int = 0
) -> Explanation:
    """Estimate the interventional Shapley values that ``explain`` computes exactly.

    Beginning with a background row, the inputs take the instance's values one after the other, in an order
    drawn at random and once more in the reverse order; each input's contribution is the mean change of the
    prediction when it is its turn. In each order the changes add up to the difference between the instance's
    prediction and the row's, so the contributions add up too, whatever the error of each. Every background
    row is used as often as the others; of many inputs only some are used, and the base value is theirs.

    Parameters
    ----------
    predict
        From inputs (n, d) to predictions (n,).
    instance
        Shape (d,).
    background
        Shape (m, d): the values that replace an unknown input.
    seed
        Of the orders.

    Source: Strumbelj and Kononenko 2014, Explaining prediction models and individual predictions with feature
    contributions; Mitchell et al. 2022, Sampling Permutations for Shapley Value Estimation, for the reversed
    orders.

    Examples
    --------
    >>> weights = np.arange(12.0)
    >>> found = explain_by_sampling(lambda rows: rows @ weights, np.ones(12), np.zeros((5, 12)))
    >>> found.contributions.round(9).tolist() == weights.tolist()
    True
    >>> bool(found.standard_errors.max() < 1e-9)
    True
    """
    inputs = len(instance)
    rows_a_pair = 2 * (inputs - 1)
    used = background[: max(2, min(len(background), MOST_ROWS // rows_a_pair))]
    turns = max(1, MOST_ROWS // (rows_a_pair * len(used)))
    starts = np.tile(used, (turns, 1))
    random = np.random.default_rng(seed)
    orders = random.permuted(np.tile(np.arange(inputs), (len(starts), 1)), axis=1)
    ends = predict(np.vstack([used, instance[np.newaxis]]))
    of_starts, prediction = np.tile(ends[:-1], turns), float(ends[-1])
    pairs = (
        _changes(predict, instance, starts, orders, of_starts, prediction)
        + _changes(predict, instance, starts, orders[:, ::-1], of_starts, prediction)
    ) / 2
    return Explanation(
        base_value=float(ends[:-1].mean()),
        contributions=pairs.mean(axis=0),
        prediction=prediction,
        standard_errors=pairs.std(axis=0, ddof=1) / np.sqrt(len(pairs)),
        rows=len(used),
    )


def _changes(
    predict: Predict,
    instance: FloatArray,
    starts: FloatArray,
    orders: np.ndarray,
    of_starts: FloatArray,
    prediction: float,
) -> FloatArray:
    """Return how much each input changed the prediction at its turn, shape (n_orders, d)."""
    number, inputs = orders.shape
    # Turn t of an input: it has the instance's value from step t + 1 on.
    turn_of = np.argsort(orders, axis=1)
    steps = np.arange(1, inputs)
    has_instances = turn_of[:, np.newaxis, :] < steps[np.newaxis, :, np.newaxis]
    between = np.where(has_instances, instance, starts[:, np.newaxis, :])
    path = np.empty((number, inputs + 1))
    path[:, 0], path[:, -1] = of_starts, prediction
    path[:, 1:-1] = predict(between.reshape(-1, inputs)).reshape(number, inputs - 1)
    return np.take_along_axis(np.diff(path, axis=1), turn_of, axis=1)
