"""Ordinary kriging of one district's value from its neighbours'."""

from typing import NamedTuple

import numpy as np

from storage.schema.arrays import FloatArray, IntegerArray
from training.features.spatial_correlation import (
    NEWCOMER,
    Correlation,
    change_correlations,
    fill_axes,
    query_correlations,
)
from training.kernels.compiled import compiled

LANES = 16
"""Rows of the matrix are padded to a multiple: whole vector instructions, without what is left over."""
AT_ONCE = 4
"""Rows subtracted in one pass: the loop costs more than the sums in it."""
RIGHT_SIDES = 8
"""So many are solved for in the time of one: it is spent waiting for the row before."""
QUERIES_AT_ONCE = RIGHT_SIDES - 2


class PreparedKriging(NamedTuple):
    """What all queries with the same n neighbours share.

    Attributes
    ----------
    rows
        Shape (n,): the neighbours.
    values
        Shape (n,): their values.
    axes
        Shape (n_axes, 2 n): where they are, see ``fill_axes``.
    correlations
        Shape (n, n), above its diagonal: their correlations, of use to the next neighbours.
    factor
        Shape (n, n padded to whole lanes), upper triangle: the Cholesky factor U of R = U'U.
    solved
        Shape (n, d): room for U'^-1 1, U'^-1 z and a column U'^-1 r for each query.
    """

    rows: IntegerArray
    values: FloatArray
    axes: FloatArray
    correlations: FloatArray
    factor: FloatArray
    solved: FloatArray


@compiled
def room_for_kriging(neighbours: int, axes: int) -> PreparedKriging:
    """Return room for ``prepare_kriging``, where nothing is known yet."""
    width = (neighbours + LANES - 1) // LANES * LANES
    return PreparedKriging(
        rows=np.full(neighbours, NEWCOMER),
        values=np.empty(neighbours),
        axes=np.empty((axes, 2 * neighbours)),
        correlations=np.empty((neighbours, neighbours)),
        factor=np.empty((neighbours, width)),
        solved=np.zeros((neighbours, RIGHT_SIDES)),
    )


@compiled
def prepare_kriging(
    points: FloatArray,
    values: FloatArray,
    rows: IntegerArray,
    correlation: Correlation,
    prepared: PreparedKriging,
) -> None:
    """Do the part of kriging that depends on the neighbours only; fill ``prepared``.

    ``rows`` in ascending order share correlations with those that were prepared before.
    """
    factor, size = prepared.factor, rows.shape[0]
    fill_axes(points, rows, prepared.axes)
    factor[:] = 0.0
    change_correlations(
        prepared.axes, prepared.rows, rows, correlation, prepared.correlations, factor
    )
    prepared.rows[:] = rows
    prepared.correlations[:] = factor[:, :size]
    for row in range(size):
        prepared.values[row] = values[rows[row]]
        factor[row, row] = 1.0 + correlation.nugget
    _factorise(factor)


@compiled
def krige_prepared(
    queries: FloatArray,
    chosen: IntegerArray,
    correlation: Correlation,
    prepared: PreparedKriging,
    answers: FloatArray,
) -> None:
    """Fill ordinary kriging's mean and relative variance into the chosen rows of ``answers``.

    The mean is unbiased for an unknown local level m: with R the neighbours' correlations, r those
    with the query and z the neighbours' values, m = 1'R^-1 z / 1'R^-1 1 and the answer is
    m + r'R^-1 (z - m 1) (Cressie 1993, Statistics for Spatial Data, section 3.2).

    Parameters
    ----------
    queries
        Shape (n_queries, n_axes).
    chosen
        Up to ``QUERIES_AT_ONCE`` of them, which share their neighbours.
    correlation
        The one that ``prepared`` was filled with.
    prepared
        Filled by ``prepare_kriging`` for these neighbours.
    answers
        Shape (n_queries, 2): the mean in the unit of the values, the variance relative to the field's,
        about 0 to 2.
    """
    solved = prepared.solved
    correlations = query_correlations(prepared.axes, queries, chosen, correlation)
    for position in range(solved.shape[0]):
        solved[position, 0] = 1.0
        solved[position, 1] = prepared.values[position]
        for query in range(chosen.shape[0]):
            solved[position, 2 + query] = correlations[query, position]
    _solve(prepared.factor, solved)
    for query in range(chosen.shape[0]):
        mean, variance = _mean_and_variance(solved, 2 + query)
        answers[chosen[query], 0], answers[chosen[query], 1] = mean, variance


@compiled
def _mean_and_variance(solved: FloatArray, column: int) -> tuple[float, float]:
    """Return the answer for the query of one column."""
    one_on_query, one_on_one, one_on_values = 0.0, 0.0, 0.0
    query_on_values, explained = 0.0, 0.0
    for position in range(solved.shape[0]):
        one, value, near = solved[position, 0], solved[position, 1], solved[position, column]
        one_on_query += near * one
        one_on_one += one * one
        one_on_values += one * value
        query_on_values += near * value
        explained += near * near
    level = one_on_values / one_on_one
    mean = query_on_values + level * (1.0 - one_on_query)
    return mean, 1.0 - explained + (1.0 - one_on_query) ** 2 / one_on_one


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
            _subtract_block(matrix, matrix, first, start, begin, end)


@compiled
def _subtract_block(
    factor: FloatArray, matrix: FloatArray, first: int, start: int, begin: int, end: int
) -> None:
    """Subtract four rows, from a column on, from the rows between ``begin`` and ``end``.

    What they are multiplied by is in the same rows of ``factor``.
    """
    one, two = matrix[first, start:], matrix[first + 1, start:]
    three, four = matrix[first + 2, start:], matrix[first + 3, start:]
    for row in range(begin, end):
        own = matrix[row, start:]
        by_one, by_two = factor[first, row], factor[first + 1, row]
        by_three, by_four = factor[first + 2, row], factor[first + 3, row]
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
    """Overwrite each column of ``right``, shape (n, d), by the solution of U'x = column."""
    size = factor.shape[0]
    for first in range(0, size, AT_ONCE):
        behind = min(first + AT_ONCE, size)
        for row in range(first, behind):
            own, scale = right[row], 1.0 / factor[row, row]
            for above in range(first, row):
                _subtract(factor[above, row], right[above], own)
            for column in range(own.shape[0]):
                own[column] *= scale
        if behind < size:
            _subtract_block(factor, right, first, 0, behind, size)
