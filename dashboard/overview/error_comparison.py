"""Realized beside estimated error: one solid, one hollow and dashed, so that none is taken for the other."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from backend.contract.performance import Estimate
from backend.contract.predictions import TARGET_UNIT_DOLLARS
from dashboard.shared.colours import DOWN, TOTAL, UP
from dashboard.shared.interval_mark import MarkStyle, interval_marks

HEIGHT = 150
REALIZED, ESTIMATED, HOLDOUT = "Realized", "Estimated", "Holdout"


@dataclass(frozen=True)
class ErrorFigures:
    """Root mean squared errors in 100,000 USD; None: not enough data."""

    realized: Estimate | None
    estimated: Estimate | None
    holdout: float | None


def draw_error_comparison(figures: ErrorFigures) -> None:
    """Draw both with their confidence intervals. The chart keeps its identity and doesn't flicker."""
    st.echarts_chart(
        comparison_option(figures),
        height=HEIGHT,
        key="overview_error",
        alt="Realized and estimated RMSE with 95 % confidence intervals, in thousand US dollars",
    )


def comparison_option(figures: ErrorFigures) -> dict[str, Any]:
    """Return the chart: thousand dollars to the right, the two kinds of error downwards."""
    series: list[dict[str, Any]] = []
    if figures.realized is not None:
        series += _marks(REALIZED, figures.realized, MarkStyle(UP))
    if figures.estimated is not None:
        series += _marks(ESTIMATED, figures.estimated, MarkStyle(DOWN, hollow=True))
    if figures.holdout is not None:
        series[0]["markLine"] = _holdout_line(_thousands(figures.holdout))
    return {
        "animationDuration": 300,
        "grid": {"left": 4, "right": 24, "top": 24, "bottom": 4},
        "xAxis": {
            "type": "value",
            "scale": True,
            "name": "$1,000, with 95 % confidence",
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
    lower, value, upper = map(_thousands, (estimate.lower, estimate.value, estimate.upper))
    return interval_marks(name, name, (lower, value, upper), style)


def _holdout_line(value: float) -> dict[str, Any]:
    return {
        "silent": True,
        "symbol": "none",
        "animation": False,
        "label": {"formatter": HOLDOUT, "position": "end", "color": TOTAL},
        "lineStyle": {"color": TOTAL, "width": 2, "type": "dotted"},
        "data": [{"xAxis": value}],
    }


def _thousands(price: float) -> float:
    return round(price * TARGET_UNIT_DOLLARS / 1_000, 2)
