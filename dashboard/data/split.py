"""The split: which rows the model learned from, which chose it, and which measured it."""

from typing import Any

import streamlit as st

from backend.contract.data import PartProfile, SplitProfile
from backend.contract.definition import OF_ANOTHER_ROW
from dashboard.charts.colours import TOTAL, UP
from dashboard.charts.interval_mark import MarkStyle, interval_marks
from dashboard.wording.value import CHART_UNIT, in_chart_unit, percent, ranged, written
from dashboard.wording.words import VALUE

HEIGHT = 260
PARTS = {
    "train": "Training",
    "validation": "Validation",
    "test": "Test",
}
KINDS = {
    "random": "Drawn at random",
    "time": "In the order of time, the newest rows for the test",
}


def draw_split(split: SplitProfile) -> None:
    """Draw each part with its size and the target's values in it, and say how it came about."""
    st.header("Split", anchor=False)
    st.echarts_chart(
        split_option(split.parts),
        height=HEIGHT,
        key="data_split",
        alt=f"Rows of each part, with the median {VALUE} and the range of nine in ten",
    )
    st.caption(split_words(split))


def split_words(split: SplitProfile) -> str:
    """Say how the rows were split, as Markdown."""
    words = (
        f"{KINDS[split.kind]}: candidates learn from the training part, validation chooses among them and "
        f"sets the intervals, {_learned_again(split)}the test part is used once. Lines hold nine in ten "
        "values, dots are medians."
    )
    if split.repeated:
        verb = "repeats" if split.repeated == 1 else "repeat"
        rows = "1 row" if split.repeated == 1 else f"{split.repeated:,} rows"
        words += f" {rows} {verb} {OF_ANOTHER_ROW}"
        words += "; such rows are in one part." if split.kind == "random" else "."
    if split.labelled:
        words += f" Of the training rows, {split.labelled:,} are labelled predictions."
    return words


def _learned_again(split: SplitProfile) -> str:
    return "the chosen one then learns from both, " if split.learned_again else ""


def split_option(parts: list[PartProfile]) -> dict[str, Any]:
    """Return the chart: a line for each part, from the 5th to the 95th percentile of the target."""
    total = sum(part.rows for part in parts)
    series: list[dict[str, Any]] = []
    for part in parts:
        series += _marks(part, total)
    return {
        "animationDuration": 300,
        "tooltip": {"trigger": "item"},
        "grid": {"left": 4, "right": 24, "top": 12, "bottom": 8},
        "xAxis": {
            "type": "value",
            "scale": True,
            "name": CHART_UNIT,
            "nameLocation": "middle",
            "nameGap": 26,
            "splitNumber": 4,
        },
        "yAxis": {
            "type": "category",
            "inverse": True,
            "data": [part_label(part, total) for part in parts],
            "axisTick": {"show": False},
            "axisLabel": {"interval": 0, "lineHeight": 17},
        },
        "series": series,
    }


def part_label(part: PartProfile, total: int) -> str:
    """Return the name of a part, its rows and their share."""
    return f"{PARTS.get(part.name, part.name)}\n{part.rows:,} rows, {percent(part.rows / total)}"


def _marks(part: PartProfile, total: int) -> list[dict[str, Any]]:
    ends = (part.low, part.median, part.high)
    low, median, high = map(in_chart_unit, ends)
    words = [written(end) for end in ends]
    tip = f"{PARTS.get(part.name, part.name)}: {words[1]} ({ranged(words[0], words[2])})"
    style = MarkStyle(UP if part.name == "train" else TOTAL)
    return interval_marks(part.name, part_label(part, total), (low, median, high), style, 0, tip)
