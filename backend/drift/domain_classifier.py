"""A classifier that separates current rows from reference rows, by changes that no single column shows."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from backend.drift.domain_features import DomainFeatures
from storage.schema.arrays import FloatArray

FOLDS = 5


@dataclass(frozen=True)
class DomainDifference:
    """How well the classifier separates current rows from reference rows.

    Attributes
    ----------
    auc
        Cross-validated area under the ROC curve: 0.5 is chance, 1 is perfect.
    null_deviation
        Standard deviation of ``auc`` around 0.5 if both come from one distribution.
    p_value
        Chance of an AUC as high in that case.
    leading_columns
        The column, or the combination of columns, that differs most.
    rows
        Current rows without a missing value.
    """

    auc: float
    null_deviation: float
    p_value: float
    leading_columns: tuple[int, ...]
    rows: int


class DomainClassifier:
    """A ridge discriminant on the columns' normal scores, their products and their surroundings.

    For current mean d_1 and reference mean d_0 of the features the discriminant is (S + R)^-1 (d_1 - d_0),
    with the reference's covariance S and the ridge R; it needs one inversion, made once.

    The AUC is that of five folds, each scored by the discriminant of the other four. In one fold its variance
    under the null is Mann and Whitney's, (n + m + 1) / (12 n m). The folds are not independent: each one's
    score contains the others' mean differences. With fold differences D_k of one variance and
    w_k = sum of D_j over the other folds, z_k = w_k A D_k / sqrt(w_k A S A w_k) has covariance
    tr(ASAS) / ((K - 1) tr(ASAS)) = 1 / (K - 1) with each other z, so the sum of K has variance
    K + K (K - 1) / (K - 1) = 2 K: twice what independent folds had. Simulation agrees
    (tests/benchmarks/monitoring), and the usual test without the 2 alarms far too often.

    Parameters
    ----------
    reference
        Shape (m, d). A missing value (NaN) counts as the column's median, here and in what is compared: that
        more are missing is not this test's to find.
    seed
        Seed of the folds.
    place
        The two map coordinates, or None.
    importances
        Shape (d,), of the inputs; None: the same.

    Examples
    --------
    >>> random = np.random.default_rng(0)
    >>> pairs = random.multivariate_normal([0, 0], [[1, 0.8], [0.8, 1]], size=4_000)
    >>> classifier = DomainClassifier(pairs[:3_000], seed=0)
    >>> classifier.difference(pairs[3_000:]).p_value > 0.01
    True
    >>> decoupled = np.column_stack([pairs[3_000:, 0], random.permutation(pairs[3_000:, 1])])
    >>> difference = classifier.difference(decoupled)
    >>> difference.auc > 0.7, difference.p_value < 1e-6, difference.leading_columns
    (True, True, (0, 1))
    """

    def __init__(
        self,
        reference: FloatArray,
        seed: int,
        place: tuple[int, int] | None = None,
        importances: FloatArray | None = None,
    ) -> None:
        self._seed = seed
        is_missing = np.isnan(reference)
        # NaN where none is missing: then a row without a value is left out.
        self.medians = np.where(is_missing.any(axis=0), np.nanmedian(reference, axis=0), np.nan)
        filled = np.where(is_missing, self.medians, reference)
        self.features = DomainFeatures(filled, place, seed, importances)
        compared = self.features.compared
        folds = _folds(len(compared), seed)
        self._by_fold = [compared[folds == fold] for fold in range(FOLDS)]
        spread = np.cov(compared, rowvar=False) + np.diag(self.features.ridge)
        self._inverse = np.linalg.inv(spread)

    def complete(self, current: FloatArray) -> FloatArray:
        """Return the rows of current (n, d) that can be compared.

        Each value is there, or is the median where the reference lacks values too.
        """
        filled = np.where(np.isnan(current), self.medians, current)
        return filled[~np.isnan(filled).any(axis=1)]

    def difference(self, current: FloatArray) -> DomainDifference:
        """Separate current rows (n, d) from the reference; rows with NaN are left out.

        Raises
        ------
        ValueError
            If fewer than 5 rows are complete: a fold would be empty.
        """
        complete = current[~np.isnan(current).any(axis=1)]
        if len(complete) < FOLDS:
            raise ValueError(f"Fewer than {FOLDS} complete rows.")
        features = self.features.of(complete)
        folds = _folds(len(complete), self._seed)
        by_fold = [features[folds == fold] for fold in range(FOLDS)]
        auc, null_deviation = self._cross_validated(by_fold)
        return DomainDifference(
            auc=auc,
            null_deviation=null_deviation,
            p_value=float(stats.norm.sf((auc - 0.5) / null_deviation)),
            leading_columns=self._leading(features),
            rows=len(complete),
        )

    def _cross_validated(self, current: list[FloatArray]) -> tuple[float, float]:
        aucs, variances = [], []
        for fold in range(FOLDS):
            others = [other for other in range(FOLDS) if other != fold]
            weights = self._inverse @ (
                _mean([current[other] for other in others])
                - _mean([self._by_fold[other] for other in others])
            )
            aucs.append(_auc(current[fold] @ weights, self._by_fold[fold] @ weights))
            number, size = len(current[fold]), len(self._by_fold[fold])
            variances.append((number + size + 1) / (12 * number * size))
        return float(np.mean(aucs)), float(np.sqrt(2 * np.sum(variances)) / FOLDS)

    def _leading(self, features: FloatArray) -> tuple[int, ...]:
        difference = features.mean(axis=0) - _mean(self._by_fold)
        # Each feature's part of the discriminant's squared distance, which is their sum.
        parts = difference * (self._inverse @ difference)
        return self.features.columns[int(np.argmax(parts))]


def _folds(rows: int, seed: int) -> NDArray[np.int64]:
    return np.random.default_rng(seed).permutation(rows) % FOLDS


def _mean(parts: list[FloatArray]) -> FloatArray:
    total: FloatArray = np.sum([part.sum(axis=0) for part in parts], axis=0)
    return total / sum(map(len, parts))


def _auc(current: FloatArray, reference: FloatArray) -> float:
    ordered = np.sort(reference)
    below = np.searchsorted(ordered, current) + np.searchsorted(ordered, current, "right")
    return float(below.mean() / (2 * len(ordered)))
