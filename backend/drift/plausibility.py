"""Rows whose inputs do not go together, though each is usual alone: unlike rows of the reference."""

from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped] # ships no types

from backend.drift.domain_features import DomainFeatures
from storage.schema.arrays import FloatArray

MOST_ROWS, MOST_VALUES, FEWEST_ROWS = 16_000, 400_000, 2_000
"""Reference rows that are learned from: fewer of a wide table, so that it takes a second too."""
FITTED_SHARE = 0.6
"""Of those rows the classifier learns; the others say how unlike usual rows look."""
USUAL_SHARE = 0.99
"""Of usual rows that are not called unlike."""
TREES, LEAVES, RATE = 150, 31, 0.08
COPIES = 4
"""Mixed rows for each real one: one mixture of each would be learned by heart."""
FEWEST_USUAL = 100
"""Of rows that say what is usual; with fewer nothing is called unlike."""


class Plausibility:
    """Tells reference rows from the same rows with some inputs of another row.

    A classifier of boosted trees learns the difference on one part of the reference; a row is unlike the
    reference if its log-odds are above those of 99 % of the other part. Few such rows hardly move a mean,
    but they are many in this tail.

    Parameters
    ----------
    scores
        Normal scores of reference rows, shape (k, d), none missing.
    features
        Fitted to other reference rows, so that the local averages on a map contain none of these.
    place
        The two map coordinates, which are mixed together; or None.
    seed
        Of the parts and of the mixing.
    """

    def __init__(
        self,
        scores: FloatArray,
        features: DomainFeatures,
        place: tuple[int, int] | None,
        seed: int,
    ) -> None:
        self._features = features
        self._model: HistGradientBoostingClassifier | None = None
        self.reference_rows = self.reference_unlike = 0
        columns = scores.shape[1]
        random = np.random.default_rng(seed)
        most = min(MOST_ROWS, max(FEWEST_ROWS, MOST_VALUES // columns))
        rows = scores[random.permutation(len(scores))[:most]]
        fitted, usual = np.split(rows, [int(FITTED_SHARE * len(rows))])
        if columns < 2 or len(usual) < FEWEST_USUAL:
            return
        self._model = self._fitted(fitted, place, random)
        log_odds = self._log_odds(usual)
        self._threshold = float(np.quantile(log_odds, USUAL_SHARE))
        self.reference_rows = len(usual)
        self.reference_unlike = int((log_odds > self._threshold).sum())

    def is_unlike(self, scores: FloatArray) -> FloatArray:
        """Return 1 for rows unlike the reference, else 0; NaN where a score is: scores (n, d), (n,)."""
        found = np.full(len(scores), np.nan)
        is_known = ~np.isnan(scores).any(axis=1)
        if self._model is not None and is_known.any():
            found[is_known] = self._log_odds(scores[is_known]) > self._threshold
        return found

    def _fitted(
        self, rows: FloatArray, place: tuple[int, int] | None, random: np.random.Generator
    ) -> HistGradientBoostingClassifier:
        mixed = np.vstack([_mixed(rows, place, random) for _ in range(COPIES)])
        model = HistGradientBoostingClassifier(
            max_iter=TREES,
            max_leaf_nodes=LEAVES,
            learning_rate=RATE,
            early_stopping=False,
            random_state=0,
        )
        both = np.vstack([self._seen(rows), self._seen(mixed)])
        with _one_thread():
            model.fit(both, np.repeat([0, 1], [len(rows), len(mixed)]))
        return model

    def _log_odds(self, scores: FloatArray) -> FloatArray:
        if self._model is None:
            return np.zeros(len(scores))
        with _one_thread():
            found: FloatArray = self._model.decision_function(self._seen(scores))
        return found

    def _seen(self, scores: FloatArray) -> FloatArray:
        return self._features.beside_surroundings(scores)


def _one_thread() -> Any:
    """Return a context of one thread: a forked worker may wait for its parent's threads for ever."""
    return threadpool_limits(1, "openmp")


def _mixed(
    rows: FloatArray, place: tuple[int, int] | None, random: np.random.Generator
) -> FloatArray:
    """Return rows (m, d) with another row's place, one other column, or each column at even odds."""
    others = rows[random.permutation(len(rows))]
    columns = rows.shape[1]
    takes = random.random(rows.shape) < 0.5
    kind = random.integers(3, size=len(rows))
    one = np.arange(columns) == random.integers(columns, size=len(rows))[:, np.newaxis]
    takes[kind == 0] = one[kind == 0]
    if place is not None:
        is_place = np.isin(np.arange(columns), place)
        takes[kind == 1] = is_place
        takes[:, place[1]] = takes[:, place[0]]
    return np.where(takes, others, rows)
