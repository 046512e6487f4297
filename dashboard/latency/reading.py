"""What the Latency page has read, and when it reads again."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import streamlit as st

from backend.client import HousingClient
from backend.contract.stored.traffic import SlowRequest, SummaryResponse
from dashboard.latency.choice import LatencyChoice
from dashboard.shared.open_row import rows_key
from dashboard.shared.refresh import refresh_seconds
from dashboard.shared.service import asking_quietly

KEPT = "latency_reading"
SLOWEST = "latency_slowest"
"""Prefix of the table's keys."""
SLOWEST_PACE = 5
"""The slowest requests are read at every fifth refresh: a moving row cannot be clicked."""


@dataclass(frozen=True)
class LatencyReading:
    """One reading of the service for one choice, and its slowest requests, read some time before."""

    choice: LatencyChoice
    summary: SummaryResponse
    before: SummaryResponse | None
    slowest: list[SlowRequest]
    slowest_at: datetime


def last_reading() -> LatencyReading | None:
    """Return what this session read last, or None."""
    reading: LatencyReading | None = st.session_state.get(KEPT)
    return reading


def read_latency(client: HousingClient, choice: LatencyChoice, *, live: bool) -> LatencyReading:
    """Read the service, or return the last reading while the page is paused.

    A range whose period before is older than what is kept has none to compare with, and that is said.

    The slowest requests do not change while one of them is open, so that it does not close.

    Raises
    ------
    ClientError
        If one of the calls fails.
    """
    last = last_reading()
    same = last is not None and last.choice == choice
    if last is not None and same and not live:
        return last
    summary = client.traffic_summary(choice.summary_query())
    before: SummaryResponse | None = None
    if choice.is_compared:
        earlier = replace(choice, range=choice.range.before(summary.timestamp))
        with asking_quietly("Comparison with the period before"):
            before = client.traffic_summary(earlier.summary_query())
    if last is None or not same or _is_old(last, summary.timestamp):
        slowest = client.slowest_requests(choice.slowest_query()).requests
        reading = LatencyReading(choice, summary, before, slowest, summary.timestamp)
    else:
        reading = replace(last, summary=summary, before=before)
    st.session_state[KEPT] = reading
    return reading


def _is_old(last: LatencyReading, now: datetime) -> bool:
    pause = timedelta(seconds=SLOWEST_PACE * (refresh_seconds() or 0))
    return not is_open(last.slowest) and now - last.slowest_at >= pause


def is_open(slowest: list[SlowRequest]) -> bool:
    """Return whether the operator has opened one of these rows."""
    if not slowest:
        return False
    table = st.session_state.get(rows_key(SLOWEST, slowest))
    return bool(table and table["selection"]["rows"])
