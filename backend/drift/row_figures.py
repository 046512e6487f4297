"""What is watched of each row: figures whose means are compared from one period to the next."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy import stats

from backend.contract.drift.analysis import Aspect
from backend.drift.categories import ReferenceCategories
from backend.drift.domain_features import RIDGE, DomainFeatures, NormalScores
from backend.drift.plausibility import Plausibility
from backend.drift.spoiled_values import SpoiledValues
from backend.drift.univariate import ReferenceColumn
from storage.schema.arrays import BoolArray, FloatArray

MOST_WORDS = 8
"""Categories of one input that are watched, the most frequent of the reference."""

ALL_INPUTS = "all inputs"
QUALITY: tuple[Aspect, ...] = ("missing", "out_of_range")
SPOILED: tuple[Aspect, ...] = ("precision", "stuck")
SHARES: tuple[Aspect, ...] = ("categories", "combination", *SPOILED, *QUALITY)
"""Aspects whose means are shares; the others are in standard deviations of the reference."""


class Watched(NamedTuple):
    """One figure: the column that it is of, and what of it."""

    column: str
    aspect: Aspect


@dataclass(frozen=True)
class _Relation:
    """Each column beside what the others let expect: its residual, in standard deviations."""

    mean: FloatArray
    weights: FloatArray
    deviations: FloatArray

    @classmethod
    def fit(cls, features: FloatArray, columns: int) -> "_Relation":
        """Fit to features (m, f) of which the first ``columns`` are the scores of the columns.

        With the inverse P of the covariance, (P x)_j / P_jj is the residual of the regression of j on all
        others.
        """
        mean = features.mean(axis=0)
        spread = np.cov(features, rowvar=False).reshape(2 * features.shape[1:])
        inverse = np.linalg.inv(spread + RIDGE * np.eye(features.shape[1]))[:columns]
        weights = inverse / np.diag(inverse)[:, np.newaxis]
        deviations = ((features - mean) @ weights.T).std(axis=0)
        return cls(mean, weights, np.maximum(deviations, RIDGE))

    def of(self, features: FloatArray) -> FloatArray:
        residuals: FloatArray = (features - self.mean) @ self.weights.T / self.deviations
        return residuals


class RowFigures:
    """Turns rows into figures: the level and spread of each number, the share of each frequent category.

    Beside them: how far each column is from what the others let expect (on a map, its surroundings too), the
    level of the prediction, and which values are missing or out of the reference's range.

    Parameters
    ----------
    names, columns
        Of the d inputs.
    features
        Fitted to the reference.
    medians
        Shape (d,): what counts in place of a missing value; NaN where the reference lacks none.
    prediction
        The reference's predictions, or None.
    plausibility
        Tells how mixed a row's inputs look.
    spoiled
        Finds rounded and stuck values, by column; None: a column of categories.
    """

    def __init__(
        self,
        names: tuple[str, ...],
        columns: tuple[ReferenceColumn, ...],
        features: DomainFeatures,
        medians: FloatArray,
        prediction: tuple[str, ReferenceColumn] | None,
        plausibility: Plausibility,
        spoiled: tuple[SpoiledValues | None, ...],
    ) -> None:
        self._plausibility = plausibility
        self._spoiled = [(place, each) for place, each in enumerate(spoiled) if each is not None]
        self._columns = columns
        self._features = features
        self._medians = medians
        self._numbers = [
            place
            for place, column in enumerate(columns)
            if not isinstance(column, ReferenceCategories)
        ]
        self._words = list(_frequent_words(columns))
        self._prediction: NormalScores | None = None
        if prediction is not None:
            self._prediction = NormalScores(prediction[1].sorted[:, np.newaxis])
        self._relation = _Relation.fit(features.surroundings(features.compared_scores), len(names))
        numbers = [names[place] for place in self._numbers]
        self.watched: tuple[Watched, ...] = (
            *(Watched(name, "level") for name in numbers),
            *(Watched(name, "spread") for name in numbers),
            *(Watched(names[place], "categories") for place, _ in self._words),
            *(Watched(name, "relation") for name in names),
            *((Watched(prediction[0], "level"),) if prediction is not None else ()),
            Watched(ALL_INPUTS, "combination"),
            *(Watched(names[place], "precision") for place, _ in self._spoiled),
            *(Watched(names[place], "stuck") for place, _ in self._spoiled),
            *(Watched(name, "missing") for name in names),
            *(Watched(name, "out_of_range") for name in names),
        )
        """What each of the s figures is."""

    def of(self, inputs: FloatArray, predictions: FloatArray) -> FloatArray:
        """Return the figures of rows, shape (n, s); NaN where one is not known.

        Parameters
        ----------
        inputs
            Shape (n, d); NaN is a missing value.
        predictions
            Shape (n,); NaN where a row has none.
        """
        is_missing = np.isnan(inputs)
        filled = np.where(is_missing, self._medians, inputs)
        scores = self._features.scores(filled)
        levels = np.where(is_missing, np.nan, scores)[:, self._numbers]
        relations = self._relation.of(self._features.surroundings(scores))
        relations[np.isnan(filled).any(axis=1)] = np.nan
        parts = [
            levels,
            (levels**2 - 1) / np.sqrt(2),
            *(_share(inputs[:, place], word) for place, word in self._words),
            relations,
            *self._answers(predictions),
            self._plausibility.mixedness(scores)[:, np.newaxis],
            *(
                _known(each.is_coarse(inputs[:, place]), inputs[:, place])
                for place, each in self._spoiled
            ),
            *(
                _known(each.is_at_limit(inputs[:, place]), inputs[:, place])
                for place, each in self._spoiled
            ),
            is_missing.astype(np.float64),
            *(
                column.is_outside(values).astype(np.float64)[:, np.newaxis]
                for column, values in zip(self._columns, inputs.T, strict=True)
            ),
        ]
        return np.hstack(parts)

    def _answers(self, predictions: FloatArray) -> Iterator[FloatArray]:
        if self._prediction is not None:
            is_known = ~np.isnan(predictions)[:, np.newaxis]
            scores = self._prediction.of(np.nan_to_num(predictions)[:, np.newaxis])
            yield np.where(is_known, scores, np.nan)


def _frequent_words(columns: tuple[ReferenceColumn, ...]) -> Iterator[tuple[int, int]]:
    """Return the places of categories' columns with the words that are watched."""
    for place, column in enumerate(columns):
        if isinstance(column, ReferenceCategories):
            words, times = np.unique(column.sorted, return_counts=True)
            for word in words[np.argsort(-times, kind="stable")][:MOST_WORDS]:
                yield place, int(word)


def _share(values: FloatArray, word: int) -> FloatArray:
    is_word = np.where(np.isnan(values), np.nan, values == word)
    return is_word[:, np.newaxis]


def _known(found: BoolArray, values: FloatArray) -> FloatArray:
    return np.where(np.isnan(values), np.nan, found)[:, np.newaxis]


def level_shift(ks_statistic: float) -> float:
    """Return the shift of a normal distribution, in its deviations, that has this KS statistic.

    >>> round(level_shift(0.03), 4)
    0.0752
    """
    return 2 * float(stats.norm.ppf((1 + ks_statistic) / 2))
