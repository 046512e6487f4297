"""Ordinary kriging of one district's value from its neighbours'."""

from typing import NamedTuple

import numpy as np

from training.dataset.table import FloatArray
from training.features.compiled import compiled
from training.features.neighbour_search import IntegerArray

PLACE_AXES = 2
"""The first axes of a point are its place, the others what the district is like."""


class Correlation(NamedTuple):
    """How alike the prices of two districts are expected to be.

    With p their distance by place and q by likeness, in a metric that scales both: place_share
    exp(-place_scale p) + likeness_share exp(-likeness_scale q) + (1 - both shares) exp(-sqrt(p^2 + q^2)).
    A district has noise of its own, whose variance is ``nugget`` relative to the field's.
    """

    nugget: float
    place_scale: float
    likeness_scale: float
    place_share: float
    likeness_share: float


@compiled
def krige(
    points: FloatArray,
    values: FloatArray,
    query: FloatArray,
    rows: IntegerArray,
    correlation: Correlation,
) -> tuple[float, float]:
    """Return the ordinary-kriging mean and relative variance of one district's value.

    The mean is unbiased for an unknown local level m: with R the neighbours' correlations, r those
    with the query and z the neighbours' values, m = 1'R^-1 z / 1'R^-1 1 and the answer is
    m + r'R^-1 (z - m 1) (Cressie 1993, Statistics for Spatial Data, section 3.2).

    Parameters
    ----------
    points, values
        Shape (n_training, n_axes) and (n_training,).
    query
        Shape (n_axes,).
    rows
        Shape (n_neighbours,): the training districts to krige from.
    correlation
        See ``Correlation``.

    Returns
    -------
    tuple of float
        Mean in the unit of ``values``; variance relative to the field's, about 0 to 2.
    """
    size = rows.shape[0]
    matrix = np.empty((size, size))
    right = np.empty((size, 3))
    for row in range(size):
        point = points[rows[row]]
        for column in range(row):
            matrix[column, row] = _correlate(point, points[rows[column]], correlation)
        matrix[row, row] = 1.0 + correlation.nugget
        right[row, 0] = _correlate(point, query, correlation)
        right[row, 1] = 1.0
        right[row, 2] = values[rows[row]]
    _factorise(matrix)
    _solve(matrix, right)
    one_on_query = np.sum(right[:, 0] * right[:, 1])
    one_on_one = np.sum(right[:, 1] * right[:, 1])
    level = np.sum(right[:, 1] * right[:, 2]) / one_on_one
    mean = np.sum(right[:, 0] * right[:, 2]) + level * (1.0 - one_on_query)
    explained = np.sum(right[:, 0] * right[:, 0])
    return mean, 1.0 - explained + (1.0 - one_on_query) ** 2 / one_on_one


@compiled
def _correlate(one: FloatArray, other: FloatArray, correlation: Correlation) -> float:
    place = 0.0
    for axis in range(PLACE_AXES):
        step = one[axis] - other[axis]
        place += step * step
    likeness = 0.0
    for axis in range(PLACE_AXES, one.shape[0]):
        step = one[axis] - other[axis]
        likeness += step * step
    both_share = 1.0 - correlation.place_share - correlation.likeness_share
    return float(
        correlation.place_share * np.exp(-correlation.place_scale * np.sqrt(place))
        + correlation.likeness_share * np.exp(-correlation.likeness_scale * np.sqrt(likeness))
        + both_share * np.exp(-np.sqrt(place + likeness))
    )


@compiled
def _factorise(matrix: FloatArray) -> None:
    """Overwrite the upper triangle by its Cholesky factor U, matrix = U'U."""
    size = matrix.shape[0]
    # Row by row outwards: the inner loop runs over neighbouring memory and adds up nothing, so that the
    # compiler may use vector instructions without changing the order of any sum.
    for pivot in range(size):
        scale = 1.0 / np.sqrt(matrix[pivot, pivot])
        for column in range(pivot, size):
            matrix[pivot, column] *= scale
        for row in range(pivot + 1, size):
            factor = matrix[pivot, row]
            for column in range(row, size):
                matrix[row, column] -= factor * matrix[pivot, column]


@compiled
def _solve(factor: FloatArray, right: FloatArray) -> None:
    """Overwrite ``right``, shape (n, n_columns), by the solution of U'x = right."""
    for row in range(factor.shape[0]):
        scale = 1.0 / factor[row, row]
        for column in range(right.shape[1]):
            right[row, column] *= scale
        for below in range(row + 1, factor.shape[0]):
            for column in range(right.shape[1]):
                right[below, column] -= factor[row, below] * right[row, column]
