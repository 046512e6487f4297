"""One column as a chart: the histogram of its numbers, or a bar for each of its words."""

from collections.abc import Mapping
from typing import Any

from backend.contract.data import ValueHistogram
from dashboard.charts.chart_panel import quiet_title
from dashboard.charts.histogram import count_steps, shaded

TYPICAL = "typical"


def histogram_option(
    histogram: ValueHistogram,
    typical: list[float] | None,
    unit: str,
    scale: float = 1.0,
    *,
    is_whole: bool = False,
    labels: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return the chart: rows in each bin, over the typical range; values are times ``scale``.

    ``labels`` says how the values are written on the axis.
    """
    edges = [float(f"{edge * scale:.6g}") for edge in histogram.edges]
    series = count_steps(edges, histogram.counts)
    if typical is not None:
        low, high = max(edges[0], typical[0] * scale), min(edges[-1], typical[1] * scale)
        if low < high:
            series["markArea"] = shaded(low, high, TYPICAL)
    return {
        "animationDuration": 300,
        "tooltip": {"trigger": "axis"},
        "title": quiet_title("Rows", 2),
        "grid": {"left": 4, "right": 14, "top": 36, "bottom": 8},
        "xAxis": {
            "type": "value",
            "min": edges[0],
            "max": edges[-1],
            "minInterval": 1 if is_whole else 0,
            "name": unit,
            "nameLocation": "middle",
            "nameGap": 26,
            "splitNumber": 5,
            "splitLine": {"show": False},
            # The ends are quantiles and no round numbers: they would be written over their neighbours.
            "axisLabel": {
                "showMinLabel": False,
                "showMaxLabel": False,
                "hideOverlap": True,
                **(labels or {}),
            },
        },
        "yAxis": {"type": "value", "min": 0, "splitNumber": 3},
        "series": [series],
    }
