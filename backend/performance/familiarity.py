"""Whether rows lie where the holdout has rows: what is learned from it says little about others."""

import numpy as np
from sklearn.neighbors import NearestNeighbors

from storage.domain.inputs import FEATURES
from storage.domain.place import HAS_PLACE, LATITUDE, LONGITUDE
from storage.schema.arrays import BoolArray, FloatArray, IndexArray
from storage.schema.drawn import drawn_rows

MOST_ROWS = 2_000
"""Of a larger holdout a drawn part is compared with: somebody waits."""
NEIGHBOUR = 3
FAMILIAR_SHARE = 0.975
"""Share of the holdout's own rows that count as familiar, by each of the two distances."""
SMALLEST_DISTANCE = 1e-9
"""Many rows may have one place."""


class Familiarity:
    """How far a row may be from the holdout's rows before it is unlike them.

    A row is unfamiliar if its third nearest row of the holdout is farther away than that of 97.5 % of the
    holdout's own rows: as a distance, or over the one that is usual there, the median of the nearest three
    rows' own. The first finds rows far from all others, the second a gap in a dense area. The distance is
    that of the places where the table has them, otherwise of all numbers, each over the range of its middle
    90 %; a missing value counts as the median.

    Parameters
    ----------
    inputs
        Of the holdout, shape (m, d).
    seed
        Draws the rows of a large holdout.

    References
    ----------
    Breunig, M. M. et al. (2000). LOF: identifying density-based local outliers. SIGMOD Record 29, 93-104.
    """

    def __init__(self, inputs: FloatArray, seed: int) -> None:
        self._columns = _compared_columns(inputs.shape[1])
        drawn = inputs[drawn_rows(len(inputs), MOST_ROWS, seed)][:, self._columns]
        self._medians = np.nan_to_num(np.nanmedian(drawn, axis=0))
        low, high = np.nanpercentile(drawn, [5, 95], axis=0)
        self._spread = np.where(high > low, high - low, 1.0)
        points = self._points(drawn)
        self._neighbours = NearestNeighbors(n_neighbors=NEIGHBOUR).fit(points)
        # Each row is its own nearest.
        distances, nearest = self._neighbours.kneighbors(points, NEIGHBOUR + 1)
        self._own = distances[:, -1]
        relative = self._relative(self._own, nearest[:, 1:])
        self._farthest = float(np.quantile(self._own, FAMILIAR_SHARE))
        self._most_relative = float(np.quantile(relative, FAMILIAR_SHARE))

    def unfamiliar(self, inputs: FloatArray) -> BoolArray:
        """Return for each row, shape (n, d), whether it is unlike the holdout's."""
        if not len(inputs):
            return np.zeros(0, dtype=np.bool_)
        distances, nearest = self._neighbours.kneighbors(self._points(inputs[:, self._columns]))
        is_far = distances[:, -1] > self._farthest
        in_gap = self._relative(distances[:, -1], nearest) > self._most_relative
        return np.asarray(is_far | in_gap, dtype=np.bool_)

    def _relative(self, distances: FloatArray, nearest: IndexArray) -> FloatArray:
        """Divide distances (n,) by those that are usual among their nearest rows (n, 3)."""
        usual = np.median(self._own[nearest], axis=1)
        return np.asarray(distances / (usual + SMALLEST_DISTANCE), dtype=np.float64)

    def _points(self, values: FloatArray) -> FloatArray:
        present = np.where(np.isnan(values), self._medians, values)
        return np.asarray((present - self._medians) / self._spread, dtype=np.float64)


def _compared_columns(count: int) -> list[int]:
    if HAS_PLACE:
        return [LATITUDE, LONGITUDE]
    numbers = [number for number, each in enumerate(FEATURES) if not each.is_category]
    # Positions of words are no distances, but a table of words only has nothing else.
    return numbers or list(range(count))
