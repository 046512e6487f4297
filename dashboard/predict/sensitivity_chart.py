"""What if one input were different: the price along each input, above the distribution of its values."""

from typing import Any

import streamlit as st

from backend.contract.predictions import DISPLAY, HousingFeatures
from backend.contract.what_if import SensitivityCurve, SensitivityResponse
from dashboard.shared.chart_panel import panel_grid, quiet_title
from dashboard.shared.colours import HERE, TOTAL, UP
from dashboard.shared.feature_words import feature_named, number

HEIGHT = 270
LEAST_COLUMN_WIDTH = 215
SCALE_THOUSANDS = 100
"""The shared price axis ends at a multiple of this many thousand dollars."""


def draw_sensitivity(sensitivity: SensitivityResponse, inputs: HousingFeatures) -> None:
    """Draw one small chart per input, all with the same price axis."""
    st.markdown("**Price as one input changes, the other seven as entered**")
    st.caption(
        "Top: price in thousand 1990 US dollars, on the same scale for all eight. Bottom: number of training "
        "districts with such values. The red line marks the entered value."
    )
    most = most_thousands(sensitivity)
    with st.grid(4, min_column_width=LEAST_COLUMN_WIDTH, gap="small", key="predict_sensitivity"):
        for curve in sensitivity.curves:
            _draw_curve(curve, float(inputs.model_dump()[curve.feature]), most)


def _draw_curve(curve: SensitivityCurve, entered: float, most: int) -> None:
    feature = feature_named(curve.feature)
    with st.container(border=True):
        st.markdown(f"**{feature.label}**  \n:small[:gray[{entered_words(curve, entered)}]]")
        st.echarts_chart(
            sensitivity_option(curve, entered, most),
            height=HEIGHT,
            key=f"predict_curve_{curve.feature}",
            alt=f"Price along {feature.label.lower()} and the training data's histogram",
        )


def entered_words(curve: SensitivityCurve, entered: float) -> str:
    """Write the entered value, and whether it is off the chart."""
    words = f"Entered: {number(entered)}"
    if entered < curve.values[0]:
        return f"{words} (off the chart, left)"
    if entered > curve.values[-1]:
        return f"{words} (off the chart, right)"
    return words


def most_thousands(sensitivity: SensitivityResponse) -> int:
    """Return the end of the shared price axis, in thousand dollars."""
    highest = max(max(curve.predictions) for curve in sensitivity.curves)
    thousands = highest * DISPLAY.factor / 1_000
    return max(1, -int(-thousands // SCALE_THOUSANDS)) * SCALE_THOUSANDS


def sensitivity_option(curve: SensitivityCurve, entered: float, most: int) -> dict[str, Any]:
    """Return the chart: the price above, the histogram below, on one axis of the input."""
    feature = feature_named(curve.feature)
    districts = sum(curve.histogram_counts)
    return {
        "animationDuration": 300,
        "tooltip": {"trigger": "axis", "valueFormatter": "%,.4g"},
        "axisPointer": {"link": [{"xAxisIndex": "all"}]},
        "title": [
            quiet_title("Price, $1,000", 4),
            quiet_title(f"Districts, n = {districts:,}", "56%"),
        ],
        "grid": [panel_grid(32, "50%"), panel_grid("67%", 44)],
        "xAxis": [_input_axis(curve, 0, ""), _input_axis(curve, 1, feature.unit)],
        "yAxis": [_value_axis(0) | {"max": most, "interval": most / 2}, _value_axis(1)],
        "series": [_price_line(curve, entered), _histogram(curve, entered)],
    }


def _price_line(curve: SensitivityCurve, entered: float) -> dict[str, Any]:
    thousands = [price * DISPLAY.factor / 1_000 for price in curve.predictions]
    return {
        "type": "line",
        "name": "Price, $1,000",
        "data": [list(point) for point in zip(curve.values, thousands, strict=True)],
        "showSymbol": False,
        "lineStyle": {"width": 2, "color": UP},
        "itemStyle": {"color": UP},
        "markLine": _entered_line(entered),
    }


def _histogram(curve: SensitivityCurve, entered: float) -> dict[str, Any]:
    # Steps instead of bars: on a numeric axis a bar's width is in pixels and would miss its edges.
    counts = [*curve.histogram_counts, curve.histogram_counts[-1]]
    return {
        "type": "line",
        "name": "Districts",
        "step": "end",
        "data": [list(point) for point in zip(curve.histogram_edges, counts, strict=True)],
        "xAxisIndex": 1,
        "yAxisIndex": 1,
        "showSymbol": False,
        "lineStyle": {"width": 1, "color": TOTAL},
        "itemStyle": {"color": TOTAL},
        "areaStyle": {"color": TOTAL, "opacity": 0.45},
        "markLine": _entered_line(entered),
    }


def _entered_line(entered: float) -> dict[str, Any]:
    return {
        "silent": True,
        "symbol": "none",
        "animation": False,
        "label": {"show": False},
        "lineStyle": {"color": HERE, "width": 2, "type": "solid"},
        "data": [{"xAxis": entered}],
    }


def _input_axis(curve: SensitivityCurve, index: int, unit: str) -> dict[str, Any]:
    return {
        "type": "value",
        "gridIndex": index,
        "min": curve.values[0],
        "max": curve.values[-1],
        "name": unit,
        "nameLocation": "middle",
        "nameGap": 24,
        "splitNumber": 4,
        "splitLine": {"show": False},
        # The ends are percentiles, not round numbers: their labels would overlap the next ones.
        "axisLabel": {"show": bool(unit), "showMinLabel": False, "showMaxLabel": False},
    }


def _value_axis(index: int) -> dict[str, Any]:
    return {"type": "value", "gridIndex": index, "min": 0, "splitNumber": 2}
