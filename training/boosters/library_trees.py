"""A regressor whose trees an optional library grows, and the house's own compiled functions answer."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils.validation import check_is_fitted

from storage.schema.arrays import FloatArray
from training.boosters.conditions import Conditions
from training.kernels.coded_forest import CodedForest
from training.kernels.column_codes import GAP


@dataclass(frozen=True)
class Rows:
    """Features (n, k), gaps as NaN and categories as whole numbers, with targets (n,) and weights (n,)."""

    features: FloatArray
    targets: FloatArray | None = None
    weights: FloatArray | None = None


@dataclass(frozen=True)
class Grown:
    """What a library learned: its trees, what every answer begins with, and how many rounds it kept."""

    conditions: Conditions
    baseline: float
    rounds: int


class LibraryTrees(RegressorMixin, BaseEstimator):
    """Boosted trees of a library that is needed to fit them, and not to answer.

    Only the trees are kept, as arrays: so a version's file names no class of the library, loads without it,
    and answers one row in microseconds. A test compares with the library's own predict.

    Subclasses name their parameters; these they share. Features are what ``RankedInputs`` gives, or plain
    numbers.

    Parameters
    ----------
    n_estimators
        Trees at most.
    early_stopping_rounds
        Without a better RMSE on ``eval_set`` for so many trees, growing ends, and the best ones are kept.
    code_counts
        Codes of each column, 0 for a number; empty: all are numbers.
    n_jobs
        Threads.

    Attributes
    ----------
    forest_ : CodedForest
    rounds_ : int
        Trees that were kept.
    """

    library: ClassVar[str]
    code_counts: tuple[int, ...]

    def fit(
        self,
        X: npt.ArrayLike,
        y: npt.ArrayLike,
        sample_weight: npt.ArrayLike | None = None,
        eval_set: list[tuple[npt.ArrayLike, npt.ArrayLike]] | None = None,
    ) -> Self:
        """Grow trees on features (n, k) and targets (n,); ``eval_set`` holds one pair to stop by.

        Raises
        ------
        InvalidInput
            If the library is not installed.
        """
        features = np.asarray(X, dtype=np.float64)
        self.n_features_in_ = features.shape[1]
        weights = None if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        checked = None if eval_set is None else self._rows(*eval_set[0])
        grown = self._grown(self._rows(X, y, weights), checked)
        self.forest_: CodedForest = grown.conditions.forest(grown.baseline)
        self.rounds_ = grown.rounds
        return self

    def predict(self, X: npt.ArrayLike) -> FloatArray:
        """Return targets, shape (n,)."""
        check_is_fitted(self, "forest_")
        return self.forest_.predict(np.asarray(X, dtype=np.float64))

    @abstractmethod
    def _grown(self, rows: Rows, checked: Rows | None) -> Grown:
        """Grow trees on rows; stop early by ``checked``."""

    def _counts(self) -> tuple[int, ...]:
        return self.code_counts or (0,) * self.n_features_in_

    def _categories(self) -> list[int]:
        return [column for column, count in enumerate(self._counts()) if count]

    def _rows(
        self, features: npt.ArrayLike, targets: npt.ArrayLike, weights: FloatArray | None = None
    ) -> Rows:
        known = np.asarray(features, dtype=np.float64)
        gaps = np.where(known == GAP, np.nan, known)
        return Rows(gaps, np.asarray(targets, dtype=np.float64), weights)
