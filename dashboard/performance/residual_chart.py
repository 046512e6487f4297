"""The distribution of residuals: now, beside the holdout."""

from itertools import pairwise
from typing import Any

import streamlit as st

from backend.contract.definition import DISPLAY
from backend.contract.performance import PerformanceResponse, ResidualHistogram
from dashboard.charts.colours import TOTAL, UP
from dashboard.wording.value import CHART_UNIT, in_percent
from dashboard.wording.words import VALUE

HEIGHT = 430


def draw_residuals(found: PerformanceResponse) -> None:
    """Draw the residuals as bars, those of the holdout as a line."""
    st.header("Residuals", anchor=False)
    if found.residuals is None:
        st.markdown(":gray[This version has no holdout to compare with.]")
        return
    st.caption("Predicted minus actual: to the right of zero, the prediction was too high.")
    st.echarts_chart(
        residual_option(found.residuals),
        height=HEIGHT,
        key="performance_residuals",
        alt=f"Histogram of predicted minus actual {VALUE}, beside that of the holdout",
    )


def residual_option(residuals: ResidualHistogram) -> dict[str, Any]:
    """Return the chart; residuals in the chart's unit, shares in percent."""
    edges = [edge * DISPLAY.chart.factor for edge in residuals.edges]
    middles = [_middle(low, high) for low, high in pairwise(edges)]
    return {
        "animationDuration": 300,
        "tooltip": {"trigger": "axis", "valueFormatter": "%.3g %%"},
        "legend": {"top": 0, "right": 0, "itemWidth": 18},
        "grid": {"left": 44, "right": 12, "top": 44, "bottom": 48},
        "xAxis": {
            "type": "category",
            "data": middles,
            "name": CHART_UNIT,
            "nameLocation": "middle",
            "nameGap": 30,
            "axisLabel": {"interval": 4},
        },
        "yAxis": {"type": "value", "name": "% of rows", "splitNumber": 4},
        "series": [
            {
                "type": "bar",
                "name": "Now",
                "data": [in_percent(share) for share in residuals.shares],
                "itemStyle": {"color": UP},
                "barCategoryGap": "15%",
            },
            {
                "type": "line",
                "name": "Holdout",
                "step": "middle",
                "data": [in_percent(share) for share in residuals.baseline_shares],
                "symbol": "none",
                "lineStyle": {"color": TOTAL, "width": 2},
                "itemStyle": {"color": TOTAL},
            },
        ],
    }


def _middle(low: float, high: float) -> str:
    middle = round((low + high) / 2, 6)
    return f"{middle:+.3g}" if middle else "0"
