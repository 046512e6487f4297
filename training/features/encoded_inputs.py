"""Inputs as numbers alone: categories by the mean target of their rows, the frequent ones by a flag too."""

from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.model_selection import KFold
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted, validate_data

from storage.domain.inputs import FEATURE_NAMES, FEATURES
from storage.schema.arrays import FloatArray
from training.kernels.column_codes import (
    NO_FLAGS,
    ColumnCodes,
    Flags,
    encoded,
    frequent_flags,
    mean_codes,
)

FOLDS = 5


class EncodedInputs(TransformerMixin, BaseEstimator):
    """Takes raw inputs (n, k) in schema order; gives k columns and f flags, all of them numbers.

    A missing number lies below all known ones. Each category with enough rows has a flag, and so has a number
    that is missing: trees need fewer splits, and a line can give each its own height.

    A training row is encoded with the means of the other four fifths of the rows: with its own target in
    them, rare categories would look more telling than they are (Micci-Barreca 2001, A Preprocessing Scheme
    for High-Cardinality Categorical Attributes, with cross-fitting).

    Parameters
    ----------
    random_state
        Deals the rows to fifths.

    Attributes
    ----------
    sizes_, codes_, missing_ : ndarray
        See ``ColumnCodes``; of all training rows.
    flags_ : Flags
        Without any in versions from before there were flags.
    """

    flags_: Flags = NO_FLAGS

    def __init__(self, random_state: int = 0) -> None:
        self.random_state = random_state

    def fit(self, X: npt.ArrayLike, y: npt.ArrayLike) -> Self:
        """Learn the codes from inputs (n, k) and targets (n,)."""
        inputs, targets = self._checked(X, reset=True), np.asarray(y, dtype=np.float64)
        self.sizes_, self.codes_, self.missing_, _ = mean_codes(inputs, targets)
        self.flags_ = frequent_flags(inputs)
        return self

    def fit_transform(self, X: npt.ArrayLike, y: npt.ArrayLike, **_: Any) -> FloatArray:
        """Learn the codes; return the rows, each encoded without its own fifth: shape (n, k + f)."""
        self.fit(X, y)
        inputs, targets = np.asarray(X, dtype=np.float64), np.asarray(y, dtype=np.float64)
        result = np.empty((len(inputs), self.known().width))
        folds = KFold(FOLDS, shuffle=True, random_state=self.random_state)
        for others, rows in folds.split(inputs):
            codes = mean_codes(inputs[others], targets[others])._replace(flags=self.flags_)
            result[rows] = encoded(inputs[rows], codes)
        return result

    def transform(self, X: npt.ArrayLike) -> FloatArray:
        """Return inputs (n, k) encoded, shape (n, k + f)."""
        check_is_fitted(self, "codes_")
        return encoded(self._checked(X, reset=False), self.known())

    def known(self) -> ColumnCodes:
        """Return what was learned, for the compiled functions."""
        return ColumnCodes(self.sizes_, self.codes_, self.missing_, self.flags_)

    def get_feature_names_out(
        self, input_features: npt.ArrayLike | None = None
    ) -> npt.NDArray[np.object_]:
        """Return the inputs' names, then those of the flags; ``input_features`` is ignored."""
        return np.array([*FEATURE_NAMES, *map(_flag_name, *self.flags_)], dtype=object)

    def __sklearn_tags__(self) -> Tags:
        """Tell scikit-learn that targets are needed and values may be missing."""
        tags: Tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.input_tags.allow_nan = True
        return tags

    def _checked(self, inputs: npt.ArrayLike, *, reset: bool) -> FloatArray:
        checked = validate_data(
            self, inputs, reset=reset, dtype=np.float64, order="C", ensure_all_finite="allow-nan"
        )
        return np.require(checked, requirements="W")


def _flag_name(column: int, category: int) -> str:
    words = FEATURES[column].categories or ()
    return f"{FEATURE_NAMES[column]} = {[*words, 'missing'][category]}"
