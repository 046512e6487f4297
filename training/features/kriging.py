"""Ordinary kriging of one district's value from its neighbours'."""

from typing import NamedTuple

import numpy as np

from training.dataset.table import FloatArray
from training.features.compiled import compiled
from training.features.exponential import negative_exponentials
from training.features.search_tree import IntegerArray

PLACE_AXES = 2
"""The first axes of a point are its place, the others what the district is like."""
LANES = 16
"""Rows of the matrix are padded to a multiple: whole vector instructions, without what is left over."""
AT_ONCE = 4
"""Rows subtracted in one pass: the loop costs more than the sums in it."""


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
    factor, solved = kriging_workspace(rows.shape[0])
    prepare_kriging(points, values, rows, correlation, factor, solved)
    return krige_prepared(points, query, rows, correlation, factor, solved)


@compiled
def kriging_workspace(neighbours: int) -> tuple[FloatArray, FloatArray]:
    """Return room for ``prepare_kriging``: shapes (n_neighbours, width) and (2, width)."""
    width = (neighbours + LANES - 1) // LANES * LANES
    return np.empty((neighbours, width)), np.empty((2, width))


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

    Fills the upper triangle of ``factor``, from ``kriging_workspace``, by the Cholesky factor U of R = U'U,
    and ``solved`` by U'^-1 1 and U'^-1 z, zeros behind them.
    """
    size = rows.shape[0]
    factor[:] = 0.0
    _fill_pairs(_pair_correlations(_axes(points, rows), correlation), factor)
    for row in range(size):
        factor[row, row] = 1.0 + correlation.nugget
    _factorise(factor)
    solved[:] = 0.0
    for position in range(size):
        solved[0, position] = 1.0
        solved[1, position] = values[rows[position]]
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
    toward = np.zeros(factor.shape[1])
    toward[: rows.shape[0]] = _query_correlations(points, query, rows, correlation)
    _solve(factor, toward)
    one_on_query, one_on_one, one_on_values = 0.0, 0.0, 0.0
    query_on_values, explained = 0.0, 0.0
    for position in range(rows.shape[0]):
        one, value, near = solved[0, position], solved[1, position], toward[position]
        one_on_query += near * one
        one_on_one += one * one
        one_on_values += one * value
        query_on_values += near * value
        explained += near * near
    level = one_on_values / one_on_one
    mean = query_on_values + level * (1.0 - one_on_query)
    return mean, 1.0 - explained + (1.0 - one_on_query) ** 2 / one_on_one


@compiled
def _axes(points: FloatArray, rows: IntegerArray) -> FloatArray:
    """Return some points axis by axis, twice each: shape (n_axes, 2 n_neighbours)."""
    size = rows.shape[0]
    axes = np.empty((points.shape[1], 2 * size))
    for position in range(size):
        for axis in range(points.shape[1]):
            axes[axis, position] = points[rows[position], axis]
            axes[axis, size + position] = points[rows[position], axis]
    return axes


@compiled
def _query_correlations(
    points: FloatArray, query: FloatArray, rows: IntegerArray, correlation: Correlation
) -> FloatArray:
    """Return the correlations of some points with the query, shape (n_neighbours,)."""
    squares = np.zeros((2, rows.shape[0]))
    for position in range(rows.shape[0]):
        for axis in range(query.shape[0]):
            step = points[rows[position], axis] - query[axis]
            squares[int(axis >= PLACE_AXES), position] += step * step
    return _correlations(squares, correlation)


@compiled
def _pair_correlations(axes: FloatArray, correlation: Correlation) -> FloatArray:
    """Return the correlations of all pairs of n points given twice, shape (n // 2, n).

    Row d holds those of each point with the one d + 1 places behind it, in a circle: equally long rows, so
    that whole vectors are worked on.
    """
    size = axes.shape[1] // 2
    turns = size // 2
    squares = np.zeros((2, turns * size))
    for turn in range(turns):
        for axis in range(axes.shape[0]):
            behind = axes[axis, turn + 1 : turn + 1 + size]
            of_turn = squares[int(axis >= PLACE_AXES), turn * size : (turn + 1) * size]
            _add_squares(axes[axis, :size], behind, of_turn)
    pairs: FloatArray = _correlations(squares, correlation).reshape((turns, size))
    return pairs


@compiled
def _add_squares(one: FloatArray, other: FloatArray, squares: FloatArray) -> None:
    for position in range(squares.shape[0]):
        step = other[position] - one[position]
        squares[position] += step * step


@compiled
def _correlations(squares: FloatArray, correlation: Correlation) -> FloatArray:
    """Return correlations, shape (n,), from squared distances by place and by likeness, shape (2, n)."""
    size = squares.shape[1]
    parts = np.empty((3, size))
    for position in range(size):
        place, likeness = squares[0, position], squares[1, position]
        parts[0, position] = np.sqrt(place) * correlation.place_scale
        parts[1, position] = np.sqrt(likeness) * correlation.likeness_scale
        parts[2, position] = np.sqrt(place + likeness)
    negative_exponentials(parts.reshape(3 * size))
    both_share = 1.0 - correlation.place_share - correlation.likeness_share
    for position in range(size):
        apart = correlation.place_share * parts[0, position]
        apart += correlation.likeness_share * parts[1, position]
        parts[2, position] = both_share * parts[2, position] + apart
    correlations: FloatArray = parts[2]
    return correlations


@compiled
def _fill_pairs(pairs: FloatArray, matrix: FloatArray) -> None:
    """Put the pairs of ``_pair_correlations`` into the upper triangle."""
    turns, size = pairs.shape
    for turn in range(turns):
        for one in range(size):
            other = one + turn + 1
            if other < size:
                matrix[one, other] = pairs[turn, one]
            else:
                matrix[other - size, one] = pairs[turn, one]


@compiled
def _factorise(matrix: FloatArray) -> None:
    """Overwrite the upper triangle, padded to whole lanes, by its Cholesky factor U, matrix = U'U.

    Row by row outwards, and each element's sum in the order of the rows: the inner loop adds up nothing, so
    that vector instructions leave every sum as it is.
    """
    size = matrix.shape[0]
    for first in range(0, size, AT_ONCE):
        behind = min(first + AT_ONCE, size)
        for pivot in range(first, behind):
            own = matrix[pivot, pivot // LANES * LANES :]
            for above in range(first, pivot):
                _subtract(matrix[above, pivot], matrix[above, pivot // LANES * LANES :], own)
            scale = 1.0 / np.sqrt(matrix[pivot, pivot])
            for column in range(own.shape[0]):
                own[column] *= scale
        for start in range(behind // LANES * LANES, size, LANES):
            begin, end = max(behind, start), min(start + LANES, size)
            _subtract_block(matrix, first, start, begin, end)


@compiled
def _subtract_block(matrix: FloatArray, first: int, start: int, begin: int, end: int) -> None:
    """Subtract four rows, from a column on, from the rows between ``begin`` and ``end``."""
    one, two = matrix[first, start:], matrix[first + 1, start:]
    three, four = matrix[first + 2, start:], matrix[first + 3, start:]
    for row in range(begin, end):
        own = matrix[row, start:]
        by_one, by_two = matrix[first, row], matrix[first + 1, row]
        by_three, by_four = matrix[first + 2, row], matrix[first + 3, row]
        for column in range(own.shape[0]):
            value = own[column] - by_one * one[column]
            value -= by_two * two[column]
            value -= by_three * three[column]
            own[column] = value - by_four * four[column]


@compiled
def _subtract(factor: float, other: FloatArray, own: FloatArray) -> None:
    for column in range(own.shape[0]):
        own[column] -= factor * other[column]


@compiled
def _solve(factor: FloatArray, right: FloatArray) -> None:
    """Overwrite ``right``, shape (width,), by the solution of U'x = right."""
    size = factor.shape[0]
    for first in range(0, size, AT_ONCE):
        behind = min(first + AT_ONCE, size)
        for row in range(first, behind):
            right[row] *= 1.0 / factor[row, row]
            for later in range(row + 1, behind):
                right[later] -= factor[row, later] * right[row]
        if behind < size:
            one, two = factor[first, behind:], factor[first + 1, behind:]
            three, four = factor[first + 2, behind:], factor[first + 3, behind:]
            below = right[behind:]
            for position in range(below.shape[0]):
                value = below[position] - one[position] * right[first]
                value -= two[position] * right[first + 1]
                value -= three[position] * right[first + 2]
                below[position] = value - four[position] * right[first + 3]
