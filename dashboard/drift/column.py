"""The opened column: its figures and its three charts."""

import streamlit as st

from backend.contract.drift.analysis import (
    ColumnName,
    DriftWindowResponse,
    HistogramPair,
    OpenedColumn,
)
from dashboard.charts.time_steps import running_words
from dashboard.drift.column_chart import (
    category_option,
    cumulative_option,
    histogram_option,
    timeline_option,
)
from dashboard.drift.onset import agreement_words, onset_words
from dashboard.drift.reading import OPENED
from dashboard.drift.table import ranking, score_of, state_words
from dashboard.timeline.time_chart import draw_time_chart
from dashboard.wording.drift_words import column_label, column_unit, column_words, probability
from dashboard.wording.moment import step_words
from dashboard.wording.value import escaped
from dashboard.wording.words import in_sentence

CHART_HEIGHT = 270
TIMELINE_HEIGHT = 300


def opened_name() -> ColumnName | None:
    """Return the column that the operator opened, or None."""
    name: ColumnName | None = st.session_state.get(OPENED)
    return name


def draw_opened(found: DriftWindowResponse, opened: OpenedColumn) -> None:
    """Draw the opened column, and the choice of another."""
    names = ranking(found.drift_analysis)
    st.header("Input in detail", anchor=False)
    if st.session_state.get(OPENED) not in names:
        st.session_state[OPENED] = opened.name
    with st.container(width=320):
        st.selectbox("Input", names, format_func=column_label, key=OPENED)
    histograms = found.histograms[opened.name]
    st.caption(
        f"{_score_words(found, opened.name)} {_unit_words(opened.name)}"
        f"Reference n = {histograms.reference_rows:,}, current n = {histograms.current_rows:,}."
    )
    words = column_words(opened.name)
    if words is None:
        _draw_distributions(opened, histograms)
    else:
        st.echarts_chart(
            category_option(words, histograms),
            height=CHART_HEIGHT,
            key="drift_histogram",
            alt=f"Shares of {in_sentence(column_label(opened.name))}, reference and current",
        )
    _draw_timeline(found, opened)


def _draw_distributions(opened: OpenedColumn, histograms: HistogramPair) -> None:
    left, right = st.columns(2, gap="medium")
    label = in_sentence(column_label(opened.name))
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


def _draw_timeline(found: DriftWindowResponse, opened: OpenedColumn) -> None:
    score, thresholds = score_of(found.drift_analysis, opened.name), found.drift_analysis.thresholds
    explained = agreement_words(score, opened.onset, thresholds)
    st.markdown(f"**{onset_words(opened.onset)}** {explained}")
    statistic = "KS statistic" if column_words(opened.name) is None else "Total variation"
    draw_time_chart(
        timeline_option(opened.timeline, statistic),
        "drift_timeline",
        (opened.timeline[0].since, opened.timeline[-1].until),
        height=TIMELINE_HEIGHT,
        alt=f"Drift of {in_sentence(column_label(opened.name))} over time, with the expected range",
    )
    st.caption(timeline_words(opened))


def timeline_words(opened: OpenedColumn) -> str:
    """Say what the steps are, and how many of them can be compared."""
    first, last, onset = opened.timeline[0], opened.timeline[-1], opened.onset
    running = running_words(unfinished=last.unfinished)
    return (
        f"One point per {step_words(first.until - first.since)}, {onset.steps_compared} of {onset.steps} "
        "with enough predictions to compare. The expected range is wider where there are fewer."
        f"{running}"
    )


def _unit_words(name: str) -> str:
    unit = column_unit(name)
    return f"Unit: {escaped(unit)}. " if unit else ""


def _score_words(found: DriftWindowResponse, name: str) -> str:
    score = score_of(found.drift_analysis, name)
    words = f"{state_words(score)}."
    if score.ks_statistic is None or score.jensen_shannon is None:
        return words
    differ = (
        f"The cumulative shares differ by up to {score.ks_statistic:.1%} (red line; "
        if column_words(name) is None
        else f"The shares of some categories differ by {score.ks_statistic:.1%} ("
    )
    return (
        f"{words} {differ}corrected p {probability(score.adjusted_p_value)}), Jensen-Shannon distance "
        f"{score.jensen_shannon:.3f}."
    )
