"""The nearest training districts of a point, found exactly."""

import numpy as np

from storage.schema.arrays import FloatArray, IntegerArray
from training.kernels.compiled import compiled
from training.kernels.search_tree import LANES, SearchTree

NOBODY = -1
"""In place of a row to leave out: nobody is left out."""
MOST_WAITING = 8 * LANES
"""Nodes that wait while one is looked at: fewer than 16 for each level of a tree, and no tree has eight."""
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
    first_leaf = tree.boxes.shape[0]
    waiting, gaps = np.empty(MOST_WAITING, np.int64), np.empty(MOST_WAITING)
    squared = np.empty(tree.points.shape[2])
    waiting[0], gaps[0] = 0, 0.0
    count, found = 1, 0
    while count > 0:
        count -= 1
        node = waiting[count]
        # Not >=: a point at the same distance may have the lower row.
        if gaps[count] > distances[last]:
            continue
        if node < first_leaf:
            _measure_boxes(tree.boxes[node], query, squared)
            count = _add_children(tree, node, squared, distances[last], count, waiting, gaps)
        else:
            leaf = node - first_leaf
            _measure_points(tree.points[leaf], query, squared)
            found = _look_at(tree, leaf, squared, excluded, found, distances, rows)
    for position in range(last + 1):
        distances[position] = np.sqrt(distances[position])


@compiled
def _measure_boxes(boxes: FloatArray, query: FloatArray, squared: FloatArray) -> None:
    """Fill the squared distances, shape (16,), from a query to boxes, shape (n_axes, 2, 16)."""
    squared[:] = 0.0
    for axis in range(query.shape[0]):
        own, lower, upper = query[axis], boxes[axis, 0], boxes[axis, 1]
        for lane in range(squared.shape[0]):
            outside = max(lower[lane] - own, own - upper[lane], 0.0)
            squared[lane] += outside * outside


@compiled
def _measure_points(points: FloatArray, query: FloatArray, squared: FloatArray) -> None:
    """Fill the squared distances, shape (16,), from a query to points, shape (n_axes, 16)."""
    squared[:] = 0.0
    for axis in range(query.shape[0]):
        own, others = query[axis], points[axis]
        for lane in range(squared.shape[0]):
            step = others[lane] - own
            squared[lane] += step * step


@compiled
def _add_children(
    tree: SearchTree,
    node: int,
    squared: FloatArray,
    worst: float,
    count: int,
    waiting: IntegerArray,
    gaps: FloatArray,
) -> int:
    """Let the children that are near enough wait, the nearest last; return how many nodes wait then."""
    first, bottom = tree.children[node], count
    for child in range(first, tree.children[node + 1]):
        gap = squared[child - first]
        if gap > worst:
            continue
        position = count
        while position > bottom and gaps[position - 1] < gap:
            gaps[position], waiting[position] = gaps[position - 1], waiting[position - 1]
            position -= 1
        gaps[position], waiting[position] = gap, child
        count += 1
    return count


@compiled
def _look_at(
    tree: SearchTree,
    leaf: int,
    squared: FloatArray,
    excluded: int,
    found: int,
    distances: FloatArray,
    rows: IntegerArray,
) -> int:
    """Put those points of a leaf that belong there into the sorted list of neighbours found so far."""
    last = distances.shape[0] - 1
    start = tree.starts[leaf]
    for point in range(start, tree.starts[leaf + 1]):
        own = squared[point - start]
        if own > distances[last]:
            continue
        row = tree.rows[point]
        if row == excluded:
            continue
        if found <= last:
            _insert(own, row, found, distances, rows)
            found += 1
        elif _precedes(own, row, distances[last], rows[last]):
            _insert(own, row, last, distances, rows)
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
