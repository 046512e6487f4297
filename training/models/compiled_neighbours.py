"""Neighbour boosting with a support switch as one compiled function; see ``compiled_model``."""

from typing import Any, NamedTuple

import numpy as np

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
from training.kernels.forest import FlatForest
from training.kernels.forest_arrays import ForestArrays, sum_trees
from training.kernels.neighbour_search import NOBODY
from training.models.compiled_model import NotCompilable, fill_answers
from training.models.intervals import IntervalArrays
from training.models.reference_profile import KnownInputs
from training.models.regions import PLACE, PlaceArrays
from training.models.support_switch import SupportSwitch, SupportSwitchedRegressor, mix_prices

PLACES_END = DISTRICT_END + PLACE_END
FEATURES_END = PLACES_END + SIMILAR_END


class NeighbourParts(NamedTuple):
    """What neighbour boosting with a support switch knows."""

    places: KnownPlaces
    similar: KnownDistricts
    near: ForestArrays
    far: ForestArrays
    switch: SupportSwitch
    intervals: IntervalArrays
    inputs: KnownInputs
    place: PlaceArrays


def neighbour_parts(
    preprocessing: Any,
    regressor: SupportSwitchedRegressor,
    intervals: IntervalArrays,
    known: KnownInputs,
) -> NeighbourParts:
    """Return what a fitted pipeline knows.

    Raises
    ------
    NotCompilable
        If there is no compiled function for a part.
    """
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
        place=PLACE,
    )


@compiled
def answer_neighbours(held: Any, inputs: FloatArray, answers: FloatArray) -> None:
    """Fill answers (n, 4), or prices alone (n, 1)."""
    parts, rows = held.parts, inputs.shape[0]
    columns = np.empty((rows, FEATURES_END + 1))
    _describe(parts, inputs, columns)
    near, far = np.empty((rows, parts.near.ends.shape[0])), np.empty((rows, 1))
    sum_trees(columns, parts.near, near)
    sum_trees(columns, parts.far, far)
    prices = np.empty(rows)
    mix_prices(columns, near, far, parts.switch, prices)
    fill_answers(parts, inputs, columns, prices, answers)


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
