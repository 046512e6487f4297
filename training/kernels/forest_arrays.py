"""Boosted trees as sorted arrays, and the sum of the leaves that rows end in, without a walk.

Every node of every tree is sorted by column and threshold. The nodes that send a row to the right are then
those before one place in each column, and each takes the leaves of its left branch out of its tree's set;
the leftmost leaf that remains is the row's. (QuickScorer: Lucchese et al. 2015, QuickScorer: a Fast Algorithm
to Rank Documents with Additive Ensembles of Regression Trees.) No branch depends on the row, which is what
makes walking slow.

What rows have in common is worked out once: first for ``ROWS_AT_ONCE`` of them, then for the ``LANES`` that
share vector instructions. Sorted rows have much in common.
"""

from typing import Any, NamedTuple

import llvmlite.ir as llvm
import numpy as np
import numpy.typing as npt
from numba import types
from numba.core.cgutils import false_bit
from numba.extending import intrinsic

from storage.schema.arrays import FloatArray
from training.kernels.compiled import compiled

LANES = 8
"""Rows whose sets of leaves lie side by side: a node is looked at once for all of them."""
ROWS_AT_ONCE = 64
ONE = np.uint64(1)


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
        leaves of that tree, those whose bit is set. Words of 64 bits; in versions from before some of 32.
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


def constant_forest(answer: float) -> ForestArrays:
    """Return arrays without a tree, which give every row the same answer."""
    nothing = np.zeros(0, np.int64)
    return ForestArrays(
        columns=nothing,
        starts=np.zeros(1, np.int64),
        thresholds=np.zeros(0),
        trees=nothing.astype(np.uint32),
        kept=nothing.astype(np.uint64),
        values=np.zeros((0, 1)),
        ends=np.zeros(1, np.int64),
        baselines=np.array([answer]),
    )


@compiled
def sum_trees(features: FloatArray, forest: ForestArrays, sums: FloatArray) -> None:
    """Fill ``sums``, shape (n, n_models), for finite features of shape (n, n_features)."""
    for start in range(0, features.shape[0], ROWS_AT_ONCE):
        rows, own = features[start : start + ROWS_AT_ONCE], sums[start : start + ROWS_AT_ONCE]
        if rows.shape[0] == 1:
            _sum_row(rows[0], forest, own)
        else:
            _sum_rows(rows, forest, own)


@compiled
def _sum_row(row: FloatArray, forest: ForestArrays, sums: FloatArray) -> None:
    """Fill the sums (1, n_models) of one row, which has nothing to share."""
    leaves, passed = every_leaf(forest), forest.starts[:-1].copy()
    leave_out(row[forest.columns], forest, passed, leaves)
    add_leaves(leaves.reshape((leaves.shape[0], 1)), forest, sums)


@compiled
def _sum_rows(rows: FloatArray, forest: ForestArrays, sums: FloatArray) -> None:
    """Fill the sums (n, n_models) of up to ``ROWS_AT_ONCE`` rows."""
    values = in_lanes(rows, forest.columns)
    lowest = lowest_of_groups(values)
    of_all, passed_by_all = every_leaf(forest), forest.starts[:-1].copy()
    leave_out(lowest_of_all(lowest), forest, passed_by_all, of_all)
    of_group, passed = np.empty_like(of_all), np.empty_like(passed_by_all)
    leaves = np.empty((of_all.shape[0], LANES), of_all.dtype)
    for group in range(values.shape[0]):
        of_group[:] = of_all
        passed[:] = passed_by_all
        leave_out(lowest[group], forest, passed, of_group)
        for tree in range(of_group.shape[0]):
            leaves[tree] = of_group[tree]
        leave_out_by_lane(values[group], forest, passed, leaves)
        add_leaves(leaves, forest, sums[group * LANES : (group + 1) * LANES])


@compiled
def every_leaf(forest: ForestArrays) -> npt.NDArray[Any]:
    """Return the set of all leaves for each tree, shape (n_trees,)."""
    return ~np.zeros(forest.values.shape[0], forest.kept.dtype)


