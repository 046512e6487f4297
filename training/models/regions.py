"""Where rows lie: places on the grid, and the parts of the map; a table without a place has one part.

What is known of the place is an argument of the compiled functions, never a constant in them: so their
machine code is the same for every table.
"""

import math
from typing import NamedTuple

import numpy as np

from storage.domain.place import HAS_PLACE, LATITUDE, LONGITUDE, STEPS_PER_DEGREE
from storage.domain.segments import RegionRule
from storage.domain.slices import REGION_NAMES, REGION_RULES
from storage.schema.arrays import FloatArray, IntegerArray
from training.kernels.compiled import compiled

SOUTH, NORTH, EAST_OF, LINE_SOUTH, LINE_EAST, LINE_HEIGHT, LINE_SHIFT = range(7)
"""Columns of rules. The shift is how far west of its southern place a line's northern place is."""


class PlaceArrays(NamedTuple):
    """What is known of the place.

    Attributes
    ----------
    columns
        Of latitude and longitude, shape (2,); shape (0,) without a place.
    steps_per_degree
        Places are told apart by such steps.
    rules
        Shape (r, 7): the first rule that holds decides, the last one takes the rest.
    regions
        Shape (r,): the region of each rule, an index into ``REGION_NAMES``.
    """

    columns: IntegerArray
    steps_per_degree: float
    rules: FloatArray
    regions: IntegerArray


def _line_of(rule: RegionRule) -> list[float]:
    (south, east), (north, other_east) = rule.west_of
    return [rule.south, rule.north, rule.east_of, south, east, north - south, east - other_east]


PLACE = PlaceArrays(
    columns=np.array([LATITUDE, LONGITUDE] if HAS_PLACE else [], dtype=np.int64),
    steps_per_degree=float(STEPS_PER_DEGREE),
    rules=np.array([_line_of(rule) for rule in REGION_RULES], dtype=np.float64),
    regions=np.array([REGION_NAMES.index(rule.name) for rule in REGION_RULES], dtype=np.int64),
)
"""Of the table in use."""


def region_of(inputs: FloatArray) -> IntegerArray:
    """Return the region of each row of inputs (n, d), an index into ``REGION_NAMES``, shape (n,).

    The first of ``REGION_RULES`` that holds for its place decides.

    Examples
    --------
    >>> inputs = np.zeros((2, 8))
    >>> inputs[:, [LATITUDE, LONGITUDE]] = [[37.77, -122.42], [32.72, -117.16]]
    >>> [REGION_NAMES[region] for region in region_of(inputs)]
    ['bay_area', 'san_diego']
    """
    regions = np.empty(len(inputs), np.int64)
    fill_regions(inputs, PLACE, regions)
    return regions


@compiled
def fill_regions(inputs: FloatArray, place: PlaceArrays, regions: IntegerArray) -> None:
    """Fill the region of each row of inputs (n, d), shape (n,); see ``region_of``."""
    for row in range(regions.shape[0]):
        if place.columns.shape[0] == 0:
            regions[row] = 0
        else:
            north = _on_grid(inputs[row, place.columns[0]], place)
            east = _on_grid(inputs[row, place.columns[1]], place)
            regions[row] = _region(north, east, place)


@compiled
def put_on_grid(inputs: FloatArray, place: PlaceArrays) -> None:
    """Move each place of inputs (n, d), schema order, to the nearest point of the grid."""
    for row in range(inputs.shape[0]):
        for axis in place.columns:
            inputs[row, axis] = _on_grid(inputs[row, axis], place)


@compiled
def _on_grid(degrees: float, place: PlaceArrays) -> float:
    return math.floor(degrees * place.steps_per_degree + 0.5) / place.steps_per_degree


@compiled
def _region(north: float, east: float, place: PlaceArrays) -> int:
    for number in range(place.regions.shape[0]):
        rule = place.rules[number]
        is_between = rule[SOUTH] < north <= rule[NORTH]
        shift = (north - rule[LINE_SOUTH]) * rule[LINE_SHIFT] / rule[LINE_HEIGHT]
        if is_between and rule[EAST_OF] <= east < rule[LINE_EAST] - shift:
            return int(place.regions[number])
    return int(place.regions[-1])
