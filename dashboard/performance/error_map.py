"""Error by place: squares of half a degree on the map."""

import math
from itertools import accumulate
from typing import Any

import streamlit as st

from backend.contract.definition import LATITUDE_NAME, LONGITUDE_NAME
from backend.contract.performance import ErrorCell, PerformanceResponse
from backend.contract.query.where import Condition
from dashboard.charts.colours import TOTAL
from dashboard.charts.land import degrees_layout, land
from dashboard.charts.scale import USUAL, shortened
from dashboard.charts.still_chart import draw_still
from dashboard.performance.slices import SEGMENT
from dashboard.wording.value import in_written_unit, written

HEIGHT = 430
HALF_SIDE = 0.25
"""Degrees."""
COLOUR_STEP = USUAL.step(50)
"""In the written unit."""
COLOURED_SHARE = 0.95
"""Share of the actual values that the colour scale covers: one outlier must not make all others pale."""
SMALLEST, LARGEST = 8.0, 26.0


def draw_error_map(found: PerformanceResponse) -> None:
    """Draw the mean absolute error by place; more labelled rows make a larger square."""
    st.header("Error map", anchor=False)
    st.caption(
        "Mean absolute error in squares of half a degree; larger squares have more actual values. Click one "
        "to see its predictions below."
    )
    draw_still(
        error_map_figure(found.cells),
        "map",
        HEIGHT,
        "Mean absolute error on a map",
        page="performance",
        on_select=lambda number: SEGMENT.show(square(found.cells[number])),
    )


def square(cell: ErrorCell) -> list[Condition]:
    """Return what the place of a row in a square is: on its southern or western edge, not on the others."""
    sides = ((LATITUDE_NAME, cell.latitude), (LONGITUDE_NAME, cell.longitude))
    return [
        Condition(name, middle - HALF_SIDE, middle + HALF_SIDE, excluded=True)
        for name, middle in sides
    ]


def error_map_figure(cells: list[ErrorCell]) -> dict[str, Any]:
    """Return the outline with a square for each cell."""
    squares = {
        "x": [cell.longitude for cell in cells],
        "y": [cell.latitude for cell in cells],
        "mode": "markers",
        "marker": _marker(cells),
        "hovertext": [cell_words(cell) for cell in cells],
        "hoverinfo": "text",
        # A click opens a square below; it does not fade the others.
        "unselected": {"marker": {"opacity": 1}},
    }
    return {"data": [land(), squares], "layout": degrees_layout(HEIGHT)}


def cell_words(cell: ErrorCell) -> str:
    """Return the details of a square, as Plotly's HTML.

    Examples
    --------
    >>> cell_words(ErrorCell(latitude=34.25, longitude=-118.25, rows=40, mae=0.3, bias=-0.1))
    '<b>$30,000</b> mean absolute error<br>bias −$10,000<br>40 actual values'
    """
    values = "actual value" if cell.rows == 1 else "actual values"
    return (
        f"<b>{written(cell.mae)}</b> mean absolute error<br>bias {written(cell.bias)}"
        f"<br>{cell.rows:,} {values}"
    )


def highest_colour(cells: list[ErrorCell]) -> float:
    """Return the error, in the written unit, at which squares have the strongest colour.

    Examples
    --------
    >>> usual = ErrorCell(latitude=34.25, longitude=-118.25, rows=99, mae=0.31, bias=0.0)
    >>> odd = ErrorCell(latitude=32.75, longitude=-115.25, rows=1, mae=2.9, bias=2.9)
    >>> highest_colour([usual, odd])
    40000.0
    """
    ordered = sorted(cells, key=lambda cell: cell.mae)
    enough = COLOURED_SHARE * sum(cell.rows for cell in cells)
    counted = accumulate(cell.rows for cell in ordered)
    error = next(cell.mae for cell, rows in zip(ordered, counted, strict=True) if rows >= enough)
    steps = math.ceil(in_written_unit(error) / COLOUR_STEP)
    return max(steps, 1) * COLOUR_STEP


def _marker(cells: list[ErrorCell]) -> dict[str, Any]:
    errors = [in_written_unit(cell.mae) for cell in cells]
    highest = highest_colour(cells)
    ticks = (0, highest / 2, highest)
    none, half, most_colour = shortened(ticks)
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
            "ticktext": [none, half, f"≥ {most_colour}"],
        },
    }
