"""The Latency page as one live block."""

from datetime import timedelta

import streamlit as st

from backend.contract.traffic import Figures, SummaryResponse
from dashboard.latency.chart import Part, draw_latency_chart, part_of, short_version
from dashboard.latency.choice import LatencyChoice, choose_latency, choose_part
from dashboard.latency.reading import (
    SLOWEST,
    LatencyReading,
    is_open,
    last_reading,
    read_latency,
)
from dashboard.shared.moment import clock, moment, period, step_words
from dashboard.shared.open_row import draw_rows
from dashboard.shared.request import draw_request, request_cells, request_columns
from dashboard.shared.service import asking_service, housing_client

LATENCY_HELP = (
    "Time inside the service, to 2.5 %; the network is not in it. "
    "p95: 95 of 100 requests were answered in this time or less."
)
MOST_CHANGES = 5


def draw_latency() -> None:
    """Let the operator choose, read, and draw: a failed reading leaves one sentence in its place."""
    last = last_reading()
    choice = choose_latency(last.summary.requests_by_endpoint if last else ())
    with asking_service():
        live = bool(st.session_state.get("latency_live", True))
        reading = read_latency(housing_client(), choice, live=live)
        if not reading.summary.totals.requests:
            _draw_nothing(choice)
            return
        _draw_figures(reading.summary)
        st.caption(_sample(reading, live=live))
        part = part_of(reading.summary, *choose_part(choice, reading.summary.timestamp))
        st.space("small")
        draw_latency_chart(part)
        _draw_changes(part)
        _draw_slowest(reading)


def _draw_figures(summary: SummaryResponse) -> None:
    totals = summary.totals
    with st.grid(6, min_column_width=125, gap="small"):
        st.metric("Requests", f"{totals.requests:,}", border=True)
        st.metric("Rate, mean", _rate(summary), border=True)
        st.metric(
            "Errors",
            f"{totals.errors:,} :small[:gray[{totals.errors / totals.requests:.1%}]]",
            border=True,
            help=_error_words(totals),
        )
        for name, value in (("p50", totals.p50), ("p95", totals.p95), ("p99", totals.p99)):
            st.metric(f"Latency, {name}", milliseconds(value), border=True, help=LATENCY_HELP)


def _rate(summary: SummaryResponse) -> str:
    seconds = (min(summary.timestamp, summary.until) - summary.since).total_seconds()
    return f"{summary.totals.requests / seconds:,.3g} /s"


def _error_words(totals: Figures) -> str:
    by_status = ", ".join(
        f"{number:,} with {status}" for status, number in totals.errors_by_status.items()
    )
    return f"Answers with a status of 400 or more: {by_status or 'none'}."


def milliseconds(value: float | None) -> str:
    """Write a latency.

    Examples
    --------
    >>> milliseconds(0.4567), milliseconds(2_345.6), milliseconds(None)
    ('0.457 ms', '2,346 ms', '–')
    """
    if value is None:
        return "–"
    return f"{value:.3g} ms" if value < 1_000 else f"{value:,.0f} ms"


def _sample(reading: LatencyReading, *, live: bool) -> str:
    summary = reading.summary
    state = "Looked at" if live else "Held since"
    return (
        f"{summary.totals.requests:,} requests, {period(summary.since, summary.timestamp)}, "
        f"{step_words_of(summary)} a point. {state} {clock(summary.timestamp)}."
    )


def step_words_of(summary: SummaryResponse) -> str:
    """Write the width of a summary's steps with its number: "1 hour", "30 seconds"."""
    words = step_words(timedelta(seconds=summary.step_seconds))
    return words if words[0].isdigit() else f"1 {words}"


def _draw_changes(part: Part) -> None:
    for change in part.changes[-MOST_CHANGES:]:
        st.caption(
            f"{moment(change.time)}: model version `{change.model_version}` "
            f"(mark {short_version(change.model_version)}) began to answer, "
            f"after `{change.previous_version}`."
        )


def _draw_slowest(reading: LatencyReading) -> None:
    st.subheader("Slowest requests of the range", anchor=False)
    opened = draw_rows(
        SLOWEST,
        reading.slowest,
        request_cells,
        request_columns(),
        "No request is recorded for this range.",
        "slowest first",
    )
    if opened is not None:
        draw_request(SLOWEST, opened)
    state = ", and stays as it is while a row is open" if is_open(reading.slowest) else ""
    st.caption(f"The list is from {clock(reading.slowest_at)}{state}.")


def _draw_nothing(choice: LatencyChoice) -> None:
    with st.container(border=True, key="latency_empty", horizontal_alignment="center"):
        st.space("small")
        st.markdown(
            f"**No request in the last {choice.range_name}**",
            text_alignment="center",
        )
        st.caption(
            f"Counted here: {choice.endpoint[0].lower()}{choice.endpoint[1:]}. "
            "Choose a longer range or other requests, or ask for a price.",
            text_alignment="center",
        )
        if st.button("Ask for a price", icon=":material/home_work:", key="latency_start"):
            st.switch_page("predict/page.py")
        st.space("small")
