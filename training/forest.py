"""Boosted trees without a walk: the same answers as scikit-learn's to the last bit, much sooner.

Every node of every tree is sorted by column and threshold. The nodes that send a row to the right are then
those before one place in each column, and each takes the leaves of its left branch out of its tree's set;
the leftmost leaf that remains is the row's. (QuickScorer: Lucchese et al. 2015, QuickScorer: a Fast Algorithm
to Rank Documents with Additive Ensembles of Regression Trees.) No branch depends on the row, which is what
makes walking slow.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
from numba.core.cgutils import false_bit
from numba.extending import intrinsic
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

from training.dataset.table import FloatArray
from training.features.compiled import compiled

MOST_LEAVES = 64
"""A tree's set of leaves is one word of the processor."""
ROWS_AT_ONCE = 8
"""The nodes of a column stay in the processor's nearest cache while so many rows pass over them."""

WALKED = ("is_leaf", "left", "right", "value")
"""Fields of scikit-learn's nodes that tell where a row ends."""
ONE = np.uint64(1)

Model: TypeAlias = HistGradientBoostingRegressor | HistGradientBoostingClassifier


class ForestArrays(NamedTuple):
    """Some models' trees as the compiled functions take them.

    Attributes
    ----------
    columns
        Shape (n_columns,): where each column that some node asks about is in the features.
    starts
        Shape (n_columns + 1,): the nodes of column c are ``starts[c]`` to ``starts[c + 1]``.
    thresholds, trees, kept
        Shape (n_nodes,), ascending thresholds within a column: a row above the threshold keeps, of the
        leaves of that tree, those whose bit is set.
    values
        Shape (n_trees, most leaves): what each leaf adds, leaves from left to right.
    ends
        Shape (n_models,): the trees of a model end before this one.
    baselines
        Shape (n_models,): what every answer of a model begins with.
    """

    columns: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    thresholds: FloatArray
    trees: npt.NDArray[np.uint32]
    kept: npt.NDArray[Any]
    values: FloatArray
    ends: npt.NDArray[np.int64]
    baselines: FloatArray


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


def constant_forest(answer: float) -> ForestArrays:
    """Return arrays without a tree, which give every row the same answer."""
    nothing = np.zeros(0, np.int64)
    return ForestArrays(
        columns=nothing,
        starts=np.zeros(1, np.int64),
        thresholds=np.zeros(0),
        trees=nothing.astype(np.uint32),
        kept=nothing.astype(np.uint32),
        values=np.zeros((0, 1)),
        ends=np.zeros(1, np.int64),
        baselines=np.array([answer]),
    )


def can_be_flat(model: Any) -> bool:
    """Whether a fitted regressor is one that a ``FlatForest`` takes."""
    if not isinstance(model, HistGradientBoostingRegressor):
        return False
    return bool(max(tree.get_n_leaf_nodes() for (tree,) in model._predictors) <= MOST_LEAVES)


@compiled
def sum_trees(features: FloatArray, forest: ForestArrays, sums: FloatArray) -> None:
    """Fill ``sums``, shape (n, n_models), for features of shape (n, n_features).

    What neighbouring rows share is worked out once: sorted rows take less time.
    """
    every_leaf = ~np.zeros(1, forest.kept.dtype)[0]
    n_trees = forest.values.shape[0]
    leaves = np.empty((min(ROWS_AT_ONCE, features.shape[0]), n_trees), forest.kept.dtype)
    shared = np.empty(n_trees, forest.kept.dtype)
    for start in range(0, features.shape[0], ROWS_AT_ONCE):
        rows = features[start : start + ROWS_AT_ONCE]
        leaves[:] = every_leaf
        shared[:] = every_leaf
        for column in range(forest.columns.shape[0]):
            values = rows[:, forest.columns[column]]
            lowest = values.min()
            common = _leave_out(lowest, column, forest.starts[column], forest, shared)
            for row in range(values.shape[0]):
                if values[row] != lowest:
                    _leave_out(values[row], column, common, forest, leaves[row])
        for row in range(rows.shape[0]):
            leaves[row] &= shared
            _add_leaves(leaves[row], forest, sums[start + row])


@compiled
def _leave_out(
    value: float, column: int, first: int | np.int64, forest: ForestArrays, leaves: npt.NDArray[Any]
) -> np.int64:
    """Take out of each tree's set of leaves what a value of one column cannot reach.

    Begins at the node ``first`` of the column; returns the one behind the last.
    """
    # Unsigned numbers: for signed ones each access would first ask whether they count from the end.
    node, end = np.uint64(first), np.uint64(forest.starts[column + 1])
    # No search for the last node first: halving guesses wrong each second time, and this only once.
    while node < end and forest.thresholds[node] < value:
        leaves[forest.trees[node]] &= forest.kept[node]
        node += ONE
    return np.int64(node)


@compiled
def _add_leaves(leaves: npt.NDArray[Any], forest: ForestArrays, sums: FloatArray) -> None:
    """Fill the sums (n_models,) from the remaining leaves of every tree, (n_trees,)."""
    tree = 0
    for model in range(forest.ends.shape[0]):
        total = forest.baselines[model]
        while tree < forest.ends[model]:
            total += forest.values[tree, lowest_bit(leaves[tree])]
            tree += 1
        sums[model] = total


@compiled
def lowest_bit(word: np.unsignedinteger[Any]) -> int:
    """Return the place, 0 to 63, of the lowest bit that is set in an unsigned number.

    Examples
    --------
    >>> lowest_bit(np.uint64(0b101000))
    3
    """
    place: int = _trailing_zeros(word)
    return place


@intrinsic  # type: ignore[untyped-decorator] # numba has no types
def _trailing_zeros(_: Any, word: Any) -> Any:
    """Count the zeros below the lowest bit by the processor's own instruction."""

    def generate(_: Any, builder: Any, __: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], false_bit)

    return word(word), generate


def _arrays(
    trees: Sequence[npt.NDArray[Any]],
    columns: npt.NDArray[np.int64],
    ends: npt.NDArray[np.int64],
    baselines: FloatArray,
) -> ForestArrays:
    most_leaves = max(int(tree["is_leaf"].sum()) for tree in trees)
    word = np.uint32 if most_leaves <= 32 else np.uint64
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
        kept=np.invert(left_leaves[order].astype(word)),
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
        _number_leaves(is_leaf, left, right, value, values[number], of_tree)
    return values, left_leaves


@compiled
def _number_leaves(
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
