"""Features of the domain classifier: ranks, their products, and local averages."""

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from storage.schema.arrays import FloatArray

RIDGE = 0.001
"""Added to each variance, so that a constant column causes no division by zero."""
PRODUCT_RIDGE = 2.0
"""The same for products: most changes affect one column, and dozens of products add noise."""
PLACE_SHARE = 3
"""One reference row in three is used for the local averages, and is not compared."""
PLACE_BINS = 20
"""Cells along each of the two axes of the map, with equal numbers of rows."""
PLACE_SHRINKAGE = 2.0
"""Strength of the shrinkage of each cell's mean towards zero, in average rows."""


class NormalScores:
    """Each column's value as the normal quantile of its rank in the reference, shape (m, d).

    They do not depend on units or outliers.

    Examples
    --------
    >>> scores = NormalScores(np.arange(99.0)[:, np.newaxis])
    >>> scores.of(np.array([[49.0], [1e9]])).round(2).ravel().tolist()
    [0.0, 2.58]
    """

    def __init__(self, reference: FloatArray) -> None:
        size = len(reference)
        self._sorted = np.sort(reference, axis=0)
        # A value's rank is counted in halves: 2 x (values below) + (values equal).
        self._quantiles = stats.norm.ppf((np.arange(2 * size + 1) / 2 + 0.5) / (size + 1))

    def of(self, inputs: FloatArray) -> FloatArray:
        """Return the scores of inputs (n, d), shape (n, d)."""
        scores = np.empty(inputs.shape)
        for column in range(inputs.shape[1]):
            ordered, values = self._sorted[:, column], inputs[:, column]
            ranks = np.searchsorted(ordered, values) + np.searchsorted(ordered, values, "right")
            scores[:, column] = self._quantiles[ranks]
        return scores


class PlaceMeans:
    """The mean score of every other column in each cell of the map.

    Parameters
    ----------
    scores
        Shape (k, d), of rows used for nothing else: if a row were compared with a mean that contains it,
        reference and current rows would differ without any change.
    place
        The two map coordinates.
    """

    def __init__(self, scores: FloatArray, place: tuple[int, int]) -> None:
        self._place = place
        self.others = [column for column in range(scores.shape[1]) if column not in place]
        shares = np.arange(1, PLACE_BINS) / PLACE_BINS
        self._edges = [np.quantile(scores[:, column], shares) for column in place]
        cells = self._cells(scores)
        counts = np.bincount(cells, minlength=PLACE_BINS**2)
        sums = [
            np.bincount(cells, scores[:, column], minlength=PLACE_BINS**2) for column in self.others
        ]
        self._means = np.column_stack(sums) / (counts + PLACE_SHRINKAGE)[:, np.newaxis]

    def of(self, scores: FloatArray) -> FloatArray:
        """Return the local averages at the locations of scores (n, d), shape (n, d - 2)."""
        usual: FloatArray = self._means[self._cells(scores)]
        return usual

    def _cells(self, scores: FloatArray) -> NDArray[np.int64]:
        first, second = (
            np.searchsorted(edges, scores[:, column])
            for edges, column in zip(self._edges, self._place, strict=True)
        )
        cells: NDArray[np.int64] = first * PLACE_BINS + second
        return cells


MOST_MULTIPLIED = 16
"""Columns of which all products are features."""


def _pairs(
    columns: int, importances: FloatArray | None
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the columns whose products are features: each squared, the most important multiplied."""
    first, second = np.triu_indices(columns)
    if columns <= MOST_MULTIPLIED:
        return first, second
    ranked = np.argsort(-(np.zeros(columns) if importances is None else importances), kind="stable")
    is_chosen = np.zeros(columns, dtype=np.bool_)
    is_chosen[ranked[:MOST_MULTIPLIED]] = True
    kept = (first == second) | (is_chosen[first] & is_chosen[second])
    return first[kept], second[kept]


class DomainFeatures:
    """Normal scores, all products of two of them, and comparisons with local averages.

    The products carry spread (a column with itself) and correlation (with another). With a map, each other
    column also has its local average at the row's location and the product of the two: together they show
    that a column rose compared with its surroundings, or is no longer correlated with them.

    Parameters
    ----------
    reference
        Shape (m, d), without missing values.
    place
        The two map coordinates, or None.
    seed
        Seed for choosing the rows of the local averages.
    importances
        Shape (d,): of more than 16 columns, only the 16 most important ones are multiplied with each other;
        200 columns would have 20,000 products. None: the same.
    """

    def __init__(
        self,
        reference: FloatArray,
        place: tuple[int, int] | None,
        seed: int,
        importances: FloatArray | None = None,
    ) -> None:
        columns = reference.shape[1]
        self._scores = NormalScores(reference)
        self._pairs = _pairs(columns, importances)
        self._places: PlaceMeans | None = None
        compared = reference
        if place is not None:
            kept_back = np.random.default_rng(seed).permutation(len(reference)) % PLACE_SHARE == 0
            self._places = PlaceMeans(self._scores.of(reference[kept_back]), place)
            compared = reference[~kept_back]
        others = self._places.others if self._places is not None else []
        self.columns: list[tuple[int, ...]] = [
            *((column,) for column in range(columns)),
            *(tuple(sorted({int(a), int(b)})) for a, b in zip(*self._pairs, strict=True)),
            *((column,) for column in others),
            *((column, *(place or ())) for column in others),
        ]
        """The columns that each feature is made of."""
        simple, products = RIDGE, PRODUCT_RIDGE
        pairs = len(self._pairs[0])
        self.ridge = np.repeat(
            [simple, products, simple, simple], [columns, pairs, len(others), len(others)]
        )
        """The amount added to each feature's variance, shape (f,)."""
        self.compared_scores = self.scores(compared)
        """The scores of those reference rows, shape (k, d)."""
        self.compared = self.of(compared)
        """The features of the reference rows that windows are compared with, shape (k, f)."""

    def scores(self, inputs: FloatArray) -> FloatArray:
        """Return the normal scores of inputs (n, d), shape (n, d)."""
        return self._scores.of(inputs)

    def surroundings(self, scores: FloatArray) -> FloatArray:
        """Return scores (n, d) and, with a map, the local averages beside them: (n, d) or (n, 2 d - 2)."""
        return scores if self._places is None else np.hstack([scores, self._places.of(scores)])

    def beside_surroundings(self, scores: FloatArray) -> FloatArray:
        """Return scores (n, d) and, with a map, how far each is from its local average: (n, 2 d - 2)."""
        if self._places is None:
            return scores
        usual = self._places.of(scores)
        return np.hstack([scores, scores[:, self._places.others] - usual])

    def of(self, inputs: FloatArray) -> FloatArray:
        """Return the features of inputs (n, d), shape (n, f)."""
        scores = self.scores(inputs)
        first, second = self._pairs
        parts = [scores, scores[:, first] * scores[:, second]]
        if self._places is not None:
            usual = self._places.of(scores)
            parts += [usual, usual * scores[:, self._places.others]]
        return np.hstack(parts)
