"""The map of California: its outline, kept here because map tiles need the internet, and its axes."""

import json
import math
from functools import cache
from pathlib import Path
from typing import Any

from dashboard.shared.colours import LAND, TOTAL

OUTLINE = Path(__file__).parents[1] / "assets" / "california.json"

MIDDLE_LATITUDE = 37.3
Ring = tuple[tuple[float, float], ...]
"""Points as (degrees east, degrees north); the last is the first."""


@cache
def california_rings() -> tuple[Ring, ...]:
    """Return the outline: one ring for each piece of land, the mainland first."""
    rings = json.loads(OUTLINE.read_text(encoding="utf-8"))["rings"]
    return tuple(tuple((float(east), float(north)) for east, north in ring) for ring in rings)


def california_path() -> tuple[list[float | None], list[float | None]]:
    """Return all rings as one line (degrees east, degrees north), with None between two of them."""
    east: list[float | None] = []
    north: list[float | None] = []
    for ring in california_rings():
        east += [*(point[0] for point in ring), None]
        north += [*(point[1] for point in ring), None]
    return east, north


def california_land() -> dict[str, Any]:
    """Return the outline as a filled Plotly trace, to draw marks on."""
    east, north = california_path()
    return {
        "x": east,
        "y": north,
        "mode": "lines",
        "name": "California",
        "line": {"color": TOTAL, "width": 1.2},
        "fill": "toself",
        "fillcolor": LAND,
        "hoverinfo": "skip",
    }


def california_layout(height: int) -> dict[str, Any]:
    """Return Plotly's layout in degrees, at which a kilometre is as long to the north as to the east."""
    ratio = 1 / math.cos(math.radians(MIDDLE_LATITUDE))
    return map_layout(height, "degrees east", "degrees north", ratio)


def map_layout(height: int, east: str, north: str, ratio: float = 1.0) -> dict[str, Any]:
    """Return Plotly's layout of a map that is not moved; ``ratio`` is a unit north over a unit east."""
    axis = {"fixedrange": True, "zeroline": False, "automargin": True, "nticks": 6}
    return {
        "height": height,
        "margin": {"l": 0, "r": 0, "t": 8, "b": 0},
        "showlegend": False,
        "dragmode": False,
        "hovermode": "closest",
        "xaxis": axis | {"title": {"text": east}, "constrain": "domain"},
        "yaxis": axis
        | {"title": {"text": north}, "scaleanchor": "x", "scaleratio": ratio}
        | {"constrain": "domain"},
    }
