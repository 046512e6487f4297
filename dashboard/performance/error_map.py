"""Where answers were off: squares of half a degree on the outline of California."""

import math
from itertools import accumulate
from typing import Any

import streamlit as st

from backend.contract.performance import ErrorCell, PerformanceResponse
from backend.contract.predictions import TARGET_UNIT_DOLLARS
from backend.contract.table import MIDDLE_LATITUDE
from dashboard.shared.california import california_path
from dashboard.shared.colours import LAND, TOTAL
from dashboard.shared.price import dollars
from dashboard.shared.still_chart import draw_still

HEIGHT = 430
COLOUR_STEP_DOLLARS = 10_000
COLOURED_SHARE = 0.95
"""Share of the actual values whose squares the colours span: one odd district must not pale all others."""
SMALLEST, LARGEST = 8.0, 26.0


def draw_error_map(found: PerformanceResponse) -> None:
    """Draw the mean absolute error by place; the more labelled rows, the larger the square."""
    st.subheader("On the map", anchor=False)
    st.caption("Mean absolute error by half a degree; larger squares rest on more actual values.")
    draw_still(
        error_map_figure(found.cells),
        "map",
        HEIGHT,
        "Mean absolute error on a map of California",
        page="performance",
    )


def error_map_figure(cells: list[ErrorCell]) -> dict[str, Any]:
    """Return the outline with a square for each cell."""
    east, north = california_path()
    outline = {
        "x": east,
        "y": north,
        "mode": "lines",
        "line": {"color": TOTAL, "width": 1.2},
        "fill": "toself",
        "fillcolor": LAND,
        "hoverinfo": "skip",
    }
    squares = {
        "x": [cell.longitude for cell in cells],
        "y": [cell.latitude for cell in cells],
        "mode": "markers",
        "marker": _marker(cells),
        "hovertext": [cell_words(cell) for cell in cells],
        "hoverinfo": "text",
    }
    return {"data": [outline, squares], "layout": _layout()}


def cell_words(cell: ErrorCell) -> str:
    """Return the details of a square, as Plotly's HTML.

    Examples
    --------
    >>> cell_words(ErrorCell(latitude=34.25, longitude=-118.25, rows=40, mae=0.3, bias=-0.1))
    '<b>$30,000</b> mean absolute error<br>bias -$10,000<br>40 actual values'
    """
    values = "actual value" if cell.rows == 1 else "actual values"
    return (
        f"<b>{dollars(cell.mae)}</b> mean absolute error<br>bias {dollars(cell.bias)}"
        f"<br>{cell.rows:,} {values}"
    )


def highest_colour(cells: list[ErrorCell]) -> int:
    """Return the error in dollars from which on squares have the strongest colour.

    Examples
    --------
    >>> usual = ErrorCell(latitude=34.25, longitude=-118.25, rows=99, mae=0.31, bias=0.0)
    >>> odd = ErrorCell(latitude=32.75, longitude=-115.25, rows=1, mae=2.9, bias=2.9)
    >>> highest_colour([usual, odd])
    40000
    """
    ordered = sorted(cells, key=lambda cell: cell.mae)
    enough = COLOURED_SHARE * sum(cell.rows for cell in cells)
    counted = accumulate(cell.rows for cell in ordered)
    error = next(cell.mae for cell, rows in zip(ordered, counted, strict=True) if rows >= enough)
    steps = -int(-error * TARGET_UNIT_DOLLARS // COLOUR_STEP_DOLLARS)
    return max(steps, 1) * COLOUR_STEP_DOLLARS


def _marker(cells: list[ErrorCell]) -> dict[str, Any]:
    errors = [cell.mae * TARGET_UNIT_DOLLARS for cell in cells]
    highest = highest_colour(cells)
    ticks = (0, highest // 2, highest)
    most = max(cell.rows for cell in cells)
    return {
        "symbol": "square",
        "color": errors,
        "cmin": 0,
        "cmax": highest,
        "size": [SMALLEST + (LARGEST - SMALLEST) * math.sqrt(cell.rows / most) for cell in cells],
        "opacity": 1,
        # The palest colour is the ground's: a rim shows where such a square is.
        "line": {"color": TOTAL, "width": 1},
        "showscale": True,
        "colorbar": {
            "thickness": 10,
            "len": 0.8,
            "tickvals": ticks,
            "ticktext": ["$0", f"${highest / 2_000:g}k", f"≥ ${highest / 1_000:g}k"],
        },
    }


def _layout() -> dict[str, Any]:
    axis = {"fixedrange": True, "zeroline": False, "automargin": True, "nticks": 6}
    return {
        "height": HEIGHT,
        "margin": {"l": 0, "r": 0, "t": 8, "b": 0},
        "showlegend": False,
        "dragmode": False,
        "hovermode": "closest",
        "xaxis": axis | {"title": {"text": "degrees east"}, "constrain": "domain"},
        "yaxis": axis
        | {"title": {"text": "degrees north"}, "scaleanchor": "x", "constrain": "domain"}
        | {"scaleratio": 1 / math.cos(math.radians(MIDDLE_LATITUDE))},
    }
