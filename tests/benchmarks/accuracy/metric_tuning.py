"""Finding the metric of ``SimilarNeighbours``: a search that sees a training part and nothing else."""

from collections.abc import Callable
from typing import Any

import numpy as np

from storage.schema.arrays import FloatArray, IntegerArray
from training.features.kriging import krige_prepared, prepare_kriging, room_for_kriging
from training.features.map_coordinates import map_coordinates
from training.features.raw_inputs import positive_logarithm
from training.features.similar_neighbours import NEIGHBOURS, SimilarNeighbours, likeness
from training.features.spatial_correlation import Correlation
from training.kernels.compiled import compiled
from training.kernels.neighbour_search import find_nearest
from training.kernels.search_tree import SearchTree, search_tree

EVALUATIONS = 300
SCORED_DISTRICTS = 2000
SCALAR_NAMES = ("place_weight", "nugget", "place_scale", "likeness_scale")
CHANGED_SHARE = 0.35
"""Share of the numbers that one step of the search changes."""
FIRST_STEP, SMALLEST_STEP, LARGEST_STEP = 0.4, 0.05, 0.6
AFTER_SUCCESS, AFTER_FAILURE = 1.3, 0.97


def tuned_metric(
    inputs: FloatArray,
    prices: FloatArray,
    seed: int,
    evaluations: int = EVALUATIONS,
    tell: Callable[[int, float], None] = lambda number, error: None,
) -> dict[str, Any]:
    """Return parameters of ``SimilarNeighbours`` that krige log prices well, leaving each district out.

    A random search with one parent: each step changes about a third of the logarithms of the numbers by
    Gaussian noise, keeps what lowers the leave-one-out error of the log price, and makes larger steps
    after a success, smaller ones after a failure (a (1+1) evolution strategy; Rechenberg 1973).

    Parameters
    ----------
    inputs, prices
        Shape (n, 8), schema order, and (n,), 100,000 USD: a training part. Nothing else is seen.
    seed
        Of the scored districts and of the steps; the same seed gives the same numbers.
    evaluations
        Steps of the search.
    tell
        Is told the number of each step and the lowest error so far.
    """
    generator = np.random.RandomState(seed)
    error_of = _LeaveOneOutError(inputs, prices, generator)
    best = _start(inputs)
    lowest, step = error_of(best), FIRST_STEP
    for number in range(evaluations):
        changed = generator.random_sample(len(best)) < CHANGED_SHARE
        tried = best + step * generator.standard_normal(len(best)) * changed
        error = error_of(tried)
        if error < lowest:
            best, lowest, step = tried, error, min(step * AFTER_SUCCESS, LARGEST_STEP)
        else:
            step = max(step * AFTER_FAILURE, SMALLEST_STEP)
        tell(number + 1, lowest)
    return _parameters(best)


class _LeaveOneOutError:
    """RMSE of the kriged price of some districts, each left out of its own neighbourhood."""

    def __init__(
        self, inputs: FloatArray, prices: FloatArray, generator: np.random.RandomState
    ) -> None:
        order = np.argsort(map_coordinates(inputs)[:, 0], kind="stable")
        self._place = map_coordinates(inputs)[order]
        self._likeness = likeness(inputs)[order]
        self._prices = prices[order]
        self._log_prices = positive_logarithm(prices)[order]
        self._scored: IntegerArray = generator.permutation(len(inputs))[:SCORED_DISTRICTS]

    def __call__(self, logarithms: FloatArray) -> float:
        parameters = _parameters(logarithms)
        place = self._place * parameters["place_weight"]
        points = np.column_stack([place, self._likeness * np.array(parameters["likeness_weights"])])
        correlation = SimilarNeighbours(**parameters).correlation()
        kriged = np.empty(len(self._scored))
        count = min(NEIGHBOURS, len(points) - 1)
        tree = search_tree(points)
        _krige_left_out(tree, points, self._log_prices, self._scored, correlation, count, kriged)
        errors = np.exp(kriged) - self._prices[self._scored]
        return float(np.sqrt(np.mean(np.square(errors))))


def _start(inputs: FloatArray) -> FloatArray:
    """Return where the search starts: round numbers, and likeness by the inputs' own spread."""
    spread = np.maximum(likeness(inputs).std(axis=0), 1e-3)
    scalars = [0.05, 0.1, 2.0, 2.0]
    return np.log([*scalars, *(0.3 / spread), 0.5, 0.5])


def _parameters(logarithms: FloatArray) -> dict[str, Any]:
    """Turn the searched numbers, all real, into parameters, all positive, shares below one."""
    numbers = np.exp(logarithms)
    likeness_weights = numbers[len(SCALAR_NAMES) : -2]
    place_share, likeness_share = numbers[-2:] / (1.0 + numbers[-2:].sum())
    return {
        **dict(zip(SCALAR_NAMES, numbers.tolist(), strict=False)),
        "likeness_weights": tuple(likeness_weights.tolist()),
        "place_share": float(place_share),
        "likeness_share": float(likeness_share),
    }


@compiled
def _krige_left_out(
    tree: SearchTree,
    points: FloatArray,
    values: FloatArray,
    scored: IntegerArray,
    correlation: Correlation,
    neighbours: int,
    kriged: FloatArray,
) -> None:
    distances = np.empty(neighbours)
    rows = np.empty(neighbours, np.int64)
    prepared = room_for_kriging(neighbours, points.shape[1])
    answer = np.empty((1, 2))
    for position in range(scored.shape[0]):
        query = points[scored[position]]
        find_nearest(tree, query, scored[position], distances, rows)
        prepare_kriging(points, values, rows, correlation, prepared)
        krige_prepared(query.reshape((1, -1)), np.arange(1), correlation, prepared, answer)
        kriged[position] = answer[0, 0]
