"""Two versions side by side: five holdout figures, each with its confidence interval."""

from collections.abc import Iterable, Sequence
from typing import Any

import streamlit as st

from backend.contract.definition import DISPLAY
from backend.contract.performance import Estimate, RealizedError
from dashboard.charts.colours import DOWN, UP
from dashboard.charts.interval_mark import MarkStyle, interval_marks
from dashboard.registry.facts import draw_facts
from dashboard.registry.sides import Side
from dashboard.wording.value import CHART_UNIT

FIGURES = {
    "rmse": (f"RMSE, {CHART_UNIT}", float(DISPLAY.chart.factor)),
    "mae": (f"Mean absolute error, {CHART_UNIT}", float(DISPLAY.chart.factor)),
    "bias": (f"Bias (predicted − actual), {CHART_UNIT}", float(DISPLAY.chart.factor)),
    "r2": ("R²", 1.0),
    "interval_coverage": ("Interval coverage, %", 100.0),
}
"""Title with unit, and the factor to it, by the contract's name."""
PANEL_HEIGHT, TITLE_HEIGHT, AXIS_HEIGHT = 112, 26, 24
STYLES = (MarkStyle(UP), MarkStyle(DOWN, hollow=True))


def draw_figures(sides: Sequence[Side]) -> None:
    """Draw the chart beside the facts; without a figure of any version, the facts alone."""
    if not are_measured(side.report.error for side in sides):
        draw_facts(sides)  # what is known is not put beside empty axes
        return
    chart_side, table_side = st.columns([2, 3], gap="large")
    with chart_side:
        _draw_chart(sides)
    with table_side:
        draw_facts(sides)


def are_measured(errors: Iterable[RealizedError]) -> bool:
    """Whether there is a figure of any version."""
    return any(error.rmse is not None for error in errors)


def _draw_chart(sides: Sequence[Side]) -> None:
    st.echarts_chart(
        figures_option(sides),
        height=PANEL_HEIGHT * len(FIGURES),
        key="registry_figures",
        alt="Error figures of "
        + " and ".join(side.name.noun for side in sides)
        + " with 95% confidence intervals",
    )


def figures_option(sides: Sequence[Side]) -> dict[str, Any]:
    """Return the chart: a panel for each figure with an axis of its own, the left version above."""
    numbers = range(len(FIGURES))
    series: list[dict[str, Any]] = []
    for number, (name, (title, factor)) in enumerate(FIGURES.items()):
        for side, style in zip(sides, STYLES, strict=False):
            estimate: Estimate | None = getattr(side.report.error, name)
            if estimate is not None:
                series += _marks(side.name.label, style, title, estimate, factor, number)
    return {
        "animationDuration": 300,
        "tooltip": {"trigger": "item"},
        "title": [_title(title, number) for number, (title, _) in enumerate(FIGURES.values())],
        "grid": [_grid(number) for number in numbers],
        "xAxis": [
            {"type": "value", "scale": True, "gridIndex": number, "splitNumber": 4}
            for number in numbers
        ],
        "yAxis": [
            {
                "type": "category",
                "gridIndex": number,
                "data": [side.name.label for side in sides][::-1],
                "axisTick": {"show": False},
            }
            for number in numbers
        ],
        "series": series,
    }


def _marks(
    label: str, style: MarkStyle, title: str, estimate: Estimate, factor: float, number: int
) -> list[dict[str, Any]]:
    lower, value, upper = (
        float(f"{factor * each:.6g}") for each in (estimate.lower, estimate.value, estimate.upper)
    )
    tip = f"{label}: {value:,.3g} ({lower:,.3g} to {upper:,.3g})<br/>{title}"
    return interval_marks(label, label, (lower, value, upper), style, number, tip)


def _title(title: str, number: int) -> dict[str, Any]:
    style = {"fontSize": 13, "fontWeight": 600}
    return {"text": title, "left": 0, "top": number * PANEL_HEIGHT + 4, "textStyle": style}


def _grid(number: int) -> dict[str, Any]:
    height = PANEL_HEIGHT - TITLE_HEIGHT - AXIS_HEIGHT
    return {
        "left": 78,
        "right": 24,
        "top": number * PANEL_HEIGHT + TITLE_HEIGHT,
        "height": height - 8,
        "containLabel": False,
    }
