"""The map of the rows: the outline of the land, kept with the table because tiles need the internet."""

import math
from typing import Any

from backend.contract.definition import MIDDLE_LATITUDE, outline
from dashboard.charts.colours import LAND, TOTAL


def land_path() -> tuple[list[float | None], list[float | None]]:
    """Return all rings as one line (degrees east, degrees north), with None between two of them."""
    east: list[float | None] = []
    north: list[float | None] = []
    for ring in outline():
        east += [*(point[0] for point in ring), None]
        north += [*(point[1] for point in ring), None]
    return east, north


def land() -> dict[str, Any]:
    """Return the outline as a filled Plotly trace, to draw marks on; without one it is empty."""
    east, north = land_path()
    return {
        "x": east,
        "y": north,
        "mode": "lines",
        "name": "Land",
        "line": {"color": TOTAL, "width": 1.2},
        "fill": "toself",
        "fillcolor": LAND,
        "hoverinfo": "skip",
    }


def degrees_layout(height: int) -> dict[str, Any]:
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
