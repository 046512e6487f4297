"""Eight parts of California, to see whether figures hold everywhere."""

import numpy as np
import numpy.typing as npt

from storage.schema.arrays import FloatArray
from training.kernels.compiled import compiled

REGION_NAMES = (
    "north",
    "bay_area",
    "sacramento",
    "central_coast",
    "central_valley",
    "los_angeles",
    "south_inland",
    "san_diego",
)

(
    NORTH,
    BAY_AREA,
    SACRAMENTO,
    CENTRAL_COAST,
    CENTRAL_VALLEY,
    LOS_ANGELES,
    SOUTH_INLAND,
    SAN_DIEGO,
) = range(len(REGION_NAMES))


def region_of(latitude: npt.ArrayLike, longitude: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Return the region of each place, an index into ``REGION_NAMES``.

    The first rule that holds decides (degrees): north, above 39; bay_area, above 36.9 and west of
    -121.6; sacramento, above 37.9; central_coast, from 34.2 to 36.9 and west of the line from
    (36.9, -121.3) to (34.2, -118.95); central_valley, above 34.85; los_angeles, above 33.45 and west of
    -117.68; south_inland, above 33.45 or east of -116; san_diego, the rest.

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
        regions[row] = _region(latitude[row], longitude[row])


@compiled
def _region(north: float, east: float) -> int:
    if north > 39.0:
        return NORTH
    if north > 36.9 and east < -121.6:
        return BAY_AREA
    if north > 37.9:
        return SACRAMENTO
    coast_line = -118.95 - (north - 34.2) * (121.3 - 118.95) / (36.9 - 34.2)
    if 34.2 < north <= 36.9 and east < coast_line:
        return CENTRAL_COAST
    if north > 34.85:
        return CENTRAL_VALLEY
    if north > 33.45 and east < -117.68:
        return LOS_ANGELES
    if north > 33.45 or east >= -116.0:
        return SOUTH_INLAND
    return SAN_DIEGO
