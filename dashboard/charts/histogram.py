"""How a distribution is drawn: as steps over numbers, or as a bar for each word."""

from collections.abc import Sequence
from typing import Any

from dashboard.charts.colours import TOTAL, UP

BAR_PIXELS, BARS_FRAME_PIXELS = 26, 48
OTHERS = "others"


def stepped(edges: Sequence[float], heights: Sequence[float]) -> list[list[float]]:
    """Return the points of a line that steps at each edge, for ``"step": "end"``.

    Steps instead of bars: on a numeric axis a bar's width is in pixels and would miss its edges.

    Examples
    --------
    >>> stepped([0, 1, 2], [5, 7])
    [[0, 5], [1, 7], [2, 7]]
    """
    return [list(point) for point in zip(edges, (*heights, heights[-1]), strict=True)]


def count_steps(edges: Sequence[float], counts: Sequence[int]) -> dict[str, Any]:
    """Return the series of a histogram of rows."""
    return {
        "type": "line",
        "name": "Rows",
        "step": "end",
        "data": stepped(edges, counts),
        "showSymbol": False,
        "lineStyle": {"width": 1, "color": UP},
        "itemStyle": {"color": UP},
        "areaStyle": {"color": UP, "opacity": 0.35},
    }


def shaded(low: float, high: float, name: str) -> dict[str, Any]:
    """Return a shaded range behind a series, with its name above."""
    return {
        "silent": True,
        "itemStyle": {"color": TOTAL, "opacity": 0.14},
        "label": {"position": "top", "color": TOTAL, "fontSize": 11},
        "data": [[{"xAxis": low, "name": name}, {"xAxis": high}]],
    }


def word_bars(words: Sequence[str], counts: Sequence[int], other_rows: int) -> dict[str, Any]:
    """Return the chart of a category: a bar for each word with its rows, the first at the top."""
    bars = [{"value": count, "itemStyle": {"color": UP}} for count in counts]
    names = list(words)
    if other_rows:
        names.append(OTHERS)
        bars.append({"value": other_rows, "itemStyle": {"color": TOTAL}})
    return {
        "animationDuration": 300,
        "tooltip": {"trigger": "axis", "axisPointer": {"type": "shadow"}},
        "grid": {"left": 4, "right": 64, "top": 4, "bottom": 8},
        "xAxis": {"type": "value", "min": 0, "splitNumber": 4, "axisLabel": {"hideOverlap": True}},
        "yAxis": {
            "type": "category",
            "inverse": True,
            "data": names,
            "axisTick": {"show": False},
            "axisLabel": {"interval": 0, "overflow": "truncate", "width": 160},
        },
        "series": [
            {
                "type": "bar",
                "name": "Rows",
                "data": bars,
                "barMaxWidth": 18,
                "label": {"show": True, "position": "right"},
            }
        ],
    }


def bars_height(bars: int) -> int:
    """Return the height in pixels of a chart of so many bars."""
    return BARS_FRAME_PIXELS + BAR_PIXELS * bars
