"""What is predicted: the distribution of its recorded values."""

import streamlit as st

from backend.contract.data import ColumnProfile, TableColumn
from backend.contract.definition import DISPLAY
from dashboard.data.column_chart import histogram_option
from dashboard.wording.value import CHART_UNIT, NOTE, escaped, ranged, recorded
from dashboard.wording.words import LABEL, VALUE

HEIGHT = 260


def draw_target(column: TableColumn) -> None:
    """Draw the histogram of the target, and its figures in words."""
    st.header(LABEL, anchor=False)
    if column.found is None or column.found.histogram is None:
        return
    chart = histogram_option(
        column.found.histogram, column.typical, CHART_UNIT, float(DISPLAY.chart.factor)
    )
    st.echarts_chart(chart, height=HEIGHT, key="data_target", alt=f"Histogram of the {VALUE}")
    st.caption(target_words(column.found))
    if NOTE:
        st.caption(NOTE)


def target_words(found: ColumnProfile) -> str:
    """Say what the recorded values are, as Markdown."""
    if None in (found.lowest, found.low, found.median, found.high, found.highest):
        return ""
    lowest, low, median, high, highest = (
        escaped(recorded(float(value or 0)))
        for value in (found.lowest, found.low, found.median, found.high, found.highest)
    )
    return (
        f"Median {median}; nine in ten: {ranged(low, high)}; lowest {lowest}, highest {highest}. "
        f"{found.distinct:,} different values."
    )
