"""Requests, errors and latency: the figures and the chart."""

from typing import get_args

import streamlit as st

from backend.contract.records import LARGEST_LIMIT, RequestRow
from dashboard.overview.reading import TrafficScope
from dashboard.overview.traffic import (
    TrafficSummary,
    over_time,
    step_for,
    summarize,
)
from dashboard.overview.traffic_chart import draw_traffic_chart
from dashboard.shared.moment import period

SCOPES: tuple[TrafficScope, ...] = get_args(TrafficScope)
SCOPE_KEY = "overview_scope"


def chosen_scope() -> TrafficScope:
    """Return which requests count, before or after the choice is drawn."""
    scope: TrafficScope = st.session_state.setdefault(SCOPE_KEY, SCOPES[0])
    return scope


def choose_scope() -> None:
    """Let the operator choose which requests count."""
    st.segmented_control(
        "Requests counted",
        SCOPES,
        required=True,
        key=SCOPE_KEY,
        persist_state="session",
        label_visibility="collapsed",
        help="*Predictions* are calls of /predict and /predict_batch. *Every request* also counts "
        "what looks at the service: this console, the monitor, probes.",
    )


def draw_traffic(rows: list[RequestRow], scope: TrafficScope) -> None:
    """Draw the figures and the chart, or an invitation where there is nothing yet."""
    summary = summarize(rows)
    if summary is None:
        _draw_nothing_yet()
        return
    _draw_figures(summary)
    st.caption(_sample(summary, scope))
    step = step_for(summary.until - summary.since)
    draw_traffic_chart(over_time(rows, step), step)


def _draw_figures(summary: TrafficSummary) -> None:
    with st.grid(4, min_column_width=125, gap="small"):
        st.metric("Requests", f"{summary.requests:,}", border=True)
        st.metric(
            "Errors",
            f"{summary.errors:,} :small[:gray[{summary.error_share:.1%}]]",
            border=True,
            help="Answers with a status of 400 or more.",
        )
        st.metric("Latency, median", _milliseconds(summary.p50), border=True, help=LATENCY_HELP)
        st.metric("Latency, p95", _milliseconds(summary.p95), border=True, help=LATENCY_HELP)


LATENCY_HELP = "Time inside the service, over the requests counted; the network is not in it."


def _sample(summary: TrafficSummary, scope: TrafficScope) -> str:
    kind = "requests for predictions" if scope == "Predictions" else "requests of every kind"
    last = "The last" if summary.requests == LARGEST_LIMIT else "All"
    return f"{last} {summary.requests:,} {kind}, {period(summary.since, summary.until)}."


def _milliseconds(value: float) -> str:
    return f"{value:.3g} ms" if value < 1_000 else f"{value:,.0f} ms"


def _draw_nothing_yet() -> None:
    with st.container(border=True, key="overview_empty", horizontal_alignment="center"):
        st.space("small")
        st.markdown("**Nothing was asked yet**", text_alignment="center")
        st.caption(
            "Requests, errors and latency appear here with the first prediction.",
            text_alignment="center",
        )
        if st.button("Ask for a first price", icon=":material/home_work:", key="overview_start"):
            st.switch_page("predict/page.py")
        st.space("small")
