"""What the Latency page shows: which range and requests, which part of the range, live or paused."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import streamlit as st

from backend.contract.traffic import SlowestQuery, SummaryQuery
from dashboard.shared.sources import WITHOUT_PROBES
from dashboard.shared.traffic import ALL_REQUESTS, PREDICTIONS, SCOPE_HELP, endpoint_filter
from dashboard.wording.moment import ZONE


@dataclass(frozen=True)
class RangeScale:
    """One range: its length, and the unit in which a part of it is chosen."""

    window: timedelta
    unit: timedelta
    unit_word: str
    steps_a_unit: int = 1

    @property
    def units(self) -> float:
        """The range in its unit."""
        return self.window / self.unit


ENDPOINT_PIXELS = 330
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
RANGES = {
    "15 minutes": RangeScale(timedelta(minutes=15), MINUTE, "min", 2),
    "1 hour": RangeScale(HOUR, MINUTE, "min"),
    "6 hours": RangeScale(timedelta(hours=6), HOUR, "h", 4),
    "24 hours": RangeScale(DAY, HOUR, "h", 2),
    "7 days": RangeScale(timedelta(days=7), DAY, "d", 4),
}


@dataclass(frozen=True)
class LatencyChoice:
    """A range in words, and an endpoint: a route template, predictions, or all requests."""

    range_name: str
    endpoint: str

    @property
    def scale(self) -> RangeScale:
        """The range."""
        return RANGES[self.range_name]

    @property
    def endpoint_filter(self) -> str | None:
        """The endpoints as the service takes them; None for all."""
        return endpoint_filter(self.endpoint)

    def summary_query(self) -> SummaryQuery:
        """Return what to ask for the figures."""
        return SummaryQuery(
            window=self.scale.window,
            endpoint=self.endpoint_filter,
            sources=WITHOUT_PROBES,
            zone=ZONE,
        )

    def slowest_query(self) -> SlowestQuery:
        """Return what to ask for the slowest requests."""
        return SlowestQuery(
            window=self.scale.window, endpoint=self.endpoint_filter, sources=WITHOUT_PROBES
        )


def choose_live() -> bool:
    """Let the operator pause the page; return whether it is live."""
    return st.toggle(
        "Live",
        value=True,
        key="latency_live",
        help="Off: the page is paused until you choose another range or endpoint.",
    )


def choose_latency(endpoints: Iterable[str]) -> LatencyChoice:
    """Let the operator choose a range and the requests; ``endpoints`` are the latest known."""
    # Side by side as far as there is room: in columns, a narrow screen would cut them.
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        range_name = st.segmented_control(
            "Range", list(RANGES), required=True, default="15 minutes", key="latency_range"
        )
        endpoint = st.selectbox(
            "Requests",
            _options(endpoints),
            key="latency_endpoint",
            help=SCOPE_HELP,
            width=ENDPOINT_PIXELS,
        )
    return LatencyChoice(str(range_name), str(endpoint))


def _options(endpoints: Iterable[str]) -> list[str]:
    chosen = st.session_state.get("latency_endpoint", PREDICTIONS)
    named = [PREDICTIONS, ALL_REQUESTS]
    # The chosen one stays an option, or the choice would change by itself.
    return named + sorted({*endpoints, chosen} - set(named))


def choose_part(choice: LatencyChoice, now: datetime) -> tuple[datetime, datetime]:
    """Let the operator zoom into a part of the range; return its begin and end.

    It is kept here and not in the chart, which resets whenever its figures change.
    """
    scale = choice.scale
    whole = (-scale.units, 0.0)
    first, last = st.slider(
        "Zoom",
        *whole,
        value=whole,
        step=1 / scale.steps_a_unit,
        format=f"%g {scale.unit_word}",
        key=f"latency_part_{choice.range_name.replace(' ', '_')}",
        help="The part of the range on the chart, counted back from now.",
    )
    return now + first * scale.unit, now + last * scale.unit
