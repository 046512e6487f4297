"""The parts of the map, to see whether figures hold everywhere; a table without them has one."""

import numpy as np

from storage.domain.place import HAS_PLACE, LATITUDE, LONGITUDE
from storage.domain.slices import REGION_NAMES, REGION_RULES
from storage.schema.arrays import FloatArray, IntegerArray
from training.features.map_coordinates import on_grid
from training.kernels.compiled import compiled

REGION_OF_RULE = tuple(REGION_NAMES.index(rule.name) for rule in REGION_RULES)
SOUTH = tuple(rule.south for rule in REGION_RULES)
NORTH = tuple(rule.north for rule in REGION_RULES)
EAST_OF = tuple(rule.east_of for rule in REGION_RULES)
LINE_SOUTH = tuple(rule.west_of[0][0] for rule in REGION_RULES)
LINE_EAST = tuple(rule.west_of[0][1] for rule in REGION_RULES)
LINE_HEIGHT = tuple(rule.west_of[1][0] - rule.west_of[0][0] for rule in REGION_RULES)
LINE_SHIFT = tuple(rule.west_of[0][1] - rule.west_of[1][1] for rule in REGION_RULES)
"""How far west of its southern place a line's northern place is. (Tuples: numba keeps no code on disk that
uses an array from outside.)"""


def region_of(inputs: FloatArray) -> IntegerArray:
    """Return the region of each row of inputs (n, 8), an index into ``REGION_NAMES``, shape (n,).

    The first of ``REGION_RULES`` that holds for its place decides.

    Examples
    --------
    >>> inputs = np.zeros((2, 8))
    >>> inputs[:, [LATITUDE, LONGITUDE]] = [[37.77, -122.42], [32.72, -117.16]]
    >>> [REGION_NAMES[region] for region in region_of(inputs)]
    ['bay_area', 'san_diego']
    """
    regions = np.empty(len(inputs), np.int64)
    fill_regions(inputs, regions)
    return regions


@compiled
def fill_regions(inputs: FloatArray, regions: IntegerArray) -> None:
    """Fill the region of each row of inputs (n, 8), shape (n,); see ``region_of``."""
    for row in range(regions.shape[0]):
        if HAS_PLACE:
            north, east = on_grid(inputs[row, LATITUDE]), on_grid(inputs[row, LONGITUDE])
            regions[row] = _region(north, east)
        else:
            regions[row] = 0


@compiled
def _region(north: float, east: float) -> int:
    for rule in range(len(REGION_OF_RULE)):
        is_between = SOUTH[rule] < north <= NORTH[rule]
        shift = (north - LINE_SOUTH[rule]) * LINE_SHIFT[rule] / LINE_HEIGHT[rule]
        if is_between and EAST_OF[rule] <= east < LINE_EAST[rule] - shift:
            return REGION_OF_RULE[rule]
    return REGION_OF_RULE[-1]
