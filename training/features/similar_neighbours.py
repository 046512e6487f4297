"""What the training districts cost that are near in place and alike, and their kriging mean."""

import numpy as np

from training.dataset.table import FloatArray
from training.features.base import NeighbourTransformer
from training.features.compiled import compiled
from training.features.kriging import Correlation, krige
from training.features.map_coordinates import map_coordinates
from training.features.neighbour_search import IntegerArray, find_nearest
from training.features.neighbour_statistics import STATISTIC_NAMES, neighbourhood_statistics
from training.features.raw_inputs import AGE, OCCUPANCY, POPULATION, logarithms, positive_logarithm

NEIGHBOURS = 32
SOFTENING = 0.3
KRIGED = len(STATISTIC_NAMES)
PRICE_KRIGED = "similar_price_kriged"


class SimilarNeighbours(NeighbourTransformer):
    """Prices of the training districts that are near in place and alike, and their kriging mean.

    A district's point is its map coordinates and seven numbers that say what it is like, each times a
    weight. From the 32 nearest in this metric: the statistics of ``STATISTIC_NAMES``, and mean (of the
    log price, turned back into 100,000 USD) and variance by ordinary kriging.

    The numbers below were found by ``metric_tuning.tuned_metric`` on the training part of seed 0; they are
    given, not fitted, because finding them takes much longer than everything else.

    Parameters
    ----------
    place_weight
        Per kilometre.
    likeness_weights
        Of log income, age (per year), log rooms, log bedrooms, log population, log occupancy and log
        households.
    nugget, place_scale, likeness_scale, place_share, likeness_share
        See ``kriging.Correlation``.
    """

    def __init__(
        self,
        place_weight: float = 0.100171,
        likeness_weights: tuple[float, ...] = (
            0.898282,
            0.0195524,
            1.28847,
            0.502407,
            0.15663,
            1.12829,
            0.0447476,
        ),
        nugget: float = 0.03224,
        place_scale: float = 1.9447,
        likeness_scale: float = 1.09655,
        place_share: float = 0.1989,
        likeness_share: float = 0.32161,
    ) -> None:
        self.place_weight = place_weight
        self.likeness_weights = likeness_weights
        self.nugget = nugget
        self.place_scale = place_scale
        self.likeness_scale = likeness_scale
        self.place_share = place_share
        self.likeness_share = likeness_share

    def names(self) -> list[str]:
        """Return the names of the 24 columns; the kriging mean and variance are the last."""
        return [
            *(f"similar_{name}" for name in STATISTIC_NAMES),
            PRICE_KRIGED,
            f"{PRICE_KRIGED}_variance",
        ]

    def correlation(self) -> Correlation:
        """Return what the kriging assumes."""
        return Correlation(
            nugget=float(self.nugget),
            place_scale=float(self.place_scale),
            likeness_scale=float(self.likeness_scale),
            place_share=float(self.place_share),
            likeness_share=float(self.likeness_share),
        )

    def _points(self, inputs: FloatArray) -> FloatArray:
        place = map_coordinates(inputs) * self.place_weight
        return np.column_stack([place, likeness(inputs) * np.array(self.likeness_weights)])

    def _features(self, inputs: FloatArray, excluded: IntegerArray) -> FloatArray:
        features = np.empty((len(inputs), len(self.names())))
        _fill(
            self.points_,
            self.raw_,
            self.prices_,
            positive_logarithm(self.prices_),
            self._points(inputs),
            inputs,
            excluded,
            self.correlation(),
            self._neighbour_count(NEIGHBOURS),
            features,
        )
        return features


def likeness(inputs: FloatArray) -> FloatArray:
    """Return what districts are like, shape (n, 7), in the order of ``likeness_weights``."""
    logs = logarithms(inputs)
    households = logs[:, POPULATION] - logs[:, OCCUPANCY]
    columns = np.column_stack([logs, households])
    columns[:, AGE] = inputs[:, AGE]
    return columns


@compiled
def _fill(
    points: FloatArray,
    raw: FloatArray,
    prices: FloatArray,
    log_prices: FloatArray,
    asked_points: FloatArray,
    asked_raw: FloatArray,
    excluded: IntegerArray,
    correlation: Correlation,
    neighbours: int,
    features: FloatArray,
) -> None:
    """Fill features (n, 24)."""
    distances = np.empty(neighbours)
    rows = np.empty(neighbours, np.int64)
    for row in range(features.shape[0]):
        find_nearest(points, asked_points[row], excluded[row], distances, rows)
        neighbourhood_statistics(
            raw, prices, asked_raw[row], distances, rows, SOFTENING, features[row, :KRIGED]
        )
        mean, variance = krige(points, log_prices, asked_points[row], rows, correlation)
        features[row, KRIGED] = np.exp(mean)
        features[row, KRIGED + 1] = variance
