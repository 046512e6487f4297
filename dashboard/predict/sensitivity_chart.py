"""What if one input were different: the prediction along each input, above the distribution of its values."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from backend.contract.definition import SUBJECTS
from backend.contract.predictions import FEATURE_NAMES, HousingFeatures
from backend.contract.what_if import SensitivityCurve, SensitivityResponse
from dashboard.charts.chart_panel import panel_grid, quiet_title
from dashboard.charts.colours import HERE, TOTAL, UP
from dashboard.charts.scale import Scale
from dashboard.predict.field import Value
from dashboard.shared.buttons import readable_choices
from dashboard.wording.feature_words import feature_named, input_words, is_year, whole_years
from dashboard.wording.value import CHART_UNIT, escaped, in_chart_unit
from dashboard.wording.words import LABEL, VALUE, capitalized, in_sentence, numeral

HEIGHT = 270
LEAST_COLUMN_WIDTH = 215
MOST_AT_ONCE = 12
"""Charts: of more inputs, those that change the prediction most are drawn first."""
MOST_NAMED, MOST_LETTERS = 12, 22
"""Words of a category that are all written below their bars, and letters of those that fit side by side."""
CHOICE_KEY = "predict_sensitivity_choice"
PARTS, PARTS_AROUND_ZERO = 4, 2
"""The shared axis ends at a round step; it has about so many, fewer if values are on both sides of zero."""


@dataclass(frozen=True)
class ValueAxis:
    """The shared axis of the target, in the chart's unit: its ends, and how far its marks are apart."""

    lowest: float
    highest: float
    interval: float


def draw_sensitivity(sensitivity: SensitivityResponse, inputs: HousingFeatures) -> None:
    """Draw one small chart per input, all with the same axis of the target."""
    st.markdown(f"**{_title()}**")
    curves = _chosen(sensitivity.curves)
    shown = "all" if len(curves) > 10 else f"all {numeral(len(curves))}"
    st.caption(
        escaped(
            f"Top: {VALUE} in {CHART_UNIT}, on the same scale for {shown}. Bottom: number of training "
            f"{SUBJECTS} with such values. Red marks the entered value."
        )
    )
    axis = shared_axis(sensitivity)
    with st.grid(4, min_column_width=LEAST_COLUMN_WIDTH, gap="small", key="predict_sensitivity"):
        for curve in curves:
            _draw_curve(curve, inputs.model_dump()[curve.feature], axis)


def strongest(curves: Sequence[SensitivityCurve], number: int) -> list[str]:
    """Return the inputs along which the prediction changes most, in the table's order."""
    by_reach = sorted(curves, key=lambda one: min(one.predictions) - max(one.predictions))
    kept = {one.feature for one in by_reach[:number]}
    return [one.feature for one in curves if one.feature in kept]


def _title() -> str:
    others = len(FEATURE_NAMES) - 1
    return f"{LABEL} as one input changes, the other {numeral(others)} as entered"


def _chosen(curves: Sequence[SensitivityCurve]) -> list[SensitivityCurve]:
    if len(curves) <= MOST_AT_ONCE:
        return list(curves)
    with st.container(key=CHOICE_KEY):
        readable_choices(CHOICE_KEY)
        chosen = st.multiselect(
            "Inputs",
            [curve.feature for curve in curves],
            default=strongest(curves, MOST_AT_ONCE),
            format_func=lambda name: feature_named(name).label,
            key="predict_sensitivity_inputs",
            help=f"At first the {MOST_AT_ONCE} that change the {VALUE} most.",
        )
    return [curve for curve in curves if curve.feature in chosen]


def _draw_curve(curve: SensitivityCurve, entered: Value, axis: ValueAxis) -> None:
    feature = feature_named(curve.feature)
    with st.container(border=True):
        st.markdown(f"**{feature.label}**  \n:small[:gray[{entered_words(curve, entered)}]]")
        st.echarts_chart(
            sensitivity_option(curve, entered, axis),
            height=HEIGHT,
            key=f"predict_curve_{curve.feature}",
            alt=f"{LABEL} along {in_sentence(feature.label)} and the training data's histogram",
        )


def entered_words(curve: SensitivityCurve, entered: Value) -> str:
    """Write the entered value, and whether it is off the chart."""
    if entered is None:
        return "Nothing entered"
    words = f"Entered: {input_words(feature_named(curve.feature), entered)}"
    if isinstance(entered, str):
        return words
    if entered < curve.values[0]:
        return f"{words} (off the chart, left)"
    if entered > curve.values[-1]:
        return f"{words} (off the chart, right)"
    return words


def shared_axis(sensitivity: SensitivityResponse) -> ValueAxis:
    """Return the shared axis of the target, in the chart's unit; it begins at zero unless some are below."""
    reached = [
        in_chart_unit(end)
        for curve in sensitivity.curves
        for end in (min(curve.predictions), max(curve.predictions))
    ]
    low, high = min(0.0, *reached), max(0.0, *reached)
    own = Scale(low, high if high > low else low + 1)
    if low < 0:
        ends, step = own.outward(PARTS_AROUND_ZERO), own.step(PARTS_AROUND_ZERO)
        return ValueAxis(ends.lowest, ends.highest, step)
    highest = own.outward(PARTS).highest
    return ValueAxis(0.0, highest, highest / 2)


