"""Error and interval coverage over time: realized solid, estimated dashed, each with its band."""

from datetime import datetime, timedelta
from typing import Any

import streamlit as st

from backend.contract.definition import DISPLAY
from backend.contract.performance import Estimate, PerformanceResponse, PerformanceStep
from dashboard.charts.chart_panel import panel_grid, panel_title, time_axis, value_axis
from dashboard.charts.colours import DOWN, TOTAL, UP
from dashboard.charts.time_steps import middle, running_words, step_datasets, with_running
from dashboard.timeline.time_chart import draw_time_chart
from dashboard.wording.moment import on_axis, step_words
from dashboard.wording.value import CHART_DIGITS, CHART_UNIT, in_chart_unit

REALIZED, ESTIMATED, HOLDOUT = "Realized RMSE", "Estimated RMSE", "Holdout RMSE"
COVERAGE, EXPECTED = "Interval coverage", "Expected coverage"
BAND_OPACITY = 0.18


def draw_error_chart(found: PerformanceResponse) -> None:
    """Draw the steps. The chart keeps its identity, so that new figures move it without flicker."""
    words = step_words(timedelta(seconds=found.step_seconds))
    st.header("Over time", anchor=False)
    st.caption(
        f"One point per {words}, by prediction time, with 95% confidence bands. A point needs at least 30 "
        f"labels (for the estimate, 30 predictions).{running_words(unfinished=_unfinished(found))}"
    )
    draw_time_chart(
        error_option(found),
        "performance_error",
        _span(found),
        height=430,
        alt=f"Realized and estimated RMSE and interval coverage for each {words}",
    )


def error_option(found: PerformanceResponse) -> dict[str, Any]:
    """Return the chart: errors above, coverage below, on one axis of time in UTC."""
    begin, end = map(on_axis, _span(found))
    span = {"min": begin, "max": end, "containShape": False}
    baseline = found.baseline.rmse if found.baseline is not None else None
    unfinished = _unfinished(found)
    return {
        "useUTC": True,
        "animationDuration": 300,
        "dataset": step_datasets([*map(_point, found.series)], unfinished=unfinished),
        "tooltip": {"trigger": "axis"},
        "axisPointer": {"link": [{"xAxisIndex": "all"}]},
        "legend": {
            "top": 26,
            "left": 0,
            "itemWidth": 22,
            "data": [REALIZED, ESTIMATED, HOLDOUT],
        },
        "title": [
            panel_title(f"RMSE, {CHART_UNIT}", 4),
            panel_title(
                f"Interval coverage, % (expected: {100 * found.expected_coverage:.3g})",
                "61%",
            ),
        ],
        "grid": [panel_grid(66, "46%"), panel_grid("70%", 28)],
        "xAxis": [time_axis(0, labelled=False) | span, time_axis(1, labelled=True) | span],
        "yAxis": [value_axis(0) | {"scale": True}, value_axis(1) | {"scale": True, "max": 100}],
        "series": with_running(
            [
                *_banded(REALIZED, "realized", UP, "solid", 0),
                *_banded(ESTIMATED, "estimated", DOWN, "dashed", 0),
                *_banded(COVERAGE, "coverage", UP, "solid", 1),
                *(
                    [_level(HOLDOUT, in_chart_unit(baseline.value), 0, found)]
                    if baseline is not None
                    else []
                ),
                _level(EXPECTED, round(100 * found.expected_coverage, 2), 1, found),
            ],
            unfinished=unfinished,
        ),
    }


def _span(found: PerformanceResponse) -> tuple[datetime, datetime]:
    """Return the ends of the steps: there are none before the first prediction of the window."""
    return found.series[0].since, found.series[-1].until


def _unfinished(found: PerformanceResponse) -> bool:
    return found.series[-1].unfinished


def _point(step: PerformanceStep) -> dict[str, Any]:
    return {
        "time": middle(step.since, step.until),
        **_columns("realized", step.realized.rmse, DISPLAY.chart.factor),
        **_columns("estimated", step.estimated.estimated_rmse, DISPLAY.chart.factor),
        **_columns("coverage", step.realized.interval_coverage, 100),
    }


def _columns(name: str, estimate: Estimate | None, scale: float) -> dict[str, float | None]:
    if estimate is None:
        return {name: None, f"{name}_low": None, f"{name}_width": None}
    digits = 2 if name == "coverage" else CHART_DIGITS
    return {
        name: round(scale * estimate.value, digits),
        f"{name}_low": round(scale * estimate.lower, digits),
        f"{name}_width": round(scale * (estimate.upper - estimate.lower), digits),
    }


def _banded(
    title: str, name: str, colour: str, stroke: str, grid: int
) -> tuple[dict[str, Any], ...]:
    """Return a line over its band; the band is a filled width stacked on an invisible lower bound."""
    invisible = {"opacity": 0}
    band = {
        "type": "line",
        "stack": name,
        "stackStrategy": "all",
        "symbol": "none",
        "silent": True,
        "lineStyle": invisible,
        "itemStyle": invisible,
        "tooltip": {"show": False},
        **_axes(grid),
    }
    return (
        band | {"name": f"{title}, lower", "encode": {"x": "time", "y": f"{name}_low"}},
        band
        | {"name": f"{title}, width", "encode": {"x": "time", "y": f"{name}_width"}}
        | {"areaStyle": {"color": colour, "opacity": BAND_OPACITY}},
        {
            "type": "line",
            "name": title,
            "encode": {"x": "time", "y": name},
            "itemStyle": {"color": colour},
            "lineStyle": {"width": 2, "type": stroke, "color": colour},
            "symbol": "circle",
            "symbolSize": 6,
            **_axes(grid),
        },
    )


def _level(title: str, height: float, grid: int, found: PerformanceResponse) -> dict[str, Any]:
    ends = _span(found)
    return {
        "type": "line",
        "name": title,
        "data": [[on_axis(end), height] for end in ends],
        "symbol": "none",
        "silent": True,
        "itemStyle": {"color": TOTAL},
        "lineStyle": {"color": TOTAL, "type": "dotted", "width": 2},
        "tooltip": {"show": False},
        **_axes(grid),
    }


def _axes(grid: int) -> dict[str, int]:
    return {"xAxisIndex": grid, "yAxisIndex": grid}
