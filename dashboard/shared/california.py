"""The outline of California, kept here because a map with tiles needs the internet."""

import json
from functools import cache
from pathlib import Path

OUTLINE = Path(__file__).parents[1] / "assets" / "california.json"

Ring = tuple[tuple[float, float], ...]
"""Points as (degrees east, degrees north); the last is the first."""


@cache
def california_rings() -> tuple[Ring, ...]:
    """Return the outline: one ring a piece of land, the mainland first."""
    rings = json.loads(OUTLINE.read_text())["rings"]
    return tuple(tuple((float(east), float(north)) for east, north in ring) for ring in rings)


def california_path() -> tuple[list[float | None], list[float | None]]:
    """Return all rings as one line (degrees east, degrees north), lifted off by None between two."""
    east: list[float | None] = []
    north: list[float | None] = []
    for ring in california_rings():
        east += [*(point[0] for point in ring), None]
        north += [*(point[1] for point in ring), None]
    return east, north
