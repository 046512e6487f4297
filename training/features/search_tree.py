"""Points in nested boxes, made once and searched often."""

from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from training.dataset.table import FloatArray
from training.features.compiled import compiled

IntegerArray: TypeAlias = npt.NDArray[np.int64]

LEAF_POINTS = 16
"""About so many points are looked at together."""


class SearchTree(NamedTuple):
    """Points in boxes, each of which holds two smaller ones (a k-d tree; Bentley 1975).

    Node i holds the nodes 2 i + 1 and 2 i + 2; the nodes of the last level are the leaves.

    Attributes
    ----------
    points
        Shape (n_points, n_axes), leaf by leaf.
    rows
        Shape (n_points,): which point each of them was when the tree was made.
    lower, upper
        Shape (n_nodes, n_axes): the smallest box around a node's points.
    starts
        Shape (n_leaves + 1,): leaf j has the points ``starts[j]`` to ``starts[j + 1]``.
    """

    points: FloatArray
    rows: IntegerArray
    lower: FloatArray
    upper: FloatArray
    starts: IntegerArray


def search_tree(points: FloatArray) -> SearchTree:
    """Return the tree of points, shape (n_points, n_axes), halved again and again at the widest axis."""
    rows, levels = np.arange(len(points)), [np.array([0, len(points)])]
    while (len(levels[-1]) - 1) * LEAF_POINTS < len(points):
        _halve(points, rows, levels[-1])
        starts = levels[-1]
        levels.append(np.sort(np.concatenate([starts, (starts[:-1] + starts[1:]) // 2])))
    ordered = points[rows]
    boxes = [_boxes(ordered, starts) for starts in levels]
    lower, upper = (np.concatenate(bounds) for bounds in zip(*boxes, strict=True))
    return SearchTree(ordered, rows, lower, upper, levels[-1])


@compiled
def _halve(points: FloatArray, rows: IntegerArray, starts: IntegerArray) -> None:
    """Put the rows of each node, from one of ``starts`` to the next, into the order of its widest axis.

    Compiled, so that a service that loads a model beside its answers keeps none of them waiting meanwhile.
    """
    for node in range(starts.shape[0] - 1):
        of_node = rows[starts[node] : starts[node + 1]]
        axis = _widest_axis(points, of_node)
        values = np.empty(of_node.shape[0])
        for position in range(of_node.shape[0]):
            values[position] = points[of_node[position], axis]
        of_node[:] = of_node[np.argsort(values, kind="mergesort")]


@compiled
def _widest_axis(points: FloatArray, rows: IntegerArray) -> int:
    """Return on which axis some points spread most, on average: not by its one outlier."""
    widest, largest = 0, -1.0
    for axis in range(points.shape[1]):
        mean, spread = 0.0, 0.0
        for row in rows:
            mean += points[row, axis] / rows.shape[0]
        for row in rows:
            spread += abs(points[row, axis] - mean)
        if spread > largest:
            widest, largest = axis, spread
    return widest


def _boxes(points: FloatArray, starts: IntegerArray) -> tuple[FloatArray, FloatArray]:
    """Return the smallest boxes around the points of each node of one level."""
    return np.minimum.reduceat(points, starts[:-1]), np.maximum.reduceat(points, starts[:-1])
