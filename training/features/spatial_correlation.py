"""How alike the prices of two districts are expected to be, by what lies between them."""

from typing import NamedTuple

import numpy as np

from storage.schema.arrays import FloatArray, IntegerArray
from training.kernels.compiled import compiled
from training.kernels.exponential import negative_exponentials

PLACE_AXES = 2
"""The first axes of a point are its place, the others what the district is like."""
MOST_NEWCOMERS = 10
"""With more of them, working out every pair anew is quicker than copying."""
NEWCOMER = -1


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
def fill_axes(points: FloatArray, rows: IntegerArray, axes: FloatArray) -> None:
    """Fill ``axes``, shape (n_axes, 2 n), by n of the points, shape (n_training, n_axes), twice each."""
    size = rows.shape[0]
    for position in range(size):
        for axis in range(points.shape[1]):
            axes[axis, position] = points[rows[position], axis]
            axes[axis, size + position] = points[rows[position], axis]


@compiled
def change_correlations(
    axes: FloatArray,
    old_rows: IntegerArray,
    rows: IntegerArray,
    correlation: Correlation,
    old_matrix: FloatArray,
    matrix: FloatArray,
) -> None:
    """Fill a matrix by the correlations of n points' values, without their noise; copy what is known.

    Parameters
    ----------
    axes
        Shape (n_axes, 2 n), see ``fill_axes``.
    old_rows, rows
        Shape (n,): the points of ``old_matrix`` (``NEWCOMER`` where there are none) and of ``matrix``. Both
        are in ascending order, and then so are the pairs that both have.
    correlation
        See ``Correlation``.
    old_matrix, matrix
        Shape (n, at least n), known and filled above the diagonal.
    """
    old_places = _places_of(rows, old_rows)
    newcomers = np.flatnonzero(old_places == NEWCOMER)
    if newcomers.shape[0] > MOST_NEWCOMERS:
        _fill_pairs(_pair_correlations(axes, correlation), matrix)
        return
    for one in range(rows.shape[0]):
        for other in range(one + 1, rows.shape[0]):
            # What a newcomer has in common with the others overwrites this.
            matrix[one, other] = old_matrix[old_places[one], old_places[other]]
    near = query_correlations(axes, axes.T, newcomers, correlation)
    for position in range(newcomers.shape[0]):
        newcomer = newcomers[position]
        matrix[:newcomer, newcomer] = near[position, :newcomer]
        matrix[newcomer, newcomer + 1 : rows.shape[0]] = near[position, newcomer + 1 :]


@compiled
def query_correlations(
    axes: FloatArray, queries: FloatArray, chosen: IntegerArray, correlation: Correlation
) -> FloatArray:
    """Return the correlations of n points, see ``fill_axes``, with some queries, shape (n_chosen, n).

    ``chosen`` are the rows of ``queries``, shape (n_queries, n_axes), that are meant.
    """
    size, many = axes.shape[1] // 2, chosen.shape[0]
    squares = np.zeros((2, many * size))
    for query in range(many):
        for axis in range(axes.shape[0]):
            of_query = squares[int(axis >= PLACE_AXES), query * size : (query + 1) * size]
            _add_squares_from(queries[chosen[query], axis], axes[axis, :size], of_query)
    correlations: FloatArray = _correlations(squares, correlation).reshape((many, size))
    return correlations


@compiled
def _places_of(rows: IntegerArray, among: IntegerArray) -> IntegerArray:
    """Return where each of some rows is among others, shape (n,), or ``NEWCOMER``; both ascending."""
    places = np.full(rows.shape[0], NEWCOMER)
    place = 0
    for position in range(rows.shape[0]):
        while place < among.shape[0] and among[place] < rows[position]:
            place += 1
        if place < among.shape[0] and among[place] == rows[position]:
            places[position] = place
    return places


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
def _add_squares_from(one: float, others: FloatArray, squares: FloatArray) -> None:
    for position in range(squares.shape[0]):
        step = others[position] - one
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
