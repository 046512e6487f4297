"""A whole model version as one compiled function: from the raw inputs to price, interval and support.

scikit-learn's own ``predict`` is made for tables: for one row of the champion it takes 4 ms, nearly all of it
around the work. Here the pipeline's compiled parts are called one after the other without going back to
Python, with everything they know behind a single pointer.
"""

from typing import Any, NamedTuple

import numba
import numpy as np
from numba.experimental import structref
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

from storage.domain.place import HAS_PLACE
from storage.domain.target import HIGHEST_ANSWER, LOWEST_ANSWER
from storage.schema.arrays import FloatArray
from training.features.district_ratios import DISTRICT_END, DistrictRatios, describe_districts
from training.features.place_neighbours import (
    PLACE_END,
    KnownPlaces,
    PlaceNeighbours,
    describe_places,
)
from training.features.similar_neighbours import (
    SIMILAR_END,
    KnownDistricts,
    SimilarNeighbours,
    describe_similar,
)
from training.kernels.compiled import compiled, inlined
from training.kernels.forest import FlatForest, can_be_flat
from training.kernels.forest_arrays import ForestArrays, sum_trees
from training.kernels.neighbour_search import NOBODY
from training.models.intervals import IntervalArrays, PriceIntervals, fill_bounds
from training.models.price_pipeline import PREPROCESSING, REGRESSOR, put_on_grid
from training.models.reference_profile import KnownInputs, ReferenceSearch, fill_support
from training.models.regions import fill_regions
from training.models.support_switch import SupportSwitch, SupportSwitchedRegressor, mix_prices

PRICE, LOWER, UPPER, SUPPORT = range(4)
"""Columns of an answer."""
PRICE_END, ANSWER_END = 1, 4
PLACES_END = DISTRICT_END + PLACE_END
FEATURES_END = PLACES_END + SIMILAR_END


class NotCompilable(Exception):
    """The pipeline has parts for which there is no compiled function."""


class NeighbourParts(NamedTuple):
    """What neighbour boosting with a support switch knows."""

    places: KnownPlaces
    similar: KnownDistricts
    near: ForestArrays
    far: ForestArrays
    switch: SupportSwitch
    intervals: IntervalArrays
    inputs: KnownInputs


class TreeParts(NamedTuple):
    """What boosted trees on the raw inputs know."""

    forest: ForestArrays
    intervals: IntervalArrays
    inputs: KnownInputs


@structref.register
class _HeldType(numba.types.StructRef):  # type: ignore[misc] # numba has no types
    """Numba's type of what a ``Held`` holds."""

    def preprocess_fields(self, fields: Any) -> Any:
        return tuple((name, numba.types.unliteral(kind)) for name, kind in fields)


class Held(structref.StructRefProxy):  # type: ignore[misc] # numba has no types
    """Parts behind one pointer: given one by one, eighty arrays cost 20 us a call."""

    def __new__(cls, parts: NeighbourParts | TreeParts) -> Any:
        """Hold some parts."""
        return _hold(parts)


structref.define_proxy(Held, _HeldType, ["parts"])


@compiled
def _hold(parts: Any) -> Any:
    return Held(parts)


class CompiledModel:
    """Answers like the pipeline, its intervals and its reference search, in one call.

    Raises
    ------
    NotCompilable
        If there is no compiled function for a part.
    """

    def __init__(
        self, pipeline: Pipeline, intervals: PriceIntervals, search: ReferenceSearch
    ) -> None:
        parts = _parts(pipeline, intervals, search)
        is_neighbours = isinstance(parts, NeighbourParts)
        self._answer = _answer_neighbours if is_neighbours else _answer_trees
        self._held = Held(parts)

    def answer(self, inputs: FloatArray) -> FloatArray:
        """Return price, lower and upper bound (100,000 USD) and support, shape (n, 4).

        Parameters
        ----------
        inputs
            Shape (n, 8), schema order, contiguous float64.
        """
        answers = np.empty((len(inputs), ANSWER_END))
        self._answer(self._held, inputs, answers)
        return answers

    def predict(self, inputs: FloatArray) -> FloatArray:
        """Return prices alone, shape (n,), in 100,000 USD, for inputs like those of ``answer``."""
        prices = np.empty((len(inputs), PRICE_END))
        self._answer(self._held, inputs, prices)
        return prices[:, PRICE]


