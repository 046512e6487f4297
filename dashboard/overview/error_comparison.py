"""Realized beside estimated error: one solid, one hollow and dashed, so that they are not confused."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from backend.contract.performance import Estimate
from dashboard.charts.colours import DOWN, TOTAL, UP
from dashboard.charts.interval_mark import MarkStyle, interval_marks
from dashboard.wording.value import CHART_UNIT, in_chart_unit

HEIGHT = 150
REALIZED, ESTIMATED, HOLDOUT = "Realized", "Estimated", "Holdout"


@dataclass(frozen=True)
class ErrorFigures:
    """Root mean squared errors in the target's unit; None: not enough data."""

    realized: Estimate | None
    estimated: Estimate | None
    holdout: float | None


def draw_error_comparison(figures: ErrorFigures) -> None:
    """Draw both with their confidence intervals. The chart keeps its identity, so it does not flicker."""
    st.echarts_chart(
        comparison_option(figures),
        height=HEIGHT,
        key="overview_error",
        alt=f"Realized and estimated RMSE with 95% confidence intervals, in {CHART_UNIT}",
    )


def comparison_option(figures: ErrorFigures) -> dict[str, Any]:
    """Return the chart: the chart's unit to the right, the two kinds of error downwards."""
    series: list[dict[str, Any]] = []
    if figures.realized is not None:
        series += _marks(REALIZED, figures.realized, MarkStyle(UP))
    if figures.estimated is not None:
        series += _marks(ESTIMATED, figures.estimated, MarkStyle(DOWN, hollow=True))
    if figures.holdout is not None:
        series[0]["markLine"] = _holdout_line(figures.holdout)
    return {
        "animationDuration": 300,
        "grid": {"left": 4, "right": 24, "top": 24, "bottom": 4},
        "xAxis": {
            "type": "value",
            "scale": True,
            "name": f"{CHART_UNIT}, with 95% confidence intervals",
            "nameLocation": "middle",
            "nameGap": 26,
            "splitNumber": 4,
        },
        "yAxis": {
            "type": "category",
            "data": [ESTIMATED, REALIZED],
            "axisTick": {"show": False},
        },
        "series": series,
    }


def _marks(name: str, estimate: Estimate, style: MarkStyle) -> list[dict[str, Any]]:
    ends = (estimate.lower, estimate.value, estimate.upper)
    lower, value, upper = (in_chart_unit(end) for end in ends)
    return interval_marks(name, name, (lower, value, upper), style)


def _holdout_line(holdout: float) -> dict[str, Any]:
    return {
        "silent": True,
        "symbol": "none",
        "animation": False,
        "label": {"formatter": HOLDOUT, "position": "end", "color": TOTAL},
        "lineStyle": {"color": TOTAL, "width": 2, "type": "dotted"},
        "data": [{"xAxis": in_chart_unit(holdout)}],
    }
