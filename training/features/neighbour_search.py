"""The nearest training districts of a point, found exactly."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from training.dataset.table import FloatArray
from training.features.compiled import compiled

IntegerArray: TypeAlias = npt.NDArray[np.int64]

NOBODY = -1
"""In place of a row to leave out: nobody is left out."""


@compiled
def find_nearest(
    points: FloatArray, query: FloatArray, excluded: int, distances: FloatArray, rows: IntegerArray
) -> None:
    """Find the nearest points of one query, exactly, by sweeping along the first axis.

    Parameters
    ----------
    points
        Shape (n_points, n_axes), ascending on the first axis.
    query
        Shape (n_axes,).
    excluded
        Row of ``points`` to leave out, or ``NOBODY``.
    distances, rows
        Shape (n_neighbours,), filled: ascending distances and their rows, equal distances by row. There
        must be as many points.
    """
    n_points = points.shape[0]
    last = distances.shape[0] - 1
    distances[:] = np.inf
    rows[:] = n_points
    right = np.searchsorted(points[:, 0], query[0])
    left = right - 1
    while True:
        gap_left = query[0] - points[left, 0] if left >= 0 else np.inf
        gap_right = points[right, 0] - query[0] if right < n_points else np.inf
        gap = min(gap_left, gap_right)
        if gap == np.inf or gap * gap > distances[last]:
            break
        if gap_left <= gap_right:
            row = left
            left -= 1
        else:
            row = right
            right += 1
        if row != excluded:
            _insert(points, query, row, distances, rows)
    for position in range(last + 1):
        distances[position] = np.sqrt(distances[position])


@compiled
def _insert(
    points: FloatArray, query: FloatArray, row: int, distances: FloatArray, rows: IntegerArray
) -> None:
    """Put one row into the sorted list of neighbours, distances still squared, if it belongs there."""
    position = distances.shape[0] - 1
    worst = distances[position]
    squared = 0.0
    for axis in range(query.shape[0]):
        step = points[row, axis] - query[axis]
        squared += step * step
        if squared > worst:
            return
    if squared == worst and row > rows[position]:
        return
    while position > 0 and (
        squared < distances[position - 1]
        or (squared == distances[position - 1] and row < rows[position - 1])
    ):
        distances[position] = distances[position - 1]
        rows[position] = rows[position - 1]
        position -= 1
    distances[position] = squared
    rows[position] = row


@compiled
def nearest_distances(
    points: FloatArray, queries: FloatArray, excluded: IntegerArray, distances: FloatArray
) -> None:
    """Fill ``distances``, shape (n_queries, n_neighbours), for queries of shape (n_queries, n_axes)."""
    rows = np.empty(distances.shape[1], np.int64)
    for row in range(queries.shape[0]):
        find_nearest(points, queries[row], excluded[row], distances[row], rows)
