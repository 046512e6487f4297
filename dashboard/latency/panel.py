"""The Latency page as one live block."""

from datetime import datetime, timedelta

import streamlit as st

from backend.contract.stored.traffic import Figures, SummaryResponse
from dashboard.charts.time_steps import running_words
from dashboard.latency.chart import Part, draw_latency_chart, part_of
from dashboard.latency.choice import LatencyChoice, choose_latency
from dashboard.latency.heat import draw_heat
from dashboard.latency.reading import LatencyReading, last_reading, read_latency
from dashboard.latency.slowest import draw_slowest
from dashboard.navigation import PREDICT
from dashboard.shared.refresh import refresh_seconds
from dashboard.shared.service import asking_service, housing_client
from dashboard.shared.sources import hidden_words
from dashboard.shared.traffic import LATENCY_HELP, milliseconds
from dashboard.timeline.comparison import change_words
from dashboard.wording.moment import clock, moment, period, step_words
from dashboard.wording.version_words import short_version

MOST_CHANGES = 5


def draw_latency() -> None:
    """Let the operator choose, then read and draw: a failed call leaves one sentence in its place."""
    last = last_reading()
    choice = choose_latency(last.summary.requests_by_endpoint if last else ())
    with asking_service():
        live = refresh_seconds() is not None and choice.range.until is None
        reading = read_latency(housing_client(), choice, live=live)
        if not reading.summary.totals.requests:
            _draw_nothing(choice, hidden_words(reading.summary.requests_by_source))
            return
        _draw_figures(reading.summary, reading.before)
        st.caption(_sample(reading, live=live))
        part = part_of(reading.summary, reading.before)
        st.space("small")
        draw_latency_chart(part)
        _draw_changes(part)
        draw_heat(reading.summary)
        draw_slowest(reading)


def _draw_figures(summary: SummaryResponse, before: SummaryResponse | None) -> None:
    totals, then = summary.totals, before.totals if before is not None else None
    with st.grid(6, min_column_width=125, gap="small"):
        _metric("Requests", f"{totals.requests:,}", _of(then, "requests", totals))
        _metric("Mean rate", _rate(summary), None)
        _metric(
            "Errors",
            f"{totals.errors:,} :small[:gray[{totals.errors / totals.requests:.1%}]]",
            _of(then, "errors", totals),
            _error_words(totals),
        )
        for name in ("p50", "p95", "p99"):
            value = milliseconds(getattr(totals, name))
            _metric(f"Latency, {name}", value, _of(then, name, totals), LATENCY_HELP)


def _metric(label: str, value: str, change: str | None, words: str | None = None) -> None:
    st.metric(
        label,
        value,
        change,
        delta_color="off",
        delta_arrow="off",
        delta_description=None if change is None else "against before",
        border=True,
        help=words,
    )


def _of(then: Figures | None, name: str, now: Figures) -> str | None:
    """Return the change of one figure."""
    return None if then is None else change_words(getattr(now, name), getattr(then, name))


def _end(summary: SummaryResponse) -> datetime:
    return min(summary.timestamp, summary.until)


def _rate(summary: SummaryResponse) -> str:
    seconds = (_end(summary) - summary.since).total_seconds()
    return f"{summary.totals.requests / seconds:,.3g} /s"


def _error_words(totals: Figures) -> str:
    by_status = ", ".join(
        f"{number:,} × {status}" for status, number in totals.errors_by_status.items()
    )
    return f"Responses with a status of 400 or above: {by_status or 'none'}."


def _sample(reading: LatencyReading, *, live: bool) -> str:
    summary = reading.summary
    step = step_words(timedelta(seconds=summary.step_seconds), one="1 ")
    state = "Updated" if live else "Read at"
    running = running_words(unfinished=summary.series[-1].unfinished)
    return (
        f"{summary.totals.requests:,} requests, {period(summary.since, _end(summary))}, "
        f"{step} per point. {state} {clock(summary.timestamp)}.{running}"
        + hidden_words(summary.requests_by_source)
    )


def _draw_changes(part: Part) -> None:
    for change in part.changes[-MOST_CHANGES:]:
        st.caption(
            f"{moment(change.time)}: model version `{change.model_version}` "
            f"(marked {short_version(change.model_version)}) replaced "
            f"`{change.previous_version}`."
        )


def _draw_nothing(choice: LatencyChoice, hidden: str) -> None:
    with st.container(border=True, key="latency_empty", horizontal_alignment="center"):
        st.space("small")
        st.markdown(
            f"**No requests in {choice.range.words()}**",
            text_alignment="center",
        )
        st.caption(
            f"Showing: {choice.endpoint}. Choose a longer range or other requests, or make a prediction."
            f"{hidden}",
            text_alignment="center",
        )
        PREDICT.link("Make a prediction")
        st.space("small")
