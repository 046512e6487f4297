"""What the training districts cost that are near in place and alike, and their kriging mean."""

from typing import NamedTuple

import numpy as np

from storage.schema.arrays import FloatArray, IntegerArray
from training.features.base import NeighbourTransformer
from training.features.columns import AGE, OCCUPANCY, POPULATION
from training.features.kriging import (
    QUERIES_AT_ONCE,
    krige_prepared,
    prepare_kriging,
    room_for_kriging,
)
from training.features.map_coordinates import map_coordinates
from training.features.neighbour_statistics import (
    STATISTIC_NAMES,
    compare_with_neighbourhood,
    copy_price_statistics,
    distance_statistics,
    price_statistics,
)
from training.features.raw_inputs import logarithms, positive_logarithm
from training.features.spatial_correlation import PLACE_AXES, Correlation
from training.kernels.compiled import compiled
from training.kernels.insertion_sort import insertion_sort
from training.kernels.neighbour_search import NOBODY, farthest_squared, find_nearest
from training.kernels.search_tree import SearchTree

NEIGHBOURS = 32
SOFTENING = 0.3
KRIGED = len(STATISTIC_NAMES)
SIMILAR_END = KRIGED + 2
PRICE_KRIGED = "similar_price_kriged"
LIKENESS_AXES = 7
HASH_FACTOR = 1_000_003
"""Any odd number that is large: two neighbourhoods then seldom have the same sum (modulo 2^64)."""


class KnownDistricts(NamedTuple):
    """The training districts as the compiled functions take them.

    ``tree`` holds their points in the metric of the two weights; points (n, 9), raw (n, d), prices and their
    logarithms (n,) are by its rows.
    """

    tree: SearchTree
    points: FloatArray
    raw: FloatArray
    prices: FloatArray
    log_prices: FloatArray
    place_weight: float
    likeness_weights: FloatArray
    correlation: Correlation


