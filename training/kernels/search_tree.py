"""Points in nested boxes, made once and searched often."""

from typing import NamedTuple

import numpy as np

from storage.schema.arrays import FloatArray, IntegerArray
from training.kernels.compiled import compiled

LANES = 16
"""So many points of a leaf, or boxes of a node, are looked at together, in vector instructions."""
SPREAD_SAMPLE = 128
"""About so many points of a node tell on which axis it spreads most."""


class SearchTree(NamedTuple):
    """Points in boxes, each of which holds up to 16 smaller ones (a k-d tree; Bentley 1975).

    Nodes are numbered level by level from the root, 0; the nodes of the last level are the leaves.

    Attributes
    ----------
    points
        Shape (n_leaves, n_axes, 16): each leaf's points axis by axis, zeros behind them.
    rows
        Shape (n_points,), leaf by leaf: which point each of them was when the tree was made.
    starts
        Shape (n_leaves + 1,): leaf j has ``rows[starts[j]]`` to ``rows[starts[j + 1]]``.
    boxes
        Shape (n_inner, n_axes, 2, 16): lower and upper bounds of the smallest boxes around the points of
        each child of an inner node, zeros behind them.
    children
        Shape (n_inner + 1,): the children of node i are ``children[i]`` to ``children[i + 1]``.
    """

    points: FloatArray
    rows: IntegerArray
    starts: IntegerArray
    boxes: FloatArray
    children: IntegerArray


def search_tree(points: FloatArray) -> SearchTree:
    """Return the tree of points, shape (n_points, n_axes), halved again and again at the widest axis."""
    rows, starts = np.arange(len(points)), np.array([0, len(points)])
    while (len(starts) - 1) * LANES < len(points):
        _halve(points, rows, starts)
        starts = np.sort(np.concatenate([starts, (starts[:-1] + starts[1:]) // 2]))
    boxes, families = _inner_nodes(points[rows], starts)
    return SearchTree(
        points=_leaf_by_leaf(points[rows], starts),
        rows=rows,
        starts=starts,
        boxes=boxes,
        children=np.cumsum([1, *families]),
    )


@compiled
def _halve(points: FloatArray, rows: IntegerArray, starts: IntegerArray) -> None:
    """Put each node's lower half, on its widest axis, before its upper; nodes begin at ``starts``.

    Compiled, so that a service that loads a model beside its answers keeps none of them waiting meanwhile.
    """
    for node in range(starts.shape[0] - 1):
        of_node = rows[starts[node] : starts[node + 1]]
        axis = _widest_axis(points, of_node[:: max(1, of_node.shape[0] // SPREAD_SAMPLE)])
        values = np.empty(of_node.shape[0])
        for position in range(of_node.shape[0]):
            values[position] = points[of_node[position], axis]
        of_node[:] = of_node[np.argpartition(values, of_node.shape[0] // 2)]


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


def _leaf_by_leaf(points: FloatArray, starts: IntegerArray) -> FloatArray:
    leaves = np.zeros((len(starts) - 1, points.shape[1], LANES))
    sizes = np.diff(starts)
    leaf = np.repeat(np.arange(len(sizes)), sizes)
    leaves[leaf, :, np.arange(len(points)) - starts[leaf]] = points
    return leaves


def _inner_nodes(points: FloatArray, starts: IntegerArray) -> tuple[FloatArray, list[int]]:
    """Return the boxes of the inner nodes' children, and how many children each has, from the root on."""
    boxes, families = [np.empty((0, points.shape[1], 2, LANES))], []
    while len(starts) > 2:
        # The numbers of leaves are powers of two.
        family = min(LANES, len(starts) - 1)
        bounds = np.stack(_boxes(points, starts), axis=-1).reshape(-1, family, points.shape[1], 2)
        level = np.zeros((len(bounds), points.shape[1], 2, LANES))
        level[..., :family] = np.moveaxis(bounds, 1, -1)
        boxes.append(level)
        families.append([family] * len(bounds))
        starts = starts[::family]
    return np.concatenate(boxes[::-1]), [size for level in families[::-1] for size in level]


def _boxes(points: FloatArray, starts: IntegerArray) -> tuple[FloatArray, FloatArray]:
    """Return the smallest boxes around the points of each node of one level."""
    return np.minimum.reduceat(points, starts[:-1]), np.maximum.reduceat(points, starts[:-1])
