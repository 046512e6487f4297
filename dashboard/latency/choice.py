"""Which requests the Latency page shows, and of which range."""

from collections.abc import Iterable
from dataclasses import dataclass

import streamlit as st

from backend.contract.stored.traffic import SlowestQuery, SummaryQuery
from dashboard.navigation import LATENCY
from dashboard.shared.sources import WITHOUT_PROBES
from dashboard.shared.traffic import ALL_REQUESTS, PREDICTIONS, SCOPE_HELP, endpoint_filter
from dashboard.timeline.comparison import is_compared
from dashboard.timeline.time_range import TimeRange, chosen_range
from dashboard.wording.zone import zone_name

ENDPOINT_PIXELS = 330


@dataclass(frozen=True)
class LatencyChoice:
    """A range, the zone of its steps, and an endpoint: a route template, predictions, or all requests."""

    range: TimeRange
    endpoint: str
    zone: str = "UTC"
    is_compared: bool = False

    @property
    def endpoint_filter(self) -> str | None:
        """The endpoints as the service takes them; None for all."""
        return endpoint_filter(self.endpoint)

    def summary_query(self) -> SummaryQuery:
        """Return what to ask for the figures."""
        return SummaryQuery(
            window=self.range.length,
            until=self.range.until,
            endpoint=self.endpoint_filter,
            sources=WITHOUT_PROBES,
            zone=self.zone,
            heat=True,
        )

    def slowest_query(self) -> SlowestQuery:
        """Return what to ask for the slowest requests."""
        return SlowestQuery(
            window=self.range.length,
            until=self.range.until,
            endpoint=self.endpoint_filter,
            sources=WITHOUT_PROBES,
        )


def choose_latency(endpoints: Iterable[str]) -> LatencyChoice:
    """Let the operator choose the requests; ``endpoints`` are the latest known."""
    endpoint = st.selectbox(
        "Requests",
        _options(endpoints),
        key="latency_endpoint",
        help=SCOPE_HELP,
        width=ENDPOINT_PIXELS,
    )
    return LatencyChoice(chosen_range(LATENCY.usual), str(endpoint), zone_name(), is_compared())


def _options(endpoints: Iterable[str]) -> list[str]:
    chosen = st.session_state.get("latency_endpoint", PREDICTIONS)
    named = [PREDICTIONS, ALL_REQUESTS]
    # The chosen one stays an option, or the choice would change by itself.
    return named + sorted({*endpoints, chosen} - set(named))
