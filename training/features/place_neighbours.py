"""What the nearest training districts on the map cost, and how far they are."""

from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from training.dataset.table import FloatArray
from training.features.base import NeighbourTransformer
from training.features.compiled import compiled
from training.features.map_coordinates import map_coordinates
from training.features.neighbour_search import IntegerArray, find_nearest
from training.features.neighbour_statistics import (
    CONTRAST_NAMES,
    STATISTIC_NAMES,
    gaussian_mean,
    neighbourhood_contrasts,
    neighbourhood_statistics,
)
from training.features.place_support import DISTANCE_RANKS, FARTHEST_RANK, PlaceSupport
from training.features.raw_inputs import logarithms

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


class MappedDistricts(NamedTuple):
    """Districts as the compiled functions take them: points (n, 2), raw (n, 8), logs (n, 6)."""

    points: FloatArray
    raw: FloatArray
    logs: FloatArray


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

    def _points(self, inputs: FloatArray) -> FloatArray:
        return map_coordinates(inputs)

    def _features(self, inputs: FloatArray, excluded: IntegerArray) -> FloatArray:
        features = np.empty((len(inputs), len(self.names())))
        distances = np.empty((len(inputs), self._neighbour_count(FARTHEST_RANK)))
        training = MappedDistricts(self.points_, self.raw_, logarithms(self.raw_))
        asked = MappedDistricts(map_coordinates(inputs), inputs, logarithms(inputs))
        _fill(training, self.prices_, asked, excluded, distances, features)
        features[:, -1] = self.support_.log_odds(distances, inputs)
        return features


@compiled
def _fill(
    training: MappedDistricts,
    prices: FloatArray,
    asked: MappedDistricts,
    excluded: IntegerArray,
    distances: FloatArray,
    features: FloatArray,
) -> None:
    """Fill distances (n, n_neighbours) and, but for the last column, features (n, 41)."""
    rows = np.empty(distances.shape[1], np.int64)
    for row in range(features.shape[0]):
        find_nearest(training.points, asked.points[row], excluded[row], distances[row], rows)
        neighbourhood_statistics(
            training.raw,
            prices,
            asked.raw[row],
            distances[row, :STATISTICS_OF],
            rows[:STATISTICS_OF],
            SOFTENING_KILOMETRES,
            features[row, :STATISTICS_END],
        )
        neighbourhood_contrasts(
            training.logs,
            asked.logs[row],
            rows[:CONTRASTS_WITH],
            features[row, STATISTICS_END:CONTRASTS_END],
        )
        _fill_density(prices, distances[row], rows, features[row, CONTRASTS_END:])


@compiled
def _fill_density(
    prices: FloatArray, distances: FloatArray, rows: IntegerArray, features: FloatArray
) -> None:
    """Fill distances, mean prices by bandwidth and the share of capped prices."""
    for position, rank in enumerate(DISTANCE_RANKS):
        features[position] = distances[min(rank, distances.shape[0]) - 1]
    for position, bandwidth in enumerate(BANDWIDTHS_KILOMETRES):
        features[len(DISTANCE_RANKS) + position] = gaussian_mean(distances, prices, rows, bandwidth)
    features[MEANS_END - CONTRASTS_END] = np.mean(prices[rows[:STATISTICS_OF]] > CAPPED_PRICE)
