"""Requests, errors and latency of the shown range."""

import streamlit as st

from backend.contract.stored.traffic import SummaryResponse
from dashboard.charts.time_steps import running_words
from dashboard.navigation import PREDICT
from dashboard.overview.traffic_chart import draw_traffic_chart
from dashboard.shared.sources import hidden_words
from dashboard.shared.traffic import ALL_REQUESTS, PREDICTIONS, SCOPE_HELP
from dashboard.timeline.time_range import TimeRange
from dashboard.wording.moment import period

SCOPE_KEY = "overview_scope"


def chosen_scope() -> str:
    """Return which requests count, before or after the choice is drawn."""
    scope: str = st.session_state.setdefault(SCOPE_KEY, PREDICTIONS)
    return scope


def choose_scope() -> None:
    """Let the operator choose which requests count."""
    st.segmented_control(
        "Requests counted",
        (PREDICTIONS, ALL_REQUESTS),
        required=True,
        key=SCOPE_KEY,
        persist_state="session",
        label_visibility="collapsed",
        help=SCOPE_HELP,
    )


def draw_traffic(summary: SummaryResponse, scope: str, shown: TimeRange) -> None:
    """Draw the chart, or an invitation if there is nothing yet."""
    if not summary.totals.requests:
        _draw_nothing_yet(scope, shown, hidden_words(summary.requests_by_source))
        return
    running = running_words(unfinished=summary.series[-1].unfinished)
    st.caption(
        f"{scope} of {shown.words()}, {period(summary.since, min(summary.timestamp, summary.until))}. "
        f"Percentiles are from the latency histogram, accurate to 2.5%.{running}"
        + hidden_words(summary.requests_by_source)
    )
    draw_traffic_chart(summary)


def _draw_nothing_yet(scope: str, shown: TimeRange, hidden: str) -> None:
    with st.container(border=True, key="overview_empty", horizontal_alignment="center"):
        st.space("small")
        what = "predictions" if scope == PREDICTIONS else "requests"
        st.markdown(f"**No {what} in {shown.words()}**", text_alignment="center")
        st.caption(
            f"Requests, errors and latency will appear here.{hidden}", text_alignment="center"
        )
        PREDICT.link("Make a prediction")
        st.space("small")