class SimilarNeighbours(NeighbourTransformer):
    """Prices of the training districts that are near in place and alike, and their kriging mean.

    A district's point is its map coordinates and seven numbers that say what it is like, each times a
    weight. From the 32 nearest in this metric: the statistics of ``STATISTIC_NAMES``, and mean (of the
    log price, turned back into 100,000 USD) and variance by ordinary kriging.

    The numbers below were found by ``tests/benchmarks/accuracy/metric_tuning.py`` on the training part of
    seed 0; they are given, not fitted, because finding them takes much longer than everything else.

    Parameters
    ----------
    place_weight
        Per kilometre.
    likeness_weights
        Of log income, age (per year), log rooms, log bedrooms, log population, log occupancy and log
        households.
    nugget, place_scale, likeness_scale, place_share, likeness_share
        See ``spatial_correlation.Correlation``.
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
        weights = np.array(self.likeness_weights)
        return weighted_points(inputs, float(self.place_weight), weights)

    def known(self) -> KnownDistricts:
        """Return what was kept, for the compiled functions."""
        return KnownDistricts(
            tree=self.tree_,
            points=self.points_,
            raw=self.raw_,
            prices=self.prices_,
            log_prices=positive_logarithm(self.prices_),
            place_weight=float(self.place_weight),
            likeness_weights=np.array(self.likeness_weights),
            correlation=self.correlation(),
        )

    def _features(self, inputs: FloatArray, excluded: IntegerArray) -> FloatArray:
        features = np.empty((len(inputs), SIMILAR_END))
        describe_similar(self.known(), inputs, excluded, features)
        return features


def likeness(inputs: FloatArray) -> FloatArray:
    """Return what districts are like, shape (n, 7), in the order of ``likeness_weights``."""
    return weighted_points(inputs, 1.0, np.ones(LIKENESS_AXES))[:, PLACE_AXES:]


@compiled
def weighted_points(
    inputs: FloatArray, place_weight: float, likeness_weights: FloatArray
) -> FloatArray:
    """Return where districts of shape (n, d) are in the metric, shape (n, 9).

    First the map coordinates, then what a district is like, in the order of ``likeness_weights``.
    """
    places, logs = map_coordinates(inputs), logarithms(inputs)
    points = np.empty((inputs.shape[0], PLACE_AXES + LIKENESS_AXES))
    for row in range(inputs.shape[0]):
        for axis in range(PLACE_AXES):
            points[row, axis] = places[row, axis] * place_weight
        likeness = points[row, PLACE_AXES:]
        for column in range(LIKENESS_AXES - 1):
            likeness[column] = logs[row, column] * likeness_weights[column]
        likeness[AGE] = inputs[row, AGE] * likeness_weights[AGE]
        households = logs[row, POPULATION] - logs[row, OCCUPANCY]
        likeness[LIKENESS_AXES - 1] = households * likeness_weights[LIKENESS_AXES - 1]
    return points


@compiled
def describe_similar(
    known: KnownDistricts, inputs: FloatArray, excluded: IntegerArray, features: FloatArray
) -> None:
    """Fill features, shape (n, 24), for inputs of shape (n, d)."""
    points = weighted_points(inputs, known.place_weight, known.likeness_weights)
    neighbours = min(NEIGHBOURS, known.raw.shape[0] - 1)
    distances = np.empty(neighbours)
    rows = np.empty((inputs.shape[0], neighbours), np.int64)
    for row in range(inputs.shape[0]):
        limit = np.inf
        if row > 0 and excluded[row] == NOBODY:
            # The neighbours of the row before are as many points: where the rows are alike, a good limit.
            limit = farthest_squared(known.points, points[row], rows[row - 1])
        find_nearest(known.tree, points[row], excluded[row], distances, rows[row], limit)
        distance_statistics(
            known.raw, known.prices, distances, rows[row], SOFTENING, features[row, :KRIGED]
        )
    _describe_by_neighbours(known, points, rows, features)
    for row in range(inputs.shape[0]):
        compare_with_neighbourhood(known.raw, inputs[row], rows[row], features[row, :KRIGED])


@compiled
def _describe_by_neighbours(
    known: KnownDistricts, points: FloatArray, rows: IntegerArray, features: FloatArray
) -> None:
    """Fill what rows with the same neighbours share, and what kriging makes of it.

    ``rows``, shape (n, n_neighbours), are put into ascending order, so that they give the same bits whichever
    of them is nearest.
    """
    for row in range(rows.shape[0]):
        insertion_sort(rows[row])
    order, shared = _by_neighbours(rows), np.empty(KRIGED)
    prepared = room_for_kriging(rows.shape[1], points.shape[1])
    start = 0
    while start < order.shape[0]:
        own = rows[order[start]]
        if not _are_equal(own, prepared.rows):
            prepare_kriging(known.points, known.log_prices, own, known.correlation, prepared)
            price_statistics(known.raw, known.prices, own, shared)
        end, most = start + 1, min(start + QUERIES_AT_ONCE, order.shape[0])
        while end < most and _are_equal(own, rows[order[end]]):
            end += 1
        krige_prepared(points, order[start:end], known.correlation, prepared, features[:, KRIGED:])
        for row in order[start:end]:
            copy_price_statistics(shared, features[row, :KRIGED])
        start = end
    for row in range(rows.shape[0]):
        features[row, KRIGED] = np.exp(features[row, KRIGED])


@compiled
def _are_equal(one: IntegerArray, other: IntegerArray) -> bool:
    for position in range(one.shape[0]):  # noqa: SIM110 # compiled to a loop that stops
        if one[position] != other[position]:
            return False
    return True


@compiled
def _by_neighbours(rows: IntegerArray) -> IntegerArray:
    """Return an order in which equal rows of ``rows`` follow each other, but for chance.

    Otherwise they stay in their order, because rows beside each other have most neighbours in common.
    """
    sums = np.zeros(rows.shape[0], np.int64)
    for row in range(rows.shape[0]):
        for neighbour in rows[row]:
            sums[row] = sums[row] * HASH_FACTOR + neighbour
    by_sum = np.argsort(sums, kind="mergesort")
    first = by_sum.copy()
    for position in range(1, rows.shape[0]):
        if sums[by_sum[position]] == sums[by_sum[position - 1]]:
            first[position] = first[position - 1]
    return by_sum[np.argsort(first, kind="mergesort")]
