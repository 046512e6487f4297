"""Where the challenger is better or worse: the difference in each segment, with its interval."""

from typing import Any

import streamlit as st

from backend.contract.model_version import ComparisonResponse, SliceComparison
from backend.contract.performance import Estimate
from backend.contract.predictions import TARGET_UNIT_DOLLARS
from dashboard.registry.words import signed_dollars, slice_label
from dashboard.shared.colours import DOWN, TOTAL, UP
from dashboard.shared.interval_mark import MarkStyle, interval_marks
from dashboard.shared.price import in_dollars

ALL_ROWS = "All districts"
ROW_HEIGHT, FRAME_HEIGHT = 25, 84
DIRECTIONS = "← challenger better  ·  champion better →"


def draw_slices(found: ComparisonResponse) -> None:
    """Draw the forest of differences beside the figures it is drawn from."""
    st.subheader("By segment", anchor=False)
    st.caption(slices_words(found))
    forest_side, table_side = st.columns([1, 1], gap="large")
    option = forest_option(found)
    with forest_side:
        st.echarts_chart(
            option,
            height=FRAME_HEIGHT + ROW_HEIGHT * len(option["yAxis"]["data"]),
            key="registry_forest",
            alt="RMSE difference by segment with confidence intervals; left of zero: challenger better",
        )
    with table_side:
        st.dataframe(
            [slice_cells(one) for one in found.slices],
            key="registry_slices",
            height="content",
            hide_index=True,
            column_config=_columns(),
            placeholder="–",
            alt="Errors of champion and challenger by segment",
        )


def slices_words(found: ComparisonResponse) -> str:
    """Say how to read the chart, and what its intervals promise."""
    confidence = found.slice_confidence or 0.0
    return (
        "Challenger's RMSE minus the champion's: left of zero the challenger is better. Colour marks a "
        f"significant difference. Each interval has {confidence:.1%} confidence, so that all of them "
        "together have 95%. Segments with too few rows have no interval."
    )


def forest_option(found: ComparisonResponse) -> dict[str, Any]:
    """Return the chart: the total first, then the segments, from the top down; $1,000 to the right."""
    rows = [(ALL_ROWS, found.rows, found.difference)] + [
        (slice_label(one.kind, one.name), one.rows, one.difference)
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
            "text": DIRECTIONS,
            "right": 16,
            "top": 4,
            "textStyle": {"fontSize": 12, "fontWeight": 400},
        },
        "xAxis": {
            "type": "value",
            "name": "RMSE difference, $1,000",
            "nameLocation": "middle",
            "nameGap": 28,
            "splitNumber": 5,
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


def mark_style(difference: Estimate) -> MarkStyle:
    """Return how a difference looks: significantly better and worse differ in colour and shape."""
    if difference.upper < 0:
        return MarkStyle(UP)
    if difference.lower > 0:
        return MarkStyle(DOWN, hollow=True)
    return MarkStyle(TOTAL)


def _marks(name: str, number: int, difference: Estimate) -> list[dict[str, Any]]:
    ends = (difference.lower, difference.value, difference.upper)
    lower, value, upper = (round(each * TARGET_UNIT_DOLLARS / 1_000, 3) for each in ends)
    low, middle, high = map(signed_dollars, ends)
    tip = f"{name}: {middle} ({low} to {high}), n = {number:,}"
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
    """Return one row of the table; errors in dollars."""
    return {
        "segment": slice_label(one.kind, one.name),
        "rows": one.rows,
        "champion": in_dollars(one.against_rmse),
        "challenger": in_dollars(one.rmse),
        "difference": in_dollars(one.difference.value) if one.difference is not None else None,
    }


def _columns() -> dict[str, Any]:
    config = st.column_config
    return {
        "segment": config.TextColumn("Segment", width=168),
        "rows": config.NumberColumn("n", format="%,.0f", width=52),
        "champion": config.NumberColumn("Champion", format="$%,.0f", width=80),
        "challenger": config.NumberColumn("Challenger", format="$%,.0f", width=84),
        "difference": config.NumberColumn("Difference", format="%+,.0f", width=84),
    }
