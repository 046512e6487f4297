"""Trees of another library as conditions: which leaves a row can still reach where one holds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from storage.schema.arrays import FloatArray, IntegerArray
from training.kernels.coded_forest import CodedForest, CodedNodes
from training.kernels.forest import MOST_LEAVES, number_leaves
from training.kernels.forest_arrays import ForestArrays

EVERY_LEAF = 2**64 - 1


@dataclass
class TreeNodes:
    """One fitted tree, the root first; arrays of shape (n_nodes,).

    Attributes
    ----------
    columns, thresholds
        A row whose value is above the threshold goes right; of a node that asks for codes, no threshold.
    left, right, values
        Places of the branches (-1: a leaf), and what a leaf adds.
    codes
        By node: the codes that go right. Of a number, code 0 is a gap.
    """

    columns: IntegerArray
    thresholds: FloatArray
    left: IntegerArray
    right: IntegerArray
    values: FloatArray
    codes: Mapping[int, Iterable[int]]
    asks_for_codes: npt.NDArray[np.bool_]


@dataclass
class Conditions:
    """Conditions of all trees: by tree and column, the leaves that are kept where one holds.

    Parameters
    ----------
    code_counts
        Codes of each column, 0 for numbers.
    """

    code_counts: Sequence[int]
    above: list[tuple[int, float, int, int]] = field(default_factory=list)
    """Column, threshold, tree, kept leaves."""
    having: dict[tuple[int, int, int], int] = field(default_factory=dict)
    """Kept leaves by column, code and tree."""
    leaves: list[FloatArray] = field(default_factory=list)
    """The leaves' values of each tree."""

    def add_nodes(self, nodes: TreeNodes) -> None:
        """Add a tree.

        Raises
        ------
        ValueError
            If it has more than 64 leaves.
        """
        tree, is_leaf = len(self.leaves), nodes.left < 0
        count = int(is_leaf.sum())
        if count > MOST_LEAVES:
            raise ValueError(f"A tree has {count} leaves; {MOST_LEAVES} are possible.")
        values, left_leaves = np.zeros(count), np.zeros(len(is_leaf), np.uint64)
        number_leaves(
            is_leaf.astype(np.uint8),
            np.maximum(nodes.left, 0).astype(np.uint32),
            np.maximum(nodes.right, 0).astype(np.uint32),
            nodes.values,
            values,
            left_leaves,
        )
        self.leaves.append(values)
        for node in np.flatnonzero(~is_leaf).tolist():
            column, kept = int(nodes.columns[node]), EVERY_LEAF ^ int(left_leaves[node])
            if not nodes.asks_for_codes[node]:
                self.above.append((column, float(nodes.thresholds[node]), tree, kept))
            for code in nodes.codes.get(node, ()):
                self.keep(column, code, tree, kept)

    def keep(self, column: int, code: int, tree: int, kept: int) -> None:
        """Keep only some leaves of a tree where a column has a code."""
        place = (column, code, tree)
        self.having[place] = self.having.get(place, EVERY_LEAF) & kept

    def forest(self, baseline: float) -> CodedForest:
        """Return all trees as arrays; every answer begins with ``baseline``."""
        return CodedForest(self._arrays(baseline), self._coded())

    def _arrays(self, baseline: float) -> ForestArrays:
        above = sorted(self.above)
        columns = np.array([each[0] for each in above], np.int64)
        asked, firsts = np.unique(columns, return_index=True)
        return ForestArrays(
            columns=asked,
            starts=np.append(firsts, len(above)).astype(np.int64),
            thresholds=np.array([each[1] for each in above], np.float64),
            trees=np.array([each[2] for each in above], np.uint32),
            kept=np.array([each[3] for each in above], np.uint64),
            values=_padded(self.leaves),
            ends=np.array([len(self.leaves)], np.int64),
            baselines=np.array([baseline]),
        )

    def _coded(self) -> CodedNodes:
        asked = sorted({column for column, _, _ in self.having})
        sizes = [self.code_counts[column] for column in asked]
        counts = np.cumsum([0, *(max(size, 1) for size in sizes)])
        first_of = dict(zip(asked, counts.tolist(), strict=False))
        entries = sorted(
            (first_of[column] + code, tree, kept)
            for (column, code, tree), kept in self.having.items()
        )
        codes = np.array([code for code, _, _ in entries], np.int64)
        return CodedNodes(
            columns=np.array(asked, np.int64),
            sizes=np.array(sizes, np.int64),
            firsts=counts[:-1].astype(np.int64),
            starts=np.searchsorted(codes, np.arange(counts[-1] + 1)).astype(np.int64),
            trees=np.array([tree for _, tree, _ in entries], np.uint32),
            kept=np.array([kept for _, _, kept in entries], np.uint64),
        )


def thresholds_of_singles(borders: npt.NDArray[np.float32], *, border_is_above: bool) -> FloatArray:
    """Return thresholds of doubles for a library that rounds them to single precision first.

    A double is above the returned threshold exactly if, rounded to the nearest single, it is above the
    border; or, if ``border_is_above``, above or at it.

    Examples
    --------
    >>> border = np.array([0.1], np.float32)
    >>> above = thresholds_of_singles(border, border_is_above=False)
    >>> at = thresholds_of_singles(border, border_is_above=True)
    >>> bool(0.1 > above[0]), bool(0.1 > at[0])
    (False, True)
    """
    lowest = borders if border_is_above else np.nextafter(borders, np.float32(np.inf))
    before = np.nextafter(lowest, np.float32(-np.inf))
    middle: FloatArray = (lowest.astype(np.float64) + before.astype(np.float64)) / 2
    # What lies in the middle is rounded to the single whose last bit is 0.
    is_even = (lowest.view(np.uint32) & 1) == 0
    return np.where(is_even, np.nextafter(middle, -np.inf), middle)


def _padded(leaves: Sequence[FloatArray]) -> FloatArray:
    most = max((len(values) for values in leaves), default=1)
    padded = np.zeros((len(leaves), most))
    for tree, values in enumerate(leaves):
        padded[tree, : len(values)] = values
    return padded
