"""The champion and another version side by side: five holdout figures, each with its confidence interval."""

from collections.abc import Iterable
from typing import Any

import streamlit as st

from backend.contract.definition import DISPLAY
from backend.contract.model_version import VersionResponse
from backend.contract.performance import Estimate, RealizedError
from dashboard.charts.colours import DOWN, UP
from dashboard.charts.interval_mark import MarkStyle, interval_marks
from dashboard.registry.remarks import draw_remarks
from dashboard.registry.words import doubt_words, table_words, trained_words
from dashboard.settings import addresses
from dashboard.wording.value import CHART_UNIT, escaped, number_range, share_range, value_range
from dashboard.wording.version_words import CHAMPION

FIGURES = {
    "rmse": (f"RMSE, {CHART_UNIT}", float(DISPLAY.chart.factor)),
    "mae": (f"Mean absolute error, {CHART_UNIT}", float(DISPLAY.chart.factor)),
    "bias": (f"Bias (predicted − actual), {CHART_UNIT}", float(DISPLAY.chart.factor)),
    "r2": ("R²", 1.0),
    "interval_coverage": ("Interval coverage, %", 100.0),
}
"""Title with unit, and the factor to it, by the contract's name."""
PANEL_HEIGHT, TITLE_HEIGHT, AXIS_HEIGHT = 112, 26, 24
CHAMPION_STYLE, OTHER_STYLE = MarkStyle(UP), MarkStyle(DOWN, hollow=True)


def draw_figures(reports: dict[str, VersionResponse]) -> None:
    """Draw the chart beside a table for each version; ``reports`` by state, the champion's first."""
    chart_side, table_side = st.columns([1, 1], gap="large")
    if are_measured(report.error for report in reports.values()):
        with chart_side:
            _draw_chart(reports)
    else:
        table_side = chart_side  # what is known is not put beside empty axes
    with table_side:
        for role, report in reports.items():
            _draw_version(role, report)


def are_measured(errors: Iterable[RealizedError]) -> bool:
    """Whether there is a figure of any version."""
    return any(error.rmse is not None for error in errors)


def _draw_chart(reports: dict[str, VersionResponse]) -> None:
    st.echarts_chart(
        figures_option(reports),
        height=PANEL_HEIGHT * len(FIGURES),
        key="registry_figures",
        alt="Error figures of " + " and ".join(reports).lower() + " with 95% confidence intervals",
    )


def _draw_version(role: str, report: VersionResponse) -> None:
    with st.container(key=f"registry_{'champion' if role == CHAMPION else 'other'}_facts"):
        st.markdown(f"**{role}** `{report.version.version}`")
        if report.error.reason is not None:
            st.markdown(f":gray[{report.error.reason}]")
        facts = version_facts(report)
        st.table(facts, border="horizontal", alt=f"Facts of the {role.lower()}")
        draw_remarks(report.version, "champion" if role == CHAMPION else "other")


def version_facts(report: VersionResponse) -> dict[str, str]:
    """Return name and value of what is known of a version, as Markdown."""
    error = report.error
    facts = {
        "Model": trained_words(report.version),
        "Training table": table_words(report.version),
    }
    if report.version.doubts:
        facts["Check the table"] = doubt_words(report.version)
    if report.version.intervals_note is not None:
        facts["Intervals"] = escaped(report.version.intervals_note)
    for title, estimate in (
        ("RMSE", error.rmse),
        ("Mean absolute error", error.mae),
        ("Bias", error.bias),
    ):
        if estimate is not None:
            facts[title] = value_range(estimate)
    if error.r2 is not None:
        facts["R²"] = number_range(error.r2)
    if error.interval_coverage is not None:
        aim = f" :gray[· target {report.expected_coverage:.0%}]"
        facts["Interval coverage"] = share_range(error.interval_coverage) + aim
    return facts | {"Holdout": f"n = {error.rows:,} rows", "MLflow": _mlflow(report)}


def _mlflow(report: VersionResponse) -> str:
    run = report.version.mlflow_run_id
    if run is None:
        return ":gray[not recorded]"
    # A browser may not reach MLflow at the address that the service uses.
    return f"[Run {run[:8]}]({addresses().mlflow_url}/#/runs/{run})"


def figures_option(reports: dict[str, VersionResponse]) -> dict[str, Any]:
    """Return the chart: a panel for each figure with an axis of its own, the champion above."""
    numbers = range(len(FIGURES))
    series: list[dict[str, Any]] = []
    for number, (name, (title, factor)) in enumerate(FIGURES.items()):
        for role, report in reports.items():
            estimate: Estimate | None = getattr(report.error, name)
            if estimate is not None:
                series += _marks(role, title, estimate, factor, number)
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
                "data": list(reports)[::-1],
                "axisTick": {"show": False},
            }
            for number in numbers
        ],
        "series": series,
    }


def _marks(
    role: str, title: str, estimate: Estimate, factor: float, number: int
) -> list[dict[str, Any]]:
    lower, value, upper = (
        float(f"{factor * each:.6g}") for each in (estimate.lower, estimate.value, estimate.upper)
    )
    tip = f"{role}: {value:,.3g} ({lower:,.3g} to {upper:,.3g})<br/>{title}"
    style = CHAMPION_STYLE if role == CHAMPION else OTHER_STYLE
    return interval_marks(role, role, (lower, value, upper), style, number, tip)


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
