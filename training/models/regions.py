"""Eight parts of California, to see whether figures hold everywhere."""

import numpy as np
import numpy.typing as npt

from storage.domain.slices import REGION_NAMES, REGION_RULES
from storage.schema.arrays import FloatArray
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


def region_of(latitude: npt.ArrayLike, longitude: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Return the region of each place, an index into ``REGION_NAMES``.

    The first of ``REGION_RULES`` that holds decides.

    Parameters
    ----------
    latitude, longitude
        Shape (n,), in degrees.

    Returns
    -------
    ndarray of shape (n,)

    Examples
    --------
    >>> [REGION_NAMES[region] for region in region_of([37.77, 32.72], [-122.42, -117.16])]
    ['bay_area', 'san_diego']
    """
    north = np.atleast_1d(np.asarray(latitude, dtype=np.float64))
    east = np.atleast_1d(np.asarray(longitude, dtype=np.float64))
    regions = np.empty(len(north), np.int64)
    fill_regions(north, east, regions)
    return regions


@compiled
def fill_regions(
    latitude: FloatArray, longitude: FloatArray, regions: npt.NDArray[np.int64]
) -> None:
    """Fill the region of each place, all of shape (n,); see ``region_of``."""
    for row in range(regions.shape[0]):
        regions[row] = _region(on_grid(latitude[row]), on_grid(longitude[row]))


@compiled
def _region(north: float, east: float) -> int:
    for rule in range(len(REGION_OF_RULE)):
        is_between = SOUTH[rule] < north <= NORTH[rule]
        shift = (north - LINE_SOUTH[rule]) * LINE_SHIFT[rule] / LINE_HEIGHT[rule]
        if is_between and EAST_OF[rule] <= east < LINE_EAST[rule] - shift:
            return REGION_OF_RULE[rule]
    return REGION_OF_RULE[-1]