@compiled
def in_lanes(rows: FloatArray, columns: npt.NDArray[np.int64]) -> FloatArray:
    """Return the columns in groups of rows, shape (n_groups, n_columns, LANES).

    What is left of the last group repeats the last row, so that it changes nothing that rows have in common.
    """
    last = rows.shape[0] - 1
    values = np.empty((last // LANES + 1, columns.shape[0], LANES))
    for group in range(values.shape[0]):
        for lane in range(LANES):
            row = rows[min(group * LANES + lane, last)]
            for column in range(columns.shape[0]):
                values[group, column, lane] = row[columns[column]]
    return values


@compiled
def lowest_of_groups(values: FloatArray) -> FloatArray:
    """Return each group's lowest value of each column, shape (n_groups, n_columns)."""
    lowest = np.empty(values.shape[:2])
    for group in range(values.shape[0]):
        for column in range(values.shape[1]):
            lanes = values[group, column]
            least = lanes[0]
            for lane in range(1, LANES):
                least = min(least, lanes[lane])
            lowest[group, column] = least
    return lowest


@compiled
def lowest_of_all(lowest_of_groups: FloatArray) -> FloatArray:
    """Return the lowest value of each column, shape (n_columns,)."""
    lowest: FloatArray = lowest_of_groups[0].copy()
    for group in range(1, lowest_of_groups.shape[0]):
        for column in range(lowest.shape[0]):
            lowest[column] = min(lowest[column], lowest_of_groups[group, column])
    return lowest


@compiled
def leave_out(
    values: FloatArray,
    forest: ForestArrays,
    passed: npt.NDArray[np.int64],
    leaves: npt.NDArray[Any],
) -> None:
    """Take out of each tree's set of leaves, shape (n_trees,), what values (n_columns,) cannot reach.

    ``passed``, shape (n_columns,), is where each column's nodes are looked at from, and then the first that
    took nothing out.
    """
    for column in range(values.shape[0]):
        # Unsigned numbers: for signed ones each access would first ask whether they count from the end.
        node, end = np.uint64(passed[column]), np.uint64(forest.starts[column + 1])
        # No search for the last node first: halving guesses wrong each second time, and this only once.
        while node < end and forest.thresholds[node] < values[column]:
            leaves[forest.trees[node]] &= forest.kept[node]
            node += ONE
        passed[column] = np.int64(node)


@compiled
def leave_out_by_lane(
    values: FloatArray,
    forest: ForestArrays,
    passed: npt.NDArray[np.int64],
    leaves: npt.NDArray[Any],
) -> None:
    """Take out what each row's own values, shape (n_columns, LANES), cannot reach, as ``leave_out`` does.

    ``passed`` is where nodes are looked at from, and stays; ``leaves`` are of shape (n_trees, LANES).
    """
    for column in range(values.shape[0]):
        node, end = np.uint64(passed[column]), np.uint64(forest.starts[column + 1])
        own = values[column]
        highest = own[0]
        for lane in range(1, LANES):
            highest = max(highest, own[lane])
        while node < end and forest.thresholds[node] < highest:
            of_tree = leaves[forest.trees[node]]
            _keep_above(of_tree, own, forest.thresholds[node], forest.kept[node])
            node += ONE


@compiled
def add_leaves(leaves: npt.NDArray[Any], forest: ForestArrays, sums: FloatArray) -> None:
    """Fill the sums (n_rows, n_models) from the remaining leaves of every tree, (n_trees, LANES)."""
    tree, rows = np.uint64(0), sums.shape[0]
    totals = np.empty(rows)
    for model in range(forest.ends.shape[0]):
        end = np.uint64(forest.ends[model])
        totals[:] = forest.baselines[model]
        while tree < end:
            for row in range(rows):
                totals[row] += forest.values[tree, lowest_bit(leaves[tree, row])]
            tree += ONE
        for row in range(rows):
            sums[row, model] = totals[row]


@intrinsic  # type: ignore[untyped-decorator] # numba has no types
def _keep_above(_: Any, leaves: Any, values: Any, threshold: Any, kept: Any) -> Any:
    """Let each lane's set of leaves keep those in ``kept`` only, where its value is above the threshold.

    ``leaves`` and ``values`` are of shape (LANES,). A loop would be compiled to a jump for each lane, because
    the compiler cannot know that the two arrays are not the same memory.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        leaves_at, values_at = (
            context.make_array(kind)(context, builder, argument).data
            for kind, argument in zip(signature.args[:2], arguments[:2], strict=True)
        )
        numbers = llvm.VectorType(values_at.type.pointee, LANES)
        sets = llvm.VectorType(leaves_at.type.pointee, LANES)
        sets_at = builder.bitcast(leaves_at, sets.as_pointer())
        own = builder.load(builder.bitcast(values_at, numbers.as_pointer()), align=8)
        # A value up to the threshold spares every leaf: all bits of its lane are set.
        is_below = builder.fcmp_ordered(">=", _in_every_lane(builder, arguments[2], numbers), own)
        spared = builder.sext(is_below, sets)
        left = builder.or_(spared, _in_every_lane(builder, arguments[3], sets))
        builder.store(builder.and_(builder.load(sets_at, align=4), left), sets_at, align=4)
        return context.get_dummy_value()

    return types.void(leaves, values, threshold, kept), generate


def _in_every_lane(builder: Any, number: Any, vector: Any) -> Any:
    """Return a vector of one number, in the compiler's own terms."""
    nothing = llvm.Constant(vector, llvm.Undefined)
    places = llvm.VectorType(llvm.IntType(32), LANES)
    first = builder.insert_element(nothing, number, llvm.IntType(32)(0))
    return builder.shuffle_vector(first, nothing, llvm.Constant(places, [0] * LANES))


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
