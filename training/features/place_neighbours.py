"""What the nearest training districts on the map cost, and how far they are."""

from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from storage.domain.place import LATITUDE, LONGITUDE
from storage.schema.arrays import FloatArray, IntegerArray
from training.features.base import NeighbourTransformer
from training.features.map_coordinates import map_coordinates
from training.features.neighbour_statistics import (
    CONTRAST_NAMES,
    STATISTIC_NAMES,
    compare_with_neighbourhood,
    contrast_with_neighbourhood,
    distance_statistics,
    gaussian_mean,
    neighbourhood_logarithms,
    price_statistics,
)
from training.features.place_support import (
    DISTANCE_RANKS,
    FARTHEST_RANK,
    SUPPORT_COLUMNS,
    PlaceSupport,
    fill_support_columns,
)
from training.features.raw_inputs import logarithms
from training.kernels.compiled import compiled
from training.kernels.forest_arrays import ForestArrays, sum_trees
from training.kernels.neighbour_search import NOBODY, find_nearest
from training.kernels.search_tree import SearchTree

STATISTICS_OF = 20
CONTRASTS_WITH = 15
BANDWIDTHS_KILOMETRES = (1.7, 4.4, 11.0)
CAPPED_PRICE = 5.0
"""Above it a price is the census's cap, not a price. In 100,000 USD."""
SOFTENING_KILOMETRES = 1.0
STATISTICS_END = len(STATISTIC_NAMES)
CONTRASTS_END = STATISTICS_END + len(CONTRAST_NAMES)
DISTANCES_END = CONTRASTS_END + len(DISTANCE_RANKS)
MEANS_END = DISTANCES_END + len(BANDWIDTHS_KILOMETRES)
PLACE_END = MEANS_END + 2


class KnownPlaces(NamedTuple):
    """The training districts as the compiled functions take them.

    ``tree`` holds their map coordinates; raw (n, d), logs (n, 6) and prices (n,) are by its rows;
    ``support`` are the trees of ``PlaceSupport``.
    """

    tree: SearchTree
    raw: FloatArray
    logs: FloatArray
    prices: FloatArray
    support: ForestArrays


class PlaceNeighbours(NeighbourTransformer):
    """Prices and people of the nearest training districts on the map.

    From the 20 nearest: the statistics of ``STATISTIC_NAMES``, weights 1 / (distance + 1 km), and the
    share of capped prices; from the 15 nearest: the contrasts of ``CONTRAST_NAMES``; from the 60 nearest:
    distances in kilometres, mean prices under Gaussian weights of three bandwidths, and the log-odds
    that the place has no support among the training districts.

    Parameters
    ----------
    random_state
        Seed of ``PlaceSupport``.

    Attributes
    ----------
    support_ : PlaceSupport
        Fitted on the training districts' places.
    """

    def __init__(self, random_state: int = 0) -> None:
        self.random_state = random_state

    def fit(self, X: npt.ArrayLike, y: npt.ArrayLike) -> Self:
        """Keep the training districts and learn what support looks like; see the base class."""
        super().fit(X, y)
        self.support_ = PlaceSupport(self.random_state).fit(self.points_, self.raw_)
        return self

    def names(self) -> list[str]:
        """Return the names of the 41 columns; the support is the last."""
        distances = [f"distance_to_{rank}" for rank in DISTANCE_RANKS]
        means = [f"price_mean_within_{width}_km" for width in BANDWIDTHS_KILOMETRES]
        names = [*STATISTIC_NAMES, *CONTRAST_NAMES, *distances, *means, "price_capped_share"]
        return [f"place_{name}" for name in [*names, "unsupported_log_odds"]]

    def known(self) -> KnownPlaces:
        """Return what was kept, for the compiled functions."""
        logs = logarithms(self.raw_)
        return KnownPlaces(self.tree_, self.raw_, logs, self.prices_, self.support_.forest_)

    def _points(self, inputs: FloatArray) -> FloatArray:
        return map_coordinates(inputs)

    def _features(self, inputs: FloatArray, excluded: IntegerArray) -> FloatArray:
        features = np.empty((len(inputs), PLACE_END))
        order = np.lexsort((inputs[:, LONGITUDE], inputs[:, LATITUDE]))
        describe_places(self.known(), inputs, excluded, order, features)
        return features


@compiled
def describe_places(
    known: KnownPlaces,
    inputs: FloatArray,
    excluded: IntegerArray,
    order: IntegerArray,
    features: FloatArray,
) -> None:
    """Fill features, shape (n, 41), for inputs of shape (n, d).

    The rows are taken in ``order``, shape (n,): where several in a row are at one place, its neighbours are
    looked for once.
    """
    points = map_coordinates(inputs)
    logs = logarithms(inputs)
    neighbours = min(FARTHEST_RANK, known.raw.shape[0] - 1)
    distances, rows = np.empty(neighbours), np.empty(neighbours, np.int64)
    of_place = np.empty(PLACE_END)
    support_columns, log_odds = (
        np.empty((inputs.shape[0], SUPPORT_COLUMNS)),
        np.empty((inputs.shape[0], 1)),
    )
    before = -1
    for row in order:
        if before < 0 or _differ(points, excluded, row, before):
            find_nearest(known.tree, points[row], excluded[row], distances, rows)
            _describe_place(known, distances, rows, of_place)
        features[row] = of_place
        compare_with_neighbourhood(
            known.raw, inputs[row], rows[:STATISTICS_OF], features[row, :STATISTICS_END]
        )
        contrast_with_neighbourhood(
            known.logs,
            logs[row],
            rows[:CONTRASTS_WITH],
            features[row, STATISTICS_END:CONTRASTS_END],
        )
        fill_support_columns(distances, inputs[row], support_columns[row])
        before = row
    sum_trees(support_columns, known.support, log_odds)
    features[:, PLACE_END - 1] = log_odds[:, 0]


@compiled
def _differ(points: FloatArray, excluded: IntegerArray, row: int, other: int) -> bool:
    """Whether two rows may have other neighbours."""
    is_left_out: bool = excluded[row] != NOBODY or excluded[other] != NOBODY
    is_elsewhere = bool(np.any(points[row] != points[other]))
    return is_left_out or is_elsewhere


@compiled
def _describe_place(
    known: KnownPlaces, distances: FloatArray, rows: IntegerArray, features: FloatArray
) -> None:
    """Fill what all districts at one place share."""
    near, statistics = rows[:STATISTICS_OF], features[:STATISTICS_END]
    price_statistics(known.raw, known.prices, near, statistics)
    distance_statistics(
        known.raw,
        known.prices,
        distances[:STATISTICS_OF],
        near,
        SOFTENING_KILOMETRES,
        statistics,
    )
    neighbourhood_logarithms(
        known.logs, rows[:CONTRASTS_WITH], features[STATISTICS_END:CONTRASTS_END]
    )
    for position, rank in enumerate(DISTANCE_RANKS):
        features[CONTRASTS_END + position] = distances[min(rank, distances.shape[0]) - 1]
    for position, bandwidth in enumerate(BANDWIDTHS_KILOMETRES):
        mean = gaussian_mean(distances, known.prices, rows, bandwidth)
        features[DISTANCES_END + position] = mean
    features[MEANS_END] = np.mean(known.prices[rows[:STATISTICS_OF]] > CAPPED_PRICE)
