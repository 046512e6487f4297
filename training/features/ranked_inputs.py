"""Inputs for trees that take categories as such: each category by a whole number of its own."""

from typing import Any, Self

import numpy as np
import numpy.typing as npt

from storage.schema.arrays import FloatArray
from training.features.encoded_inputs import EncodedInputs
from training.kernels.column_codes import SIZES, ranked_codes


def code_counts() -> tuple[int, ...]:
    """Return how many codes each column of ``RankedInputs`` has, 0 for a number; empty if all are numbers."""
    return tuple(int(size + 1) if size else 0 for size in SIZES) if SIZES.any() else ()


class RankedInputs(EncodedInputs):
    """Takes raw inputs (n, k) in schema order; gives as many columns, which tell everything that those told.

    A category becomes its rank by the mean target of its rows, a missing one ranks among them, and a missing
    number is ``GAP``. Ranks tell too little of the targets to need folds. Attributes as of ``EncodedInputs``.
    """

    def fit(self, X: npt.ArrayLike, y: npt.ArrayLike) -> Self:
        """Learn the ranks from inputs (n, k) and targets (n,)."""
        inputs, targets = self._checked(X, reset=True), np.asarray(y, dtype=np.float64)
        self.sizes_, self.codes_, self.missing_, _ = ranked_codes(inputs, targets)
        return self

    def fit_transform(self, X: npt.ArrayLike, y: npt.ArrayLike, **_: Any) -> FloatArray:
        """Learn the ranks; return the rows with them, shape (n, k)."""
        return self.fit(X, y).transform(X)