def sensitivity_option(curve: SensitivityCurve, entered: Value, axis: ValueAxis) -> dict[str, Any]:
    """Return the chart: the prediction above, the histogram below, on one axis of the input."""
    feature = feature_named(curve.feature)
    title = f"{LABEL}, {CHART_UNIT}"
    rows = f"{capitalized(SUBJECTS)}, n = {sum(curve.histogram_counts):,}"
    frame = {
        "animationDuration": 300,
        "tooltip": {"trigger": "axis", "valueFormatter": "%,.4g"},
        "axisPointer": {"link": [{"xAxisIndex": "all"}]},
        "title": [quiet_title(title, 4), quiet_title(rows, "56%")],
        "grid": [panel_grid(32, "50%"), panel_grid("67%", 44)],
        "yAxis": [_value_axis(0) | _ends(axis), _value_axis(1) | {"min": 0}],
    }
    if feature.categories is not None:
        return frame | _category_parts(curve, feature.categories, entered)
    return frame | {
        "xAxis": [_input_axis(curve, 0, ""), _input_axis(curve, 1, feature.unit)],
        "series": [_line(curve, entered), _histogram(curve, entered)],
    }


def _ends(axis: ValueAxis) -> dict[str, Any]:
    return {"min": axis.lowest, "max": axis.highest, "interval": axis.interval}


def _line(curve: SensitivityCurve, entered: Value) -> dict[str, Any]:
    amounts = map(in_chart_unit, curve.predictions)
    return {
        "type": "line",
        "name": f"{LABEL}, {CHART_UNIT}",
        "data": [list(point) for point in zip(curve.values, amounts, strict=True)],
        "showSymbol": False,
        "lineStyle": {"width": 2, "color": UP},
        "itemStyle": {"color": UP},
        "markLine": _entered_line(entered),
    }


def _histogram(curve: SensitivityCurve, entered: Value) -> dict[str, Any]:
    # Steps instead of bars: on a numeric axis a bar's width is in pixels and would miss its edges.
    counts = [*curve.histogram_counts, curve.histogram_counts[-1]]
    return {
        "type": "line",
        "name": capitalized(SUBJECTS),
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


def _entered_line(entered: Value) -> dict[str, Any]:
    return {
        "silent": True,
        "symbol": "none",
        "animation": False,
        "label": {"show": False},
        "lineStyle": {"color": HERE, "width": 2, "type": "solid"},
        "data": [] if entered is None else [{"xAxis": entered}],
    }


def _category_parts(
    curve: SensitivityCurve, words: Sequence[str], entered: Value
) -> dict[str, Any]:
    """Return axes and bars: one bar for each category, that of the entered one in red."""
    names = [words[int(position)] for position in curve.values]
    colours = [HERE if name == entered else UP for name in names]
    amounts = map(in_chart_unit, curve.predictions)
    bars = [
        {"value": amount, "itemStyle": {"color": colour}}
        for amount, colour in zip(amounts, colours, strict=True)
    ]
    counted = {
        "type": "bar",
        "name": capitalized(SUBJECTS),
        "data": curve.histogram_counts,
        "xAxisIndex": 1,
        "yAxisIndex": 1,
        "itemStyle": {"color": TOTAL},
    }
    valued = {"type": "bar", "name": f"{LABEL}, {CHART_UNIT}", "data": bars}
    return {
        "xAxis": [_category_axis(names, 0, shown=False), _category_axis(names, 1, shown=True)],
        "series": [valued | {"itemStyle": {"color": UP}}, counted],
    }


def _category_axis(names: list[str], index: int, *, shown: bool) -> dict[str, Any]:
    label = {"show": shown, "overflow": "truncate", "width": 60}
    if len(names) <= MOST_NAMED:
        # Side by side they would be written over each other, and every second one would be left out.
        label |= {"interval": 0, "rotate": 40 if sum(map(len, names)) > MOST_LETTERS else 0}
    else:
        label |= {"hideOverlap": True}
    return {
        "type": "category",
        "gridIndex": index,
        "data": names,
        "axisTick": {"show": False},
        "axisLabel": label,
    }


def _input_axis(curve: SensitivityCurve, index: int, unit: str) -> dict[str, Any]:
    feature = feature_named(curve.feature)
    label = {"show": index == 1, "showMinLabel": False, "showMaxLabel": False, "hideOverlap": True}
    return {
        "type": "value",
        "gridIndex": index,
        "min": curve.values[0],
        "max": curve.values[-1],
        "minInterval": 1 if feature.kind == "integer" else 0,
        "name": unit,
        "nameLocation": "middle",
        "nameGap": 24,
        "splitNumber": 4,
        "splitLine": {"show": False},
        # The ends are percentiles, not round numbers: their labels would overlap the next ones.
        "axisLabel": label | whole_years(is_year(feature)),
    }


def _value_axis(index: int) -> dict[str, Any]:
    return {"type": "value", "gridIndex": index, "splitNumber": 2}
