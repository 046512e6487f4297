"""How far a point is off the land of the map."""

import numpy as np
import numpy.typing as npt

from backend.contract.definition import Ring, outline

DEGREE_KILOMETRES = 111.195
"""One degree along a meridian of a globe with a radius of 6,371 km, as the service counts."""


def kilometres_off_land(east: float, north: float) -> float | None:
    """Return how many km a point (in degrees) is away from the land; 0 on it, None without an outline.

    Degrees east are shrunk as at the point, so the distance is right near the land and too long or too short
    by some per cent hundreds of kilometres away.
    """
    distances = [_kilometres_outside(east, north, ring) for ring in outline()]
    return min(distances, default=None)


def _kilometres_outside(east: float, north: float, ring: Ring) -> float:
    scale = np.array([np.cos(np.radians(north)), 1.0]) * DEGREE_KILOMETRES
    corners = (np.asarray(ring, dtype=float) - [east, north]) * scale
    begins, ends = corners[:-1], corners[1:]
    return 0.0 if _surround(begins, ends) else _nearest(begins, ends)


def _surround(begins: npt.NDArray[np.float64], ends: npt.NDArray[np.float64]) -> bool:
    """Return whether edges surround the origin: a ray to the east crosses an odd number of them."""
    crossing = (begins[:, 1] > 0) != (ends[:, 1] > 0)
    (x0, y0), (x1, y1) = begins[crossing].T, ends[crossing].T
    return bool(np.count_nonzero(x0 - y0 * (x1 - x0) / (y1 - y0) > 0) % 2)


def _nearest(begins: npt.NDArray[np.float64], ends: npt.NDArray[np.float64]) -> float:
    """Return the distance of the origin from the nearest point of any edge."""
    along = ends - begins
    squared = np.maximum((along**2).sum(axis=1), np.finfo(float).tiny)
    share = np.clip(-(begins * along).sum(axis=1) / squared, 0, 1)
    return float(np.linalg.norm(begins + share[:, None] * along, axis=1).min())
