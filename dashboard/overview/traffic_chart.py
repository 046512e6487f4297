"""Latency and requests over time, one above the other on one time axis: the bars are the sample sizes."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import dropwhile
from typing import Any

from backend.contract.stored.traffic import Step, SummaryResponse
from dashboard.charts.chart_panel import count_axis, panel_grid, panel_title, time_axis
from dashboard.charts.colours import DOWN, UP
from dashboard.charts.time_steps import middle, step_datasets, with_running
from dashboard.timeline.time_chart import draw_time_chart
from dashboard.wording.moment import on_axis, step_words

OK_COLOUR = "#7d959d"
FAILED_COLOUR = "#d9534a"
"""Both have a contrast of at least 3 to 1 against the light and the dark background."""


def draw_traffic_chart(summary: SummaryResponse) -> None:
    """Draw the steps from the first request on."""
    step = timedelta(seconds=summary.step_seconds)
    steps = since_first_request(summary.series)
    draw_time_chart(
        traffic_option(steps, step),
        "overview_traffic",
        (steps[0].time, steps[-1].until),
        height=380,
        alt=f"Latency in milliseconds and number of requests for each {step_words(step)}",
    )


def since_first_request(series: Sequence[Step]) -> list[Step]:
    """Return the steps from the first one with a request on."""
    return list(dropwhile(lambda step: not step.requests, series))


def traffic_option(steps: Sequence[Step], step: timedelta) -> dict[str, Any]:
    """Return the chart: lines of latency above, bars of requests below, times in UTC."""
    span = {
        "min": on_axis(steps[0].time),
        "max": on_axis(steps[-1].until),
        "containShape": False,
    }
    unfinished = steps[-1].unfinished
    return {
        "useUTC": True,
        "animationDuration": 300,
        "dataset": step_datasets([*map(_point, steps)], unfinished=unfinished),
        "tooltip": {"trigger": "axis", "valueFormatter": "%.4g"},
        "axisPointer": {"link": [{"xAxisIndex": "all"}]},
        "legend": {"top": 0, "right": 0, "itemWidth": 18},
        "title": [
            panel_title("Latency, ms", 0),
            panel_title(f"Requests per {step_words(step)}", "57%"),
        ],
        "grid": [panel_grid(44, "50%"), panel_grid("66%", 28)],
        "xAxis": [
            time_axis(0, labelled=False) | span,
            time_axis(1, labelled=True) | span,
        ],
        "yAxis": [count_axis(0), count_axis(1) | {"minInterval": 1}],
        "series": with_running(
            [
                _line("p50", "solid", UP),
                _line("p95", "dashed", DOWN),
                _bars("OK", OK_COLOUR),
                _bars("Failed", FAILED_COLOUR),
            ],
            unfinished=unfinished,
        ),
    }


def _point(one: Step) -> dict[str, Any]:
    return {
        "time": middle(one.time, one.until),
        "p50": one.p50,
        "p95": one.p95,
        "OK": one.requests - one.errors,
        "Failed": one.errors,
    }


def _line(name: str, stroke: str, colour: str) -> dict[str, Any]:
    return {
        "type": "line",
        "name": name,
        "encode": {"x": "time", "y": name},
        "itemStyle": {"color": colour},
        "lineStyle": {"width": 2, "type": stroke, "color": colour},
        "symbol": "circle",
        "symbolSize": 5,
        "tooltip": {"valueFormatter": "%.3g ms"},
    }


def _bars(name: str, colour: str) -> dict[str, Any]:
    return {
        "type": "bar",
        "name": name,
        "stack": "requests",
        "xAxisIndex": 1,
        "yAxisIndex": 1,
        "encode": {"x": "time", "y": name},
        "itemStyle": {"color": colour},
        "barMaxWidth": 18,
    }
