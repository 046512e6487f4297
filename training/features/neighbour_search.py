"""The nearest training districts of a point, found exactly."""

import numpy as np

from training.dataset.table import FloatArray
from training.features.compiled import compiled
from training.features.search_tree import IntegerArray, SearchTree

NOBODY = -1
"""In place of a row to leave out: nobody is left out."""
DEEPEST = 64
"""Nodes that wait while one is looked at: one for each level of a tree, and no tree has more."""
ROUNDING = 1.0 + 1e-12
"""A limit may be rounded otherwise than the distance that it limits, and the last neighbour must be found."""


@compiled
def find_nearest(
    tree: SearchTree,
    query: FloatArray,
    excluded: int,
    distances: FloatArray,
    rows: IntegerArray,
    limit: float = np.inf,
) -> None:
    """Find the nearest points of one query, exactly.

    Parameters
    ----------
    tree
        Of the points.
    query
        Shape (n_axes,).
    excluded
        Row to leave out, or ``NOBODY``.
    distances, rows
        Shape (n_neighbours,), filled: ascending distances and their rows, equal distances by row. There
        must be as many points.
    limit
        Squared distance within which there are known to be as many; knowing it saves most of the search.
    """
    last = distances.shape[0] - 1
    distances[:] = limit * ROUNDING
    first_leaf = tree.starts.shape[0] - 2
    waiting, gaps = np.empty(DEEPEST, np.int64), np.empty(DEEPEST)
    waiting[0], gaps[0] = 0, 0.0
    count, found = 1, 0
    while count > 0:
        count -= 1
        node = waiting[count]
        # Not >=: a point at the same distance may have the lower row.
        if gaps[count] > distances[last]:
            continue
        if node >= first_leaf:
            found = _look_at(tree, node - first_leaf, query, excluded, found, distances, rows)
            continue
        near, far = 2 * node + 1, 2 * node + 2
        near_gap, far_gap = _gap(tree, near, query), _gap(tree, far, query)
        if far_gap < near_gap:
            near, far, near_gap, far_gap = far, near, far_gap, near_gap
        waiting[count], gaps[count] = far, far_gap
        waiting[count + 1], gaps[count + 1] = near, near_gap
        count += 2
    for position in range(last + 1):
        distances[position] = np.sqrt(distances[position])


@compiled
def _gap(tree: SearchTree, node: int, query: FloatArray) -> float:
    """Return the squared distance from a query to the box of a node."""
    squared = 0.0
    for axis in range(query.shape[0]):
        outside = max(
            tree.lower[node, axis] - query[axis], query[axis] - tree.upper[node, axis], 0.0
        )
        squared += outside * outside
    return squared


@compiled
def _look_at(
    tree: SearchTree,
    leaf: int,
    query: FloatArray,
    excluded: int,
    found: int,
    distances: FloatArray,
    rows: IntegerArray,
) -> int:
    """Put those points of a leaf that belong there into the sorted list of neighbours found so far."""
    places = distances.shape[0]
    for point in range(tree.starts[leaf], tree.starts[leaf + 1]):
        worst = distances[places - 1]
        squared = 0.0
        for axis in range(query.shape[0]):
            step = tree.points[point, axis] - query[axis]
            squared += step * step
            if squared > worst:
                break
        row = tree.rows[point]
        if squared > worst or row == excluded:
            continue
        if found < places:
            _insert(squared, row, found, distances, rows)
            found += 1
        elif _precedes(squared, row, distances[places - 1], rows[places - 1]):
            _insert(squared, row, places - 1, distances, rows)
    return found


@compiled
def _insert(
    squared: float, row: int, position: int, distances: FloatArray, rows: IntegerArray
) -> None:
    """Put one row where it belongs in the sorted list, whose place ``position`` may be overwritten."""
    while position > 0 and _precedes(squared, row, distances[position - 1], rows[position - 1]):
        distances[position] = distances[position - 1]
        rows[position] = rows[position - 1]
        position -= 1
    distances[position] = squared
    rows[position] = row


@compiled
def _precedes(squared: float, row: int, other_squared: float, other_row: int) -> bool:
    return squared < other_squared or (squared == other_squared and row < other_row)


@compiled
def farthest_squared(points: FloatArray, query: FloatArray, rows: IntegerArray) -> float:
    """Return the squared distance from a query to the farthest of some points: a limit for a search."""
    farthest = 0.0
    for row in rows:
        squared = 0.0
        for axis in range(query.shape[0]):
            step = points[row, axis] - query[axis]
            squared += step * step
        farthest = max(farthest, squared)
    return farthest


@compiled
def nearest_distances(
    tree: SearchTree, queries: FloatArray, excluded: IntegerArray, distances: FloatArray
) -> None:
    """Fill ``distances``, shape (n_queries, n_neighbours), for queries of shape (n_queries, n_axes)."""
    rows = np.empty(distances.shape[1], np.int64)
    for row in range(queries.shape[0]):
        find_nearest(tree, queries[row], excluded[row], distances[row], rows)
