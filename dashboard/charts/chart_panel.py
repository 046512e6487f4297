"""The parts of a chart with several panels, one above the other: titles, grids, axes.

Tops and bottoms are pixels, or a share of the chart's height such as "46%".
"""

from typing import Any

PANEL_LEFT, PANEL_RIGHT = 44, 12
"""Pixels beside a panel: room for the numbers of its value axis."""


def panel_title(text: str, top: int | str) -> dict[str, Any]:
    """Return the title of one panel."""
    return {"text": text, "top": top, "left": 0, "textStyle": {"fontSize": 13, "fontWeight": 600}}


def quiet_title(text: str, top: int | str) -> dict[str, Any]:
    """Return the title of a panel in a small chart, which has its own heading."""
    return {"text": text, "top": top, "left": 0, "textStyle": {"fontSize": 12, "fontWeight": 400}}


def panel_grid(top: int | str, bottom: int | str, left: int = PANEL_LEFT) -> dict[str, Any]:
    """Return where a panel is drawn."""
    return {"left": left, "right": PANEL_RIGHT, "top": top, "bottom": bottom}


def time_axis(index: int, *, labelled: bool) -> dict[str, Any]:
    """Return the time axis of a panel; only the lowest panel's is labelled."""
    return {"type": "time", "gridIndex": index, "axisLabel": {"show": labelled}}


def value_axis(index: int) -> dict[str, Any]:
    """Return the value axis of a panel."""
    # A fixed end of the axis may come right behind the last round number.
    label = {"hideOverlap": True}
    return {"type": "value", "gridIndex": index, "splitNumber": 3, "axisLabel": label}


def count_axis(index: int) -> dict[str, Any]:
    """Return the value axis of counts, which starts at zero."""
    return value_axis(index) | {"min": 0}
