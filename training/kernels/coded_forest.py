"""Boosted trees that also ask which category a value is, or whether it is missing: sums without a walk.

As in ``forest_arrays``, a question that sends a row to the right takes leaves out of its tree's set. Here one
category is one code, and what all questions of a tree about a code take out is put together before: so a row
pays for a column of categories once a tree, however many questions there are.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from storage.schema.arrays import FloatArray, IntegerArray
from training.kernels.column_codes import GAP
from training.kernels.compiled import compiled
from training.kernels.forest_arrays import (
    LANES,
    ROWS_AT_ONCE,
    ForestArrays,
    add_leaves,
    every_leaf,
    in_lanes,
    leave_out,
    leave_out_by_lane,
    lowest_of_all,
    lowest_of_groups,
)


class CodedNodes(NamedTuple):
    """What codes of columns take out of the trees' sets of leaves.

    Attributes
    ----------
    columns
        Shape (n_columns,): where each column that has codes is in the features.
    sizes
        Shape (n_columns,): its codes are 0 to size - 1; size 0: a number, and its one code is a gap.
    firsts
        Shape (n_columns,): the place in ``starts`` of its first code.
    starts
        Shape (n_codes + 1,): the entries of code c are ``starts[c]`` to ``starts[c + 1]``.
    trees, kept
        Shape (n_entries,): a row with the code keeps, of the leaves of that tree, those whose bit is set.
    """

    columns: IntegerArray
    sizes: IntegerArray
    firsts: IntegerArray
    starts: IntegerArray
    trees: npt.NDArray[np.uint32]
    kept: npt.NDArray[np.uint64]


class CodedForest:
    """A forest of one output, some of whose columns have codes.

    Attributes
    ----------
    arrays, coded
        The questions whether a number is above a threshold, with the leaves' values; and all others.
    """

    def __init__(self, arrays: ForestArrays, coded: CodedNodes) -> None:
        self.arrays = arrays
        self.coded = coded

    def predict(self, features: FloatArray) -> FloatArray:
        """Return the sum of the trees, shape (n,), for features (n, n_features) with codes and gaps."""
        sums = np.empty((len(features), 1))
        own = np.ascontiguousarray(features, dtype=np.float64)
        sum_coded_trees(own, self.arrays, self.coded, sums)
        return sums[:, 0]


@compiled
def sum_coded_trees(
    features: FloatArray, forest: ForestArrays, coded: CodedNodes, sums: FloatArray
) -> None:
    """Fill ``sums``, shape (n, 1), for features of shape (n, n_features), gaps as ``GAP``."""
    for start in range(0, features.shape[0], ROWS_AT_ONCE):
        rows, own = features[start : start + ROWS_AT_ONCE], sums[start : start + ROWS_AT_ONCE]
        if rows.shape[0] == 1:
            _sum_row(rows[0], forest, coded, own)
        else:
            _sum_rows(rows, forest, coded, own)


@compiled
def _sum_row(row: FloatArray, forest: ForestArrays, coded: CodedNodes, sums: FloatArray) -> None:
    """Fill the sum (1, 1) of one row."""
    leaves, passed = every_leaf(forest), forest.starts[:-1].copy()
    leave_out(row[forest.columns], forest, passed, leaves)
    lane = leaves.reshape((leaves.shape[0], 1))
    _leave_out_coded(row, coded, lane[:, 0])
    add_leaves(lane, forest, sums)


@compiled
def _sum_rows(rows: FloatArray, forest: ForestArrays, coded: CodedNodes, sums: FloatArray) -> None:
    """Fill the sums (n, 1) of up to ``ROWS_AT_ONCE`` rows."""
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
        for row in range(group * LANES, min(group * LANES + LANES, rows.shape[0])):
            _leave_out_coded(rows[row], coded, leaves[:, row - group * LANES])
        add_leaves(leaves, forest, sums[group * LANES : (group + 1) * LANES])


@compiled
def _leave_out_coded(row: FloatArray, coded: CodedNodes, leaves: npt.NDArray[Any]) -> None:
    """Take out of each tree's set of leaves, shape (n_trees,), what the row's codes cannot reach."""
    for column in range(coded.columns.shape[0]):
        value, code = row[coded.columns[column]], coded.firsts[column]
        if coded.sizes[column] > 0:
            code += int(value)
        elif value != GAP:
            continue
        for entry in range(coded.starts[code], coded.starts[code + 1]):
            leaves[coded.trees[entry]] &= coded.kept[entry]
