"""One figure and its interval in a chart: a line from end to end, and a mark at the value."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class MarkStyle:
    """How a figure looks; hollow and dashed tells it from a solid one without its colour."""

    colour: str
    hollow: bool = False


def interval_marks(
    name: str,
    place: str,
    values: tuple[float, float, float],
    style: MarkStyle,
    axis: int = 0,
    tip: str | None = None,
) -> list[dict[str, Any]]:
    """Return the series of one figure.

    Parameters
    ----------
    place
        Its category on the vertical axis.
    values
        Lower end, value and upper end, in the chart's unit.
    axis
        Which of the chart's pairs of axes.
    tip
        What is shown where the mouse points at it; None: nothing.
    """
    lower, value, upper = values
    shared: dict[str, Any] = {
        "xAxisIndex": axis,
        "yAxisIndex": axis,
        "silent": tip is None,
        "tooltip": {"formatter": tip} if tip is not None else {"show": False},
    }
    stroke = "dashed" if style.hollow else "solid"
    return [
        shared
        | {
            "type": "line",
            "name": f"{name}, 95% confidence",
            "data": [[lower, place], [upper, place]],
            "symbol": "none",
            "lineStyle": {"color": style.colour, "width": 3, "type": stroke},
        },
        shared
        | {
            "type": "scatter",
            "name": name,
            "data": [[value, place]],
            "symbol": "diamond" if style.hollow else "circle",
            "symbolSize": 13,
            "itemStyle": {
                "borderColor": style.colour,
                "borderWidth": 2,
                "color": "transparent" if style.hollow else style.colour,
            },
        },
    ]
