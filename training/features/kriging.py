"""Ordinary kriging of one district's value from its neighbours'."""

from typing import NamedTuple

import numpy as np

from training.dataset.table import FloatArray
from training.features.compiled import compiled
from training.features.exponential import negative_exponentials
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
    _fill_correlations(points, query, rows, correlation, matrix, right[:, 0])
    right[:, 1] = 1.0
    right[:, 2] = values[rows]
    _factorise(matrix)
    _solve(matrix, right)
    one_on_query = np.sum(right[:, 0] * right[:, 1])
    one_on_one = np.sum(right[:, 1] * right[:, 1])
    level = np.sum(right[:, 1] * right[:, 2]) / one_on_one
    mean = np.sum(right[:, 0] * right[:, 2]) + level * (1.0 - one_on_query)
    explained = np.sum(right[:, 0] * right[:, 0])
    return mean, 1.0 - explained + (1.0 - one_on_query) ** 2 / one_on_one


@compiled
def _fill_correlations(
    points: FloatArray,
    query: FloatArray,
    rows: IntegerArray,
    correlation: Correlation,
    matrix: FloatArray,
    toward_query: FloatArray,
) -> None:
    """Fill the upper triangle of the neighbours' correlations, and those with the query."""
    size = rows.shape[0]
    pairs = _pair_correlations(_axes(points, query, rows), correlation)
    pair = 0
    for row in range(size):
        matrix[row, row] = 1.0 + correlation.nugget
        for column in range(row + 1, size):
            matrix[row, column] = pairs[pair]
            pair += 1
        toward_query[row] = pairs[pair]
        pair += 1


@compiled
def _axes(points: FloatArray, query: FloatArray, rows: IntegerArray) -> FloatArray:
    """Return neighbours and, last, the query, axis by axis: shape (n_axes, n_neighbours + 1)."""
    axes = np.empty((query.shape[0], rows.shape[0] + 1))
    for axis in range(query.shape[0]):
        for position in range(rows.shape[0]):
            axes[axis, position] = points[rows[position], axis]
        axes[axis, rows.shape[0]] = query[axis]
    return axes


@compiled
def _pair_correlations(axes: FloatArray, correlation: Correlation) -> FloatArray:
    """Return the correlations of all pairs of columns of ``axes``, by the earlier one."""
    place = np.sqrt(_pair_squares(axes[:PLACE_AXES]))
    likeness = np.sqrt(_pair_squares(axes[PLACE_AXES:]))
    both: FloatArray = np.sqrt(place * place + likeness * likeness)
    place *= correlation.place_scale
    likeness *= correlation.likeness_scale
    negative_exponentials(place)
    negative_exponentials(likeness)
    negative_exponentials(both)
    both *= 1.0 - correlation.place_share - correlation.likeness_share
    both += correlation.place_share * place + correlation.likeness_share * likeness
    return both


@compiled
def _pair_squares(axes: FloatArray) -> FloatArray:
    """Return the squared distances of all pairs of columns of ``axes``, by the earlier one."""
    size = axes.shape[1]
    squares = np.zeros(size * (size - 1) // 2)
    start = 0
    for row in range(size - 1):
        of_row = squares[start : start + size - 1 - row]
        for axis in range(axes.shape[0]):
            own = axes[axis, row]
            others = axes[axis, row + 1 :]
            for position in range(of_row.shape[0]):
                step = others[position] - own
                of_row[position] += step * step
        start += of_row.shape[0]
    return squares


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
