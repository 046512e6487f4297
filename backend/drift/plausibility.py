"""Rows whose inputs do not go together, though each is usual alone: as if they came from different rows."""

from typing import Any

import numpy as np
from scipy import special, stats
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped] # ships no types

from backend.drift.domain_features import DomainFeatures
from backend.drift.spoiled_values import Rise
from storage.schema.arrays import FloatArray

MOST_ROWS, MOST_VALUES, FEWEST_ROWS = 16_000, 400_000, 2_000
"""Reference rows that are learned from: fewer of a wide table, so that it takes a second too."""
FITTED_SHARE = 0.6
"""Of those rows the classifier learns; the others say how usual and mixed rows look to it."""
TREES, LEAVES, RATE = 150, 31, 0.08
COPIES = 4
"""Mixed rows for each real one: one mixture of each would be learned by heart."""
SUPPOSED_SHARE = 0.1
"""Of mixed rows, for the probability that a row is one."""
FEWEST_USUAL = 100
"""Of rows that say what is usual; with fewer nothing is judged."""
SMALLEST_GAP = 0.02
"""Between the mean probabilities of mixed and usual rows; below, the inputs tell nothing of each other."""


class Plausibility:
    """Estimates the share of mixed rows, whose inputs came from different rows.

    A classifier of boosted trees learns to tell one part of the reference from the same rows with inputs of
    others. With its likelihood ratio r of the two, a row is mixed with the probability
    p = 0.1 r / (0.9 + 0.1 r), if a tenth of all are. The mean of (p - u) / (m - u) is the estimate, where u
    and m are the means of p over the other part's rows as they are and with every input of another row: 0
    for usual rows, 1 for wholly mixed ones. Of rows with one foreign input it is less, as they are told less
    surely. Each row's evidence counts; a count of rows beyond a limit would lose most of it.

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
        columns = scores.shape[1]
        random = np.random.default_rng(seed)
        most = min(MOST_ROWS, max(FEWEST_ROWS, MOST_VALUES // columns))
        rows = scores[random.permutation(len(scores))[:most]]
        fitted, usual = np.split(rows, [int(FITTED_SHARE * len(rows))])
        if columns < 2 or len(usual) < FEWEST_USUAL:
            return
        model = self._fitted(fitted, place, random)
        mixed = np.vstack([_shuffled(usual, random) for _ in range(COPIES)])
        of_usual = self._probabilities(model, usual)
        gap = float(self._probabilities(model, mixed).mean() - of_usual.mean())
        if gap >= SMALLEST_GAP:
            self._model, self._zero, self._gap = model, float(of_usual.mean()), gap
            self._usual = (of_usual - self._zero) / gap

    def mixedness(self, scores: FloatArray) -> FloatArray:
        """Return how mixed rows (n, d) look, (n,): 0 and 1 are the means of usual and wholly mixed ones.

        NaN where a score is, and where nothing could be learned.
        """
        found = np.full(len(scores), np.nan)
        is_known = ~np.isnan(scores).any(axis=1)
        if self._model is not None and is_known.any():
            probabilities = self._probabilities(self._model, scores[is_known])
            found[is_known] = (probabilities - self._zero) / self._gap
        return found

    def rise(self, scores: FloatArray) -> Rise | None:
        """Return the estimated share of mixed rows among (n, d), none missing; None: nothing is known."""
        if self._model is None or not len(scores):
            return None
        mean = float(self.mixedness(scores).mean())
        share = min(max(mean, 0.0), 1.0)
        return Rise(0.0, share, 0.0, p_value_of_mean(mean, len(scores), self._usual))

    def _probabilities(
        self, model: HistGradientBoostingClassifier, scores: FloatArray
    ) -> FloatArray:
        with _one_thread():
            log_odds = model.decision_function(self._seen(scores))
        supposed = np.log(SUPPOSED_SHARE / (1 - SUPPOSED_SHARE)) - np.log(COPIES)
        return np.asarray(special.expit(log_odds + supposed))

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


def _shuffled(rows: FloatArray, random: np.random.Generator) -> FloatArray:
    """Return rows (m, d) with every column of another row."""
    return np.column_stack([random.permutation(column) for column in rows.T])


def p_value_of_mean(mean: float, rows: int, reference: FloatArray) -> float:
    """Return how likely n rows like those of the reference, (k,), have so large a mean or a larger one.

    For z = (mean - u) / (s sqrt(1/n + 1/k)), with mean u, deviation s and skewness g of the reference: the
    normal tail beyond z - h (z^2 - 1) / 6, where h = g (1/n^2 - 1/k^2) / (1/n + 1/k)^1.5 is the skewness of
    the difference (Cornish and Fisher 1938, Moments and Cumulants in the Specification of Distributions).

    Examples
    --------
    >>> reference = np.random.default_rng(0).exponential(size=4_000)
    >>> round(p_value_of_mean(1.2, 100, reference), 3)
    0.048
    """
    deviation = max(float(reference.std()), np.finfo(np.float64).tiny)
    own, other = 1 / rows, 1 / len(reference)
    z = (mean - float(reference.mean())) / (deviation * np.sqrt(own + other))
    skewness = float(stats.skew(reference)) * (own**2 - other**2) / (own + other) ** 1.5
    # The correction is for values not far in the tail; beyond, its square would turn around.
    near = min(max(z, 0.0), 5.0)
    return float(stats.norm.sf(z - skewness * (near**2 - 1) / 6))
