"""Explaining a value: exact Shapley contributions of the raw inputs, and the value along one input.

Both call the pipeline itself, from the eight raw inputs to the value, so any pipeline, including one with
neighbour features, is explained in terms of the inputs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from math import factorial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from storage.schema.arrays import FloatArray

Scalar = TypeVar("Scalar", bound=np.generic)
Predict = Callable[[FloatArray], FloatArray]
"""From inputs (n, d) to values (n,)."""


@dataclass(frozen=True)
class Explanation:
    """Contributions that add up: ``base_value + contributions.sum() == prediction``.

    Attributes
    ----------
    base_value
        Mean prediction over the background, in the target's unit.
    contributions
        Shape (d,): what each input adds to it, in the target's unit.
    prediction
        The prediction that is explained, in the target's unit.
    standard_errors
        Shape (d,), of the contributions, where they are estimated; None where they are exact.
    rows
        Number of background rows.
    """

    base_value: float
    contributions: FloatArray
    prediction: float
    standard_errors: FloatArray | None = None
    rows: int = 0


def explain(
    predict: Predict,
    instance: FloatArray,
    background: FloatArray,
    importances: FloatArray | None = None,
) -> Explanation:
    """Return the exact interventional Shapley values of one prediction.

    A coalition S of inputs is worth ``v(S)``: the mean prediction over the background rows, with the
    inputs of S replaced by the instance's. Input i contributes

        sum over S without i of |S|! (d - |S| - 1)! / d! * (v(S + i) - v(S)).

    All 2^d coalitions are evaluated, so there is no sampling error.

    Parameters
    ----------
    predict
        From inputs (n, d) to values (n,).
    instance
        Shape (d,).
    background
        Shape (m, d): the values that replace an unknown input.
    importances
        Shape (d,): ``predict`` gets the rows in an order in which the more important inputs change less
        often; None: the later ones. It changes no value, only the time.

    Source: Lundberg and Lee 2017, A Unified Approach to Interpreting Model Predictions; Janzing et al. 2020,
    Feature Relevance Quantification in Explainable AI, for the interventional value function.

    Examples
    --------
    In a linear model each input contributes its weight times its distance from the background's mean.

    >>> weights = np.array([2.0, -1.0])
    >>> found = explain(lambda rows: rows @ weights, np.array([3.0, 1.0]), np.array([[0.0, 0.0], [2.0, 4.0]]))
    >>> found.contributions.tolist()
    [4.0, 1.0]
    >>> found.base_value, found.prediction
    (0.0, 5.0)
    """
    columns = np.arange(len(instance)) if importances is None else np.argsort(importances)
    values = _coalition_values(predict, instance, background, columns)
    return Explanation(
        base_value=float(values[0]),
        contributions=_shapley_weights(len(instance)) @ values,
        prediction=float(values[-1]),
        rows=len(background),
    )


def answer_curve(
    predict: Predict, instance: FloatArray, column: int, grid: FloatArray
) -> FloatArray:
    """Return the predictions along one input with the others fixed, shape (len(grid),).

    This is the individual conditional expectation of the instance (Goldstein et al. 2015).

    Examples
    --------
    >>> answer_curve(lambda rows: rows.sum(axis=1), np.array([1.0, 2.0]), 0, np.array([0.0, 5.0])).tolist()
    [2.0, 7.0]
    """
    rows = np.repeat(instance[np.newaxis], len(grid), axis=0)
    rows[:, column] = grid
    return predict(rows)


def _coalition_values(
    predict: Predict, instance: FloatArray, background: FloatArray, columns: NDArray[np.int64]
) -> FloatArray:
    """Return v(S) for all coalitions, shape (2^d,); bit i of the index says whether i is in S.

    ``columns`` are those of the rows that ``predict`` gets, from the one that changes most often on.
    """
    rows = _mixtures(instance, background)
    order = _sorted_order(instance, background, columns)
    predictions = np.empty(len(rows))
    # A pipeline that searches neighbours computes once what adjacent rows share.
    predictions[order] = predict(np.take(rows, order, axis=0))
    means = predictions[:-1].reshape(-1, len(background)).mean(axis=1)
    return np.append(means, predictions[-1])


def _mixtures(instance: NDArray[Scalar], background: NDArray[Scalar]) -> NDArray[Scalar]:
    """Return the rows of all coalitions except the full one, m for each, then the instance itself.

    The full coalition is the instance, whatever the background: one row is enough.
    """
    members = _memberships(len(instance))[:-1, np.newaxis, :]
    rows = np.where(members, instance, background).reshape(-1, len(instance))
    return np.concatenate([rows, instance[np.newaxis]])


def _sorted_order(
    instance: FloatArray, background: FloatArray, columns: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the order that sorts the mixtures, by ranks: sorting short integers is five times as fast."""
    values = np.vstack([background, instance])
    # A gap is a value like others here; rankdata would rank nothing of its column.
    values[np.isnan(values)] = -np.inf
    ranks = rankdata(values, method="dense", axis=0).astype(np.uint16)
    return np.lexsort(_mixtures(ranks[-1], ranks[:-1]).T[columns])


@cache
def _memberships(d: int) -> NDArray[np.bool_]:
    """Return which inputs are in which coalition, shape (2^d, d)."""
    members: NDArray[np.bool_] = (np.arange(2**d)[:, np.newaxis] >> np.arange(d)) & 1 == 1
    return members


@cache
def _shapley_weights(d: int) -> FloatArray:
    """Return the matrix that turns the coalitions' values into contributions, shape (d, 2^d)."""
    members = _memberships(d)
    sizes = members.sum(axis=1)
    with_input = np.array([_weight(size - 1, d) for size in sizes])
    without_input = np.array([_weight(size, d) for size in sizes])
    return np.where(members, with_input[:, np.newaxis], -without_input[:, np.newaxis]).T


def _weight(others: int, d: int) -> float:
    """Return the weight of a coalition of so many other inputs; 0 where there is no such coalition."""
    if not 0 <= others < d:
        return 0.0
    return factorial(others) * factorial(d - others - 1) / factorial(d)
