"""How a model answers in general: along one input, and along two that act on each other."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from storage.schema.arrays import FloatArray

MIDDLE_SHARE = 0.8
"""Share of the rows that the spread covers."""


class Dependence(NamedTuple):
    """The answers along one input, in the target's unit, each of shape (len(grid),).

    Attributes
    ----------
    mean
        Of all rows, with the input set to each value.
    lower, upper
        The mean and what the middle 80 % of the rows differ from it, each moved to its own mean: no spread
        where the input has the same effect on every row.
    """

    mean: FloatArray
    lower: FloatArray
    upper: FloatArray


class Interaction(NamedTuple):
    """The answers along two inputs.

    Attributes
    ----------
    mean
        Shape (len(first), len(second)), in the target's unit.
    strength
        0 where the effects of the two only add up, up to 1 where neither has one of its own.
    """

    mean: FloatArray
    strength: float


def dependence(
    predict: Callable[[FloatArray], FloatArray], rows: FloatArray, column: int, grid: FloatArray
) -> Dependence:
    """Return the partial dependence on one input (Friedman, J. H. (2001). Annals of Statistics 29).

    mean(v) = 1/n sum_i f(x_i with input = v). The spread is that of the centred curves of single rows
    (Goldstein, A. et al. (2015). Journal of Computational and Graphical Statistics 24).

    Parameters
    ----------
    predict
        From inputs (m, d) to answers (m,).
    rows
        Shape (n, d): what the other inputs are.
    grid
        The values of the input.

    Examples
    --------
    >>> rows = np.array([[0.0, 1.0], [0.0, 3.0]])
    >>> found = dependence(lambda x: x[:, 0] * x[:, 1], rows, 0, np.array([0.0, 1.0]))
    >>> found.mean.tolist(), (found.upper - found.lower).round(2).tolist()
    ([0.0, 2.0], [0.8, 0.8])
    """
    curves = _answers(predict, rows, {column: grid})
    mean = curves.mean(axis=0)
    centred = curves - curves.mean(axis=1, keepdims=True)
    outside = (1 - MIDDLE_SHARE) / 2
    lower, upper = np.quantile(centred, [outside, 1 - outside], axis=0) + mean.mean()
    return Dependence(mean, np.minimum(lower, mean), np.maximum(upper, mean))


def interaction(
    predict: Callable[[FloatArray], FloatArray],
    rows: FloatArray,
    first: tuple[int, FloatArray],
    second: tuple[int, FloatArray],
) -> Interaction:
    """Return the partial dependence on two inputs, and how strongly they act on each other.

    strength = sum (F_jk - F_j - F_k)^2 / sum F_jk^2 over the grid, F centred: the H statistic (Friedman,
    J. H. and Popescu, B. E. (2008). Annals of Applied Statistics 2) on a grid in place of the rows.

    Parameters
    ----------
    predict
        From inputs (m, d) to answers (m,).
    rows
        Shape (n, d): what the other inputs are.
    first, second
        The column of each input and its values.

    Examples
    --------
    >>> rows, grid = np.zeros((1, 2)), np.array([-1.0, 1.0])
    >>> interaction(lambda x: x[:, 0] + x[:, 1], rows, (0, grid), (1, grid)).strength
    0.0
    >>> interaction(lambda x: x[:, 0] * x[:, 1], rows, (0, grid), (1, grid)).strength
    1.0
    """
    mean = _answers(predict, rows, dict([first, second])).mean(axis=0)
    mean = mean.reshape(len(first[1]), len(second[1]))
    centred = mean - mean.mean()
    own = centred.mean(axis=1, keepdims=True) + centred.mean(axis=0, keepdims=True)
    total = float((centred**2).sum())
    return Interaction(mean, float(((centred - own) ** 2).sum()) / total if total > 0 else 0.0)


def _answers(
    predict: Callable[[FloatArray], FloatArray], rows: FloatArray, grids: dict[int, FloatArray]
) -> FloatArray:
    """Return the answers of each row at each combination of the values, shape (n, combinations)."""
    values = [axis.ravel() for axis in np.meshgrid(*grids.values(), indexing="ij")]
    repeated = np.repeat(rows, len(values[0]), axis=0)
    for column, axis in zip(grids, values, strict=True):
        repeated[:, column] = np.tile(axis, len(rows))
    return predict(repeated).reshape(len(rows), -1)
