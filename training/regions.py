"""Eight parts of California, to see whether figures hold everywhere."""

import numpy as np
import numpy.typing as npt

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
    north = np.asarray(latitude, dtype=np.float64)
    east = np.asarray(longitude, dtype=np.float64)
    coast_line = -118.95 - (north - 34.2) * (121.3 - 118.95) / (36.9 - 34.2)
    rules = [
        north > 39.0,
        (north > 36.9) & (east < -121.6),
        north > 37.9,
        (north > 34.2) & (north <= 36.9) & (east < coast_line),
        north > 34.85,
        (north > 33.45) & (east < -117.68),
        (north > 33.45) | (east >= -116.0),
    ]
    return np.asarray(np.select(rules, list(range(len(rules))), default=len(rules)))