def _parts(
    pipeline: Pipeline, intervals: PriceIntervals, search: ReferenceSearch
) -> NeighbourParts | TreeParts:
    preprocessing, regressor = pipeline[PREPROCESSING], pipeline[REGRESSOR]
    known = search.known()
    if isinstance(regressor, SupportSwitchedRegressor):
        return _neighbour_parts(preprocessing, regressor, intervals.arrays(), known)
    is_identity = isinstance(preprocessing, FunctionTransformer) and preprocessing.func is None
    if is_identity and can_be_flat(regressor):
        return TreeParts(FlatForest([regressor]).arrays, intervals.arrays(), known)
    raise NotCompilable(f"There is no compiled function for {type(regressor).__name__}.")


def _neighbour_parts(
    preprocessing: Any,
    regressor: SupportSwitchedRegressor,
    intervals: IntervalArrays,
    known: KnownInputs,
) -> NeighbourParts:
    steps = tuple(step for _, step in preprocessing.transformer_list)
    match steps:
        case (DistrictRatios(), PlaceNeighbours() as places, SimilarNeighbours() as similar):
            pass
        case _:
            raise NotCompilable("There is no compiled function for these features.")
    match (regressor.near_, regressor.far_):
        case (FlatForest() as near, FlatForest() as far):
            pass
        case _:
            raise NotCompilable("Some of the models are not trees of at most 64 leaves.")
    return NeighbourParts(
        places=places.known(),
        similar=similar.known(),
        near=near.arrays,
        far=far.arrays,
        switch=regressor.switch(),
        intervals=intervals,
        inputs=known,
    )


@compiled
def _answer_neighbours(held: Any, inputs: FloatArray, answers: FloatArray) -> None:
    """Fill answers (n, 4), or prices alone (n, 1)."""
    parts, rows = held.parts, inputs.shape[0]
    columns = np.empty((rows, FEATURES_END + 1))
    _describe(parts, inputs, columns)
    near, far = np.empty((rows, parts.near.ends.shape[0])), np.empty((rows, 1))
    sum_trees(columns, parts.near, near)
    sum_trees(columns, parts.far, far)
    prices = np.empty(rows)
    mix_prices(columns, near, far, parts.switch, prices)
    _fill_answers(parts.intervals, parts.inputs, inputs, columns, prices, answers)


@inlined
def _describe(parts: NeighbourParts, inputs: FloatArray, columns: FloatArray) -> None:
    """Fill the features into the first columns."""
    rows = inputs.shape[0]
    nobody = np.full(rows, NOBODY)
    # Into arrays of their own, as in the public transform: both then run the same machine code.
    of_district, of_place = np.empty((rows, DISTRICT_END)), np.empty((rows, PLACE_END))
    of_similar = np.empty((rows, SIMILAR_END))
    describe_districts(inputs, of_district)
    # In the order of the rows: looking for equal places costs more than it saves where none are equal.
    describe_places(parts.places, inputs, nobody, np.arange(rows), of_place)
    describe_similar(parts.similar, inputs, nobody, of_similar)
    for row in range(rows):
        columns[row, :DISTRICT_END] = of_district[row]
        columns[row, DISTRICT_END:PLACES_END] = of_place[row]
        columns[row, PLACES_END:FEATURES_END] = of_similar[row]


@compiled
def _answer_trees(held: Any, inputs: FloatArray, answers: FloatArray) -> None:
    """Fill answers (n, 4), or prices alone (n, 1)."""
    parts, rows = held.parts, inputs.shape[0]
    sums, columns = np.empty((rows, 1)), np.empty((rows, inputs.shape[1] + 1))
    for row in range(rows):
        columns[row, : inputs.shape[1]] = inputs[row]
    if HAS_PLACE:
        put_on_grid(columns)
    sum_trees(columns, parts.forest, sums)
    _fill_answers(parts.intervals, parts.inputs, inputs, columns, sums.reshape(rows), answers)


@inlined
def _fill_answers(
    intervals: IntervalArrays,
    known: KnownInputs,
    inputs: FloatArray,
    columns: FloatArray,
    prices: FloatArray,
    answers: FloatArray,
) -> None:
    """Fill possible prices and, where there is room for them, bounds and support.

    ``columns`` are the features and room for the prices, which are the last of them.
    """
    rows = inputs.shape[0]
    for row in range(rows):
        price = min(max(prices[row], LOWEST_ANSWER), HIGHEST_ANSWER)
        answers[row, PRICE] = columns[row, -1] = price
    if answers.shape[1] == PRICE_END:
        return
    regions, support = np.empty(rows, np.int64), np.empty(rows)
    lower, upper = np.empty(rows), np.empty(rows)
    fill_regions(inputs, regions)
    fill_bounds(columns, regions, intervals, lower, upper)
    fill_support(known, inputs, support)
    for row in range(rows):
        answers[row, LOWER], answers[row, UPPER] = lower[row], upper[row]
        answers[row, SUPPORT] = support[row]
