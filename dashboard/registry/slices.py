"""Where one version is better or worse than the other, by segment, with intervals."""

from typing import Any

import streamlit as st

from backend.contract.models.version import ComparisonResponse, SliceComparison
from backend.contract.performance import Estimate
from dashboard.charts.colours import DOWN, TOTAL, UP
from dashboard.charts.interval_mark import MarkStyle, interval_marks
from dashboard.registry.sides import Name
from dashboard.registry.words import finer_difference
from dashboard.shared.column_width import column_width
from dashboard.wording.segment_words import segment_label
from dashboard.wording.value import (
    CHART_UNIT,
    difference_column,
    in_chart_unit,
    in_written_unit,
    ranged,
    value_column,
)
from dashboard.wording.words import ALL_SUBJECTS

ROW_HEIGHT, FRAME_HEIGHT = 25, 84


def draw_slices(found: ComparisonResponse, left: Name, right: Name) -> None:
    """Draw the forest of differences, right minus left, beside its figures."""
    st.header("By segment", anchor=False)
    st.caption(slices_words(found, left, right))
    forest_side, table_side = st.columns([1, 1], gap="large")
    option = forest_option(found, left, right)
    with forest_side:
        st.echarts_chart(
            option,
            height=FRAME_HEIGHT + ROW_HEIGHT * len(option["yAxis"]["data"]),
            key="registry_forest",
            alt=f"RMSE difference by segment with confidence intervals; left of zero: {right.noun} better",
        )
    with table_side:
        st.dataframe(
            [slice_cells(one) for one in found.slices],
            key="registry_slices",
            height="content",
            hide_index=True,
            column_config=_columns(
                left.label, right.label, [segment_label(one.kind, one.name) for one in found.slices]
            ),
            placeholder="–",
            alt=f"Errors of {left.noun} and {right.noun} by segment",
        )


def slices_words(found: ComparisonResponse, left: Name, right: Name) -> str:
    """Say how to read the chart, and what its intervals promise."""
    confidence = found.slice_confidence or 0.0
    return (
        f"RMSE of the {right.noun} minus that of the {left.noun}: left of zero the {right.noun} is better. "
        f"Colour marks a significant difference. Each interval has {confidence:.1%} confidence, so that all "
        "of them together have 95%. Segments with too few rows have no interval."
    )


def forest_option(found: ComparisonResponse, left: Name, right: Name) -> dict[str, Any]:
    """Return the chart: the total first, then the segments, from the top down."""
    rows = [(ALL_SUBJECTS, found.rows, found.difference)] + [
        (segment_label(one.kind, one.name), one.rows, one.difference)
        for one in found.slices
        if one.difference is not None
    ]
    series: list[dict[str, Any]] = []
    for name, number, difference in rows:
        if difference is not None:
            series += _marks(name, number, difference)
    if series:
        series[0]["markLine"] = _zero_line()
    return {
        "animationDuration": 300,
        "tooltip": {"trigger": "item"},
        "grid": {"left": 4, "right": 20, "top": 34, "bottom": 8},
        "title": {
            "text": f"← {right.noun} better  ·  {left.noun} better →",
            "right": 16,
            "top": 4,
            "textStyle": {"fontSize": 12, "fontWeight": 400},
        },
        "xAxis": {
            "type": "value",
            "name": f"RMSE difference, {CHART_UNIT}",
            "nameLocation": "middle",
            "nameGap": 28,
            "splitNumber": 5,
            # With no difference anywhere zero would be at the chart's edge.
            **({} if any(map(_is_apart, rows)) else {"min": -1, "max": 1}),
        },
        "yAxis": {
            "type": "category",
            "inverse": True,
            "data": [_label(name, number) for name, number, _ in rows],
            "axisTick": {"show": False},
            "axisLabel": {"interval": 0},
        },
        "series": series,
    }


def _is_apart(row: tuple[str, int, Estimate | None]) -> bool:
    difference = row[2]
    return difference is not None and (difference.lower, difference.upper) != (0.0, 0.0)


def mark_style(difference: Estimate) -> MarkStyle:
    """Return how a difference looks: significantly better and worse differ in colour and shape."""
    if difference.upper < 0:
        return MarkStyle(UP)
    if difference.lower > 0:
        return MarkStyle(DOWN, hollow=True)
    return MarkStyle(TOTAL)


def _marks(name: str, number: int, difference: Estimate) -> list[dict[str, Any]]:
    ends = (difference.lower, difference.value, difference.upper)
    lower, value, upper = map(in_chart_unit, ends)
    low, middle, high = map(finer_difference, ends)
    tip = f"{name}: {middle} ({ranged(low, high)}), n = {number:,}"
    style = mark_style(difference)
    return interval_marks(name, _label(name, number), (lower, value, upper), style, 0, tip)


def _label(name: str, number: int) -> str:
    return f"{name}, n = {number:,}"


def _zero_line() -> dict[str, Any]:
    return {
        "silent": True,
        "symbol": "none",
        "animation": False,
        "label": {"show": False},
        "lineStyle": {"color": TOTAL, "width": 2, "type": "dotted"},
        "data": [{"xAxis": 0}],
    }


def slice_cells(one: SliceComparison) -> dict[str, Any]:
    """Return one row of the table; errors in the written unit."""
    return {
        "segment": segment_label(one.kind, one.name),
        "rows": one.rows,
        "champion": in_written_unit(one.against_rmse),
        "other": in_written_unit(one.rmse),
        "difference": in_written_unit(one.difference.value) if one.difference is not None else None,
    }


def _columns(left: str, right: str, segments: list[str]) -> dict[str, Any]:
    config = st.column_config
    return {
        "segment": config.TextColumn("Segment", width=column_width(segments, 120, 210)),
        "rows": config.NumberColumn("n", format="%,.0f", width=52),
        "champion": value_column(left, width=80),
        "other": value_column(right, width=84),
        "difference": difference_column("Difference", width=84),
    }
