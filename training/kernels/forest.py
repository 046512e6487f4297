"""Boosted trees as arrays: the same answers as scikit-learn's to the last bit, much sooner."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

from storage.schema.arrays import FloatArray
from training.kernels.compiled import compiled
from training.kernels.forest_arrays import ONE, ForestArrays, sum_trees

MOST_LEAVES = 64
"""A tree's set of leaves is one word of the processor."""

WALKED = ("is_leaf", "left", "right", "value")
"""Fields of scikit-learn's nodes that tell where a row ends."""

Model: TypeAlias = HistGradientBoostingRegressor | HistGradientBoostingClassifier


class FlatForest:
    """Fitted histogram gradient boosting models of one output each, on the same columns, as arrays.

    scikit-learn's own ``predict`` takes 0.7 to 1.3 ms for one row, most of it not in the trees, and waits
    for threads that the request path does not have. Leaves are added up in scikit-learn's order.

    Parameters
    ----------
    models
        Fitted, without categorical columns, trees of at most 64 leaves. With another link than the identity
        (squared, quantile loss) the answers are what the link makes of it: log-odds of a classifier, the
        logarithm under Poisson loss.
    columns
        Positions, in the features that ``predict`` will get, of the columns that the models were fitted on;
        None: all of them, in order.
    """

    def __init__(self, models: Sequence[Model], columns: Sequence[int] | None = None) -> None:
        # scikit-learn has no public way to read these trees; the version is pinned, and a test compares
        # with its predict.
        trees = [tree.nodes for model in models for (tree,) in model._predictors]
        own_columns = range(models[0].n_features_in_) if columns is None else columns
        self.arrays = _arrays(
            trees,
            columns=np.array(own_columns, np.int64),
            ends=np.cumsum([len(model._predictors) for model in models]),
            baselines=np.array(
                [float(np.ravel(model._baseline_prediction)[0]) for model in models]
            ),
        )

    def predict(self, features: FloatArray) -> FloatArray:
        """Return the sum of each model's trees, shape (n, n_models), for finite features (n, n_features)."""
        sums = np.empty((len(features), len(self.arrays.ends)))
        sum_trees(np.ascontiguousarray(features, dtype=np.float64), self.arrays, sums)
        return sums


def can_be_flat(model: Any) -> bool:
    """Whether a fitted regressor is one that a ``FlatForest`` takes."""
    if not isinstance(model, HistGradientBoostingRegressor):
        return False
    return bool(max(tree.get_n_leaf_nodes() for (tree,) in model._predictors) <= MOST_LEAVES)


def _arrays(
    trees: Sequence[npt.NDArray[Any]],
    columns: npt.NDArray[np.int64],
    ends: npt.NDArray[np.int64],
    baselines: FloatArray,
) -> ForestArrays:
    most_leaves = max(int(tree["is_leaf"].sum()) for tree in trees)
    values, left_leaves = _leaves(trees, most_leaves)
    # By names: putting whole nodes together keeps the interpreter to itself for longer than an answer takes.
    are_leaves, asks, thresholds = (
        np.concatenate([tree[name] for tree in trees])
        for name in ("is_leaf", "feature_idx", "num_threshold")
    )
    order = np.lexsort((thresholds, asks))
    order = order[are_leaves[order] == 0]
    asked, firsts = np.unique(asks[order], return_index=True)
    return ForestArrays(
        columns=columns[asked],
        starts=np.append(firsts, len(order)).astype(np.int64),
        thresholds=thresholds[order].astype(np.float64),
        trees=np.repeat(np.arange(len(trees), dtype=np.uint32), [len(tree) for tree in trees])[
            order
        ],
        kept=np.invert(left_leaves[order]),
        values=values,
        ends=ends.astype(np.int64),
        baselines=baselines,
    )


def _leaves(
    trees: Sequence[npt.NDArray[Any]], most_leaves: int
) -> tuple[FloatArray, npt.NDArray[np.uint64]]:
    """Return the leaves' values, shape (n_trees, most_leaves), and all nodes' left leaves, (n_nodes,)."""
    starts = np.cumsum([0, *(len(tree) for tree in trees)])
    values, left_leaves = np.zeros((len(trees), most_leaves)), np.zeros(starts[-1], np.uint64)
    for number, tree in enumerate(trees):
        is_leaf, left, right, value = (np.ascontiguousarray(tree[name]) for name in WALKED)
        of_tree = left_leaves[starts[number] : starts[number + 1]]
        number_leaves(is_leaf, left, right, value, values[number], of_tree)
    return values, left_leaves


@compiled
def number_leaves(
    is_leaf: npt.NDArray[np.uint8],
    left: npt.NDArray[np.uint32],
    right: npt.NDArray[np.uint32],
    value: FloatArray,
    values: FloatArray,
    left_leaves: npt.NDArray[np.uint64],
) -> None:
    """Fill the leaves' values from left to right, and the set of leaves in each node's left branch.

    Parameters
    ----------
    is_leaf, left, right, value
        Shape (n_nodes,): scikit-learn's nodes, the root first.
    values
        Shape (at least n_leaves,).
    left_leaves
        Shape (n_nodes,), zeros.
    """
    waiting, above = np.zeros(is_leaf.shape[0], np.int64), np.full(is_leaf.shape[0], -1)
    count, leaf = 1, 0
    while count > 0:
        count -= 1
        node = waiting[count]
        if not is_leaf[node]:
            above[left[node]] = above[right[node]] = node
            waiting[count], waiting[count + 1] = right[node], left[node]
            count += 2
            continue
        values[leaf] = value[node]
        while above[node] >= 0:
            if left[above[node]] == node:
                left_leaves[above[node]] |= ONE << np.uint64(leaf)
            node = above[node]
        leaf += 1
