"""The column that the operator opened: its figures and its three charts."""

import streamlit as st

from backend.contract.drift import ColumnName, DriftWindowResponse, OpenedColumn
from dashboard.drift.column_chart import (
    cumulative_option,
    histogram_option,
    is_beyond,
    timeline_option,
)
from dashboard.drift.reading import OPENED
from dashboard.drift.table import ranking, score_of, state_words
from dashboard.shared.drift_words import column_label, column_unit, probability

CHART_HEIGHT = 270
TIMELINE_HEIGHT = 300


def opened_name() -> ColumnName | None:
    """Return which column the operator opened, or None."""
    name: ColumnName | None = st.session_state.get(OPENED)
    return name


def draw_opened(found: DriftWindowResponse, opened: OpenedColumn) -> None:
    """Draw the opened column, with the choice of another."""
    names = ranking(found.drift_analysis)
    st.subheader("One input closely", anchor=False)
    if st.session_state.get(OPENED) not in names:
        st.session_state[OPENED] = opened.name
    with st.container(width=320):
        st.selectbox("Input", names, format_func=column_label, key=OPENED)
    histograms = found.histograms[opened.name]
    st.caption(
        f"{_score_words(found, opened.name)} Unit: {column_unit(opened.name)}. "
        f"Reference n = {histograms.reference_rows:,}, current n = {histograms.current_rows:,}."
    )
    left, right = st.columns(2, gap="medium")
    label = column_label(opened.name).lower()
    with left:
        st.echarts_chart(
            histogram_option(opened.name, histograms),
            height=CHART_HEIGHT,
            key="drift_histogram",
            alt=f"Histogram of {label}, reference and current",
        )
    with right:
        st.echarts_chart(
            cumulative_option(opened.name, opened.cumulative),
            height=CHART_HEIGHT,
            key="drift_cumulative",
            alt=f"Cumulative shares of {label}, reference and current",
        )
    _draw_timeline(opened)


def _draw_timeline(opened: OpenedColumn) -> None:
    st.echarts_chart(
        timeline_option(opened.timeline),
        height=TIMELINE_HEIGHT,
        key="drift_timeline",
        alt=f"Drift of {column_label(opened.name).lower()} along the window, with what chance reaches",
    )
    st.caption(timeline_words(opened))


def timeline_words(opened: OpenedColumn) -> str:
    """Say in how many parts of the window the column was beyond the band."""
    tested = [point for point in opened.timeline if point.ks_statistic is not None]
    beyond = sum(map(is_beyond, tested))
    parts = len(opened.timeline)
    return (
        f"The window from its first prediction on, in {parts} parts. Enough predictions to be "
        f"compared: {len(tested)}; in {beyond} of them the input moved beyond the band, which is as far "
        "as chance, or what is too small to matter, reaches with so many rows."
    )


def _score_words(found: DriftWindowResponse, name: str) -> str:
    score = score_of(found.drift_analysis, name)
    words = f"{state_words(score)}."
    if score.ks_statistic is None or score.jensen_shannon is None:
        return words
    return (
        f"{words} The cumulative shares differ by up to {score.ks_statistic:.1%} of the rows (red line; "
        f"corrected p {probability(score.adjusted_p_value)}), Jensen-Shannon distance "
        f"{score.jensen_shannon:.3f}."
    )
