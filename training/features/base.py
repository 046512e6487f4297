"""What the feature transformers share."""

from abc import abstractmethod
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted, validate_data

from storage.domain.inputs import FEATURE_NAMES
from storage.schema.arrays import FloatArray, IntegerArray
from training.kernels.neighbour_search import NOBODY
from training.kernels.search_tree import SearchTree, search_tree

FEWEST_DISTRICTS = 2
"""A district needs at least one other as its neighbour."""


class DistrictTransformer(TransformerMixin, BaseEstimator):
    """Takes the eight raw inputs in schema order and checks them."""

    def get_feature_names_out(
        self, input_features: npt.ArrayLike | None = None
    ) -> npt.NDArray[np.object_]:
        """Return the names of the columns that ``transform`` gives; ``input_features`` is ignored."""
        check_is_fitted(self, "n_features_in_")
        return np.asarray(self.names(), dtype=object)

    @abstractmethod
    def names(self) -> list[str]:
        """Return the names of the columns that ``transform`` gives."""

    def _checked(self, inputs: npt.ArrayLike, *, reset: bool) -> FloatArray:
        checked = validate_data(self, inputs, reset=reset, dtype=np.float64, order="C")
        return self._eight_columns(np.require(checked, requirements="W"))

    def _eight_columns(self, inputs: FloatArray) -> FloatArray:
        if inputs.shape[1] != len(FEATURE_NAMES):
            raise ValueError(
                f"expected the {len(FEATURE_NAMES)} raw inputs, got {inputs.shape[1]} columns"
            )
        return inputs


class NeighbourTransformer(DistrictTransformer):
    """Keeps the training districts in search order; leaves a district out of its own neighbourhood.

    ``fit_transform`` describes each training district by the other ones, ``transform`` any district by
    all of them. They differ on purpose: no training row ever sees its own target. Both run the same
    compiled functions row by row, so one row gets the same bits alone and in a table.

    Attributes
    ----------
    points_ : ndarray of shape (n_training, n_axes)
        Where the training districts are, ascending on the first axis.
    tree_ : SearchTree
        Of these points.
    raw_, prices_ : ndarray of shape (n_training, 8) and (n_training,)
        Training inputs and prices (100,000 USD) in that order.
    training_order_ : ndarray of shape (n_training,)
        Position of each of them in the table given to ``fit``.
    """

    def __getstate__(self) -> dict[str, Any]:
        """Return what is to be kept: all but the search tree, which is sooner made than read."""
        state: dict[str, Any] = super().__getstate__()
        return {name: value for name, value in state.items() if name != "tree_"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take back what was kept, as arrays that may be written, and make the search tree anew.

        Arrays of a memory-mapped file may not be written, and numba would compile everything once more for
        them. The tree in a version from before has another layout.
        """
        kept = {name: _writable(value) for name, value in state.items()}
        super().__setstate__(kept)
        if "points_" in kept:
            self._make_tree()

    def fit(self, X: npt.ArrayLike, y: npt.ArrayLike) -> Self:
        """Keep the training districts: inputs (n, d) in schema order, prices (n,) in 100,000 USD.

        Raises
        ------
        ValueError
            If there are fewer than two districts.
        """
        inputs, prices = validate_data(
            self,
            X,
            y,
            dtype=np.float64,
            order="C",
            y_numeric=True,
            ensure_min_samples=FEWEST_DISTRICTS,
        )
        inputs = self._eight_columns(inputs)
        order = np.argsort(self._points(inputs)[:, 0], kind="stable").astype(np.int64)
        self.training_order_: IntegerArray = order
        self.raw_: FloatArray = inputs[order]
        self.points_: FloatArray = np.ascontiguousarray(self._points(self.raw_))
        self.prices_: FloatArray = np.asarray(prices, dtype=np.float64)[order]
        self._make_tree()
        return self

    def fit_transform(self, X: npt.ArrayLike, y: npt.ArrayLike, **_: Any) -> FloatArray:
        """Keep the districts and describe each, shape (n, n_features), by the other ones only."""
        self.fit(X, y)
        excluded = np.arange(len(self.raw_), dtype=np.int64)
        features = np.empty((len(self.raw_), len(self.names())))
        features[self.training_order_] = self._features(self.raw_, excluded)
        return features

    def transform(self, X: npt.ArrayLike) -> FloatArray:
        """Describe districts of shape (n, d) by all training districts: shape (n, n_features)."""
        check_is_fitted(self, "raw_")
        inputs = self._checked(X, reset=False)
        return self._features(inputs, np.full(len(inputs), NOBODY, dtype=np.int64))

    def __sklearn_tags__(self) -> Tags:
        """Tell scikit-learn that the prices are needed."""
        tags: Tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags

    def _make_tree(self) -> None:
        self.tree_: SearchTree = search_tree(self.points_)

    @abstractmethod
    def _points(self, inputs: FloatArray) -> FloatArray:
        """Return where districts are, shape (n, n_axes)."""

    @abstractmethod
    def _features(self, inputs: FloatArray, excluded: IntegerArray) -> FloatArray:
        """Return the features of ``inputs``, leaving out the row ``excluded`` of each."""


def _writable(kept: Any) -> Any:
    return np.require(kept, requirements="W") if isinstance(kept, np.ndarray) else kept
