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
    factor, solved = np.empty((rows.shape[0], rows.shape[0])), np.empty((2, rows.shape[0]))
    prepare_kriging(points, values, rows, correlation, factor, solved)
    return krige_prepared(points, query, rows, correlation, factor, solved)


@compiled
def prepare_kriging(
    points: FloatArray,
    values: FloatArray,
    rows: IntegerArray,
    correlation: Correlation,
    factor: FloatArray,
    solved: FloatArray,
) -> None:
    """Do the part of kriging that depends on the neighbours only, for all queries that share them.

    Fills the upper triangle of ``factor``, shape (n_neighbours, n_neighbours), by the Cholesky factor U of
    R = U'U, and ``solved``, shape (2, n_neighbours), by U'^-1 1 and U'^-1 z.
    """
    size = rows.shape[0]
    pairs = _pair_correlations(_axes(points, rows), correlation)
    pair = 0
    for row in range(size):
        factor[row, row] = 1.0 + correlation.nugget
        factor[row, row + 1 :] = pairs[pair : pair + size - 1 - row]
        pair += size - 1 - row
    _factorise(factor)
    solved[0] = 1.0
    solved[1] = values[rows]
    _solve(factor, solved[0])
    _solve(factor, solved[1])


@compiled
def krige_prepared(
    points: FloatArray,
    query: FloatArray,
    rows: IntegerArray,
    correlation: Correlation,
    factor: FloatArray,
    solved: FloatArray,
) -> tuple[float, float]:
    """Return mean and variance like ``krige``, from what ``prepare_kriging`` filled for the same rows."""
    toward = _query_correlations(points, query, rows, correlation)
    _solve(factor, toward)
    ones, observed = solved[0], solved[1]
    one_on_query = np.sum(toward * ones)
    one_on_one = np.sum(ones * ones)
    level = np.sum(ones * observed) / one_on_one
    mean = np.sum(toward * observed) + level * (1.0 - one_on_query)
    explained = np.sum(toward * toward)
    return mean, 1.0 - explained + (1.0 - one_on_query) ** 2 / one_on_one


@compiled
def _axes(points: FloatArray, rows: IntegerArray) -> FloatArray:
    """Return some points axis by axis: shape (n_axes, n_neighbours)."""
    axes = np.empty((points.shape[1], rows.shape[0]))
    for axis in range(points.shape[1]):
        for position in range(rows.shape[0]):
            axes[axis, position] = points[rows[position], axis]
    return axes


@compiled
def _query_correlations(
    points: FloatArray, query: FloatArray, rows: IntegerArray, correlation: Correlation
) -> FloatArray:
    """Return the correlations of some points with the query, shape (n_neighbours,)."""
    place, likeness = np.zeros(rows.shape[0]), np.zeros(rows.shape[0])
    for position in range(rows.shape[0]):
        for axis in range(query.shape[0]):
            step = points[rows[position], axis] - query[axis]
            if axis < PLACE_AXES:
                place[position] += step * step
            else:
                likeness[position] += step * step
    return _correlations(place, likeness, correlation)


@compiled
def _pair_correlations(axes: FloatArray, correlation: Correlation) -> FloatArray:
    """Return the correlations of all pairs of columns of ``axes``, by the earlier one."""
    place, likeness = _pair_squares(axes[:PLACE_AXES]), _pair_squares(axes[PLACE_AXES:])
    return _correlations(place, likeness, correlation)


@compiled
def _correlations(place: FloatArray, likeness: FloatArray, correlation: Correlation) -> FloatArray:
    """Return correlations from squared distances by place and by likeness, all of shape (n,)."""
    both: FloatArray = np.sqrt(place + likeness)
    by_place, by_likeness = np.sqrt(place), np.sqrt(likeness)
    by_place *= correlation.place_scale
    by_likeness *= correlation.likeness_scale
    negative_exponentials(by_place)
    negative_exponentials(by_likeness)
    negative_exponentials(both)
    both *= 1.0 - correlation.place_share - correlation.likeness_share
    both += correlation.place_share * by_place + correlation.likeness_share * by_likeness
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
    """Overwrite ``right``, shape (n,), by the solution of U'x = right."""
    for row in range(factor.shape[0]):
        right[row] *= 1.0 / factor[row, row]
        solution = right[row]
        for below in range(row + 1, factor.shape[0]):
            right[below] -= factor[row, below] * solution
