"""Whether the training districts say anything about a place."""

from typing import Self

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier

from storage.domain.place import LATITUDE, LONGITUDE
from storage.schema.arrays import FloatArray, IntegerArray
from training.features.columns import AGE, POPULATION
from training.features.map_cells import cell_folds
from training.features.map_coordinates import map_coordinates, on_grid
from training.kernels.compiled import compiled
from training.kernels.forest import FlatForest
from training.kernels.forest_arrays import ForestArrays, constant_forest
from training.kernels.neighbour_search import NOBODY, nearest_distances
from training.kernels.search_tree import search_tree

DISTANCE_RANKS = (1, 10, 30, 60)
"""The distances to these neighbours tell: small where training districts are dense."""
FARTHEST_RANK = DISTANCE_RANKS[-1]
SOFTENING_KILOMETRES = 0.3
"""Added before the logarithm: nearer than that, nearer says nothing more."""
SUPPORT_COLUMNS = 13
CERTAIN_LOG_ODDS = -10.0
"""Answer where no district could be taken away to learn from: supported."""


class PlaceSupport:
    """Log-odds that a district lies in a region without training districts.

    A small classifier learns to tell training districts seen with their own surroundings from the same
    districts seen after their whole map cell was taken away, by the distances to the 1st, 10th, 30th and
    60th nearest training district, the place, the age and the population. Prices are not used.

    Parameters
    ----------
    seed
        Deals the map cells and grows the trees.
    cell_degrees
        Side of the map cells that are taken away, in degrees.
    folds
        Cells are dealt to this many folds; one fold is taken away at a time.
    trees
        Trees of the classifier, 8 leaves each.
    """

    def __init__(
        self, seed: int = 0, cell_degrees: float = 0.5, folds: int = 5, trees: int = 40
    ) -> None:
        self.seed = seed
        self.cell_degrees = cell_degrees
        self.folds = folds
        self.trees = trees

    def fit(self, points: FloatArray, raw: FloatArray) -> Self:
        """Learn from training districts in search order.

        Parameters
        ----------
        points
            Shape (n, 2): map coordinates, ascending on the first axis.
        raw
            Shape (n, d): their raw inputs.
        """
        own = np.arange(len(raw), dtype=np.int64)
        supported = self._columns_of(points, raw, own)
        unsupported = self._without_their_cell(points, raw)
        labels = np.repeat([0, 1], [len(supported), len(unsupported)])
        self.forest_: ForestArrays = constant_forest(CERTAIN_LOG_ODDS)
        if len(unsupported):
            columns = np.concatenate([supported, unsupported])
            self.forest_ = FlatForest([self._classifier().fit(columns, labels)]).arrays
        return self

    def _classifier(self) -> HistGradientBoostingClassifier:
        return HistGradientBoostingClassifier(
            max_iter=self.trees, max_leaf_nodes=8, early_stopping=False, random_state=self.seed
        )

    def _without_their_cell(self, points: FloatArray, raw: FloatArray) -> FloatArray:
        """Return the columns of the districts whose fold of cells has been taken away."""
        places = raw[:, [LATITUDE, LONGITUDE]]
        folds = cell_folds(places, self.cell_degrees, self.folds, self.seed)
        parts = []
        for fold in range(self.folds):
            away = folds == fold
            nobody = np.full(int(away.sum()), NOBODY, dtype=np.int64)
            # Without enough others left, what is far could not be told.
            if away.any() and len(raw) - len(nobody) > FARTHEST_RANK:
                kept = np.ascontiguousarray(points[~away])
                parts.append(self._columns_of(kept, raw[away], nobody))
        return np.concatenate(parts) if parts else np.empty((0, 0))

    @staticmethod
    def _columns_of(points: FloatArray, raw: FloatArray, excluded: IntegerArray) -> FloatArray:
        distances = np.empty((len(raw), min(FARTHEST_RANK, len(points) - 1)))
        nearest_distances(search_tree(points), map_coordinates(raw), excluded, distances)
        columns = np.empty((len(raw), SUPPORT_COLUMNS))
        for row in range(len(raw)):
            fill_support_columns(distances[row], raw[row], columns[row])
        return columns


@compiled
def fill_support_columns(distances: FloatArray, raw: FloatArray, columns: FloatArray) -> None:
    """Fill what the trees of a ``PlaceSupport`` ask about.

    Parameters
    ----------
    distances
        Shape (n_neighbours,), ascending, in kilometres.
    raw
        Shape (8,).
    columns
        Shape (13,), filled: log distances, their differences, age, population and place.
    """
    ranks = len(DISTANCE_RANKS)
    for position in range(ranks):
        rank = min(DISTANCE_RANKS[position], distances.shape[0])
        columns[position] = np.log(distances[rank - 1] + SOFTENING_KILOMETRES)
    column = ranks
    for near in range(2):
        for far in range(near + 1, ranks):
            columns[column] = columns[near] - columns[far]
            column += 1
    for own in (AGE, POPULATION):
        columns[column] = raw[own]
        column += 1
    for axis in (LATITUDE, LONGITUDE):
        columns[column] = on_grid(raw[axis])
        column += 1
