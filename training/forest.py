"""Boosted trees as flat arrays: the same answers as scikit-learn's to the last bit, much sooner."""

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

from training.dataset.table import FloatArray
from training.features.compiled import compiled

LEAF = -1
"""In place of a column: the node asks nothing more."""
ROWS_AT_ONCE = 256
"""A block of rows stays in the processor's cache while all trees pass over it."""


class FlatForest:
    """A fitted histogram gradient boosting model of one output, as arrays.

    scikit-learn's own ``predict`` takes 0.7 to 1.3 ms for one row, most of it not in the trees, and waits
    for threads that the request path does not have. Here all nodes of all trees lie in five arrays; a
    compiled loop walks them, adding up leaf by leaf in scikit-learn's order, without the GIL.

    Parameters
    ----------
    model
        Fitted, without categorical columns, with the identity as link (squared or quantile loss) or, for
        a classifier, asked for its log-odds.
    """

    def __init__(
        self, model: HistGradientBoostingRegressor | HistGradientBoostingClassifier
    ) -> None:
        # scikit-learn has no public way to read these trees; the version is pinned, and a test compares
        # with its predict.
        trees = [tree.nodes for (tree,) in model._predictors]
        nodes = np.concatenate(trees)
        sizes = np.array([len(tree) for tree in trees])
        self.roots: npt.NDArray[np.int64] = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        shifts = np.repeat(self.roots, sizes)
        is_leaf = nodes["is_leaf"].astype(bool)
        self.columns = np.where(is_leaf, LEAF, nodes["feature_idx"]).astype(np.int64)
        self.thresholds: FloatArray = nodes["num_threshold"].astype(np.float64)
        self.left = (nodes["left"] + shifts).astype(np.int64)
        self.right = (nodes["right"] + shifts).astype(np.int64)
        self.values: FloatArray = nodes["value"].astype(np.float64)
        self.baseline = float(np.ravel(model._baseline_prediction)[0])

    def predict(self, features: FloatArray) -> FloatArray:
        """Return the sum of the trees, shape (n,), for finite features of shape (n, n_features)."""
        sums = np.full(len(features), self.baseline)
        _add_trees(
            np.ascontiguousarray(features, dtype=np.float64),
            self.roots,
            self.columns,
            self.thresholds,
            self.left,
            self.right,
            self.values,
            sums,
        )
        return sums


def flattened(model: Any) -> Any:
    """Return a fitted regressor as a ``FlatForest`` if it is made of such trees, else itself."""
    return FlatForest(model) if isinstance(model, HistGradientBoostingRegressor) else model


@compiled
def _add_trees(
    features: FloatArray,
    roots: npt.NDArray[np.int64],
    columns: npt.NDArray[np.int64],
    thresholds: FloatArray,
    left: npt.NDArray[np.int64],
    right: npt.NDArray[np.int64],
    values: FloatArray,
    sums: FloatArray,
) -> None:
    for start in range(0, features.shape[0], ROWS_AT_ONCE):
        end = min(start + ROWS_AT_ONCE, features.shape[0])
        for root in roots:
            for row in range(start, end):
                node = root
                while columns[node] != LEAF:
                    goes_left = features[row, columns[node]] <= thresholds[node]
                    node = left[node] if goes_left else right[node]
                sums[row] += values[node]
