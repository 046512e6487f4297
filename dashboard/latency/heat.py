"""How latencies are spread: a map of steps of time by rows of latency, darker where more requests are."""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import streamlit as st

from backend.contract.stored.traffic import Step, SummaryResponse
from dashboard.charts.colours import UP
from dashboard.wording.moment import clock, moment

LEFT, RIGHT = 0, 12
ROW_PIXELS, OTHER_PIXELS = 22, 64
DAY_SECONDS = 86_400
LEAST_OPACITY = 0.18


def draw_heat(summary: SummaryResponse) -> None:
    """Draw the map; nothing without requests."""
    heat = summary.heat
    if heat is None or not heat.edges_ms:
        return
    st.header("How latencies are spread", anchor=False)
    st.caption("Each row is twice as slow as the one below; the colour is the number of requests.")
    st.echarts_chart(
        heat_option(heat.edges_ms, heat.counts, summary.series),
        height=ROW_PIXELS * (len(heat.edges_ms) - 1) + OTHER_PIXELS,
        key="latency_heat",
        alt="Number of requests by time and latency",
    )


def heat_option(
    edges_ms: Sequence[float], counts: Sequence[Sequence[int]], steps: Sequence[Step]
) -> dict[str, Any]:
    """Return the map. The colour follows the logarithm, so that a single slow request is seen."""
    most = max(max(row) for row in counts)
    points = [
        [column, row, math.log1p(count), count]
        for column, of_step in enumerate(counts)
        for row, count in enumerate(of_step)
        if count
    ]
    return {
        "animation": False,
        "grid": {"left": LEFT, "right": RIGHT, "top": 8, "bottom": 26},
        "xAxis": {
            "type": "category",
            "data": _times(steps),
            "axisTick": {"show": False},
            "axisLabel": {"hideOverlap": True},
        },
        "yAxis": {"type": "category", "data": _rows(edges_ms), "axisTick": {"show": False}},
        "visualMap": {
            "show": False,
            "dimension": 2,
            "min": 0,
            "max": math.log1p(most),
            "inRange": {"color": [UP, UP], "opacity": [LEAST_OPACITY, 1]},
        },
        "tooltip": {"trigger": "item", "formatter": "{@[3]} requests"},
        "series": [
            {
                "type": "heatmap",
                "name": "Requests",
                "data": points,
                "encode": {"x": 0, "y": 1, "value": 2},
            }
        ],
    }


def _times(steps: Sequence[Step]) -> list[str]:
    long = (steps[-1].until - steps[0].time).total_seconds() > DAY_SECONDS
    write = moment if long else clock
    return [write(step.time).rpartition(" ")[0] for step in steps]


def _rows(edges_ms: Sequence[float]) -> list[str]:
    """Return the names of the rows.

    Examples
    --------
    >>> _rows([0.34, 0.68, 1.37, 700, 1_410])
    ['0.34–0.68 ms', '0.68–1.4 ms', '1.4–700 ms', '0.7–1.4 s']
    """
    return [_row(low, high) for low, high in pairwise(edges_ms)]


def _row(low: float, high: float) -> str:
    if high >= 1_000:
        return f"{_digits(low / 1_000)}–{_digits(high / 1_000)} s"
    return f"{_digits(low)}–{_digits(high)} ms"


def _digits(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2g}"
