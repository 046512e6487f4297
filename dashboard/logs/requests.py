"""Requests: filter, count, page, sort, open one."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import streamlit as st

from backend.contract.query.sources import Source
from backend.contract.records import RequestsQuery, RequestsResponse
from backend.contract.stored.counts import RequestCountsQuery
from backend.contract.stored.export import RequestExportQuery
from dashboard.logs.counts import FacetChoice
from dashboard.logs.link import draw_link
from dashboard.logs.live import choose_live, draw_live
from dashboard.logs.record_list import RecordList, draw_list
from dashboard.logs.story import draw_story, unless_absent
from dashboard.logs.traffic import traffic_facet
from dashboard.navigation import LOGS
from dashboard.shared.open_row import draw_rows
from dashboard.shared.request import draw_request, request_cells, request_columns
from dashboard.shared.service import housing_client
from dashboard.shared.sources import LISTED, choose_sources
from dashboard.timeline.time_range import TimeRange, chosen_range
from dashboard.wording.zone import zone_name

ROWS_A_PAGE = 100
NEWEST, SLOWEST = "Newest first", "Slowest first"


@dataclass(frozen=True)
class RequestFilters:
    """The chosen filters, and what comes first."""

    endpoint: str | None
    status: int | None
    model_version: str | None
    min_latency_ms: float | None
    sources: tuple[Source, ...]
    shown: TimeRange
    order: str = NEWEST

    def chosen(self, now: datetime) -> dict[str, Any]:
        """Return the parameters of every query about these requests."""
        since, _ = self.shown.bounds(now)
        return {
            "endpoint": self.endpoint,
            "status": self.status,
            "model_version": self.model_version,
            "min_latency_ms": self.min_latency_ms,
            "sources": self.sources,
            "since": since,
            "until": self.shown.until,
        }

    def query(self, page_token: str | None, now: datetime) -> RequestsQuery:
        """Return the request for one page."""
        page = {"limit": ROWS_A_PAGE, "page_token": page_token}
        order = {"order": "slowest"} if self.order == SLOWEST else {}
        return RequestsQuery.model_validate(self.chosen(now) | page | order)

    def facets(self) -> dict[str, FacetChoice]:
        """Return the facets, by their names in the counts."""
        status = None if self.status is None else str(self.status)
        return {
            "status": FacetChoice("Status", "request_status", status, int, None),
            "endpoint": FacetChoice("Endpoint", "request_endpoint", self.endpoint),
            "sources": traffic_facet("request", self.sources),
            "model_version": FacetChoice("Version", "request_version", self.model_version),
        }


def draw_request_list() -> None:
    """Draw the filters, the counts, a page of matching requests, and the opened request."""
    filters = _choose_filters()
    live = choose_live("request")
    draw_live(partial(_draw_list, filters, live=live), live=live)


def _draw_list(filters: RequestFilters, *, live: bool) -> None:
    now, client = datetime.now(UTC), housing_client()
    chosen = filters.chosen(now)
    requests = RecordList[RequestsResponse](
        "request",
        "requests",
        filters,
        filters.facets(),
        rows=lambda answer: answer.metrics,
        ask=lambda token: client.api_metrics(filters.query(token, now)),
        count=lambda: client.request_counts(
            RequestCountsQuery.model_validate(chosen | {"zone": zone_name()})
        ),
        export=lambda form, limit: client.export_requests(
            RequestExportQuery.model_validate(chosen | {"format": form, "limit": limit})
        ),
        draw=lambda answer: _draw_rows(answer, filters.order),
    )
    draw_list(requests, live=live)


def _draw_rows(answer: RequestsResponse, order: str) -> None:
    nothing = "No requests match these filters."
    rows = answer.metrics
    opened = draw_rows("request", rows, request_cells, request_columns(), nothing, order.lower())
    if opened is not None:
        draw_request("request", opened, whole=True)
        draw_link("request", opened.request_id)
        story = unless_absent(lambda: housing_client().request(opened.request_id))
        if story is not None:
            draw_story("request_story", story)


def _choose_filters() -> RequestFilters:
    with st.grid(4, min_column_width=170, gap="small"):
        endpoint = st.text_input(
            "Endpoint",
            key="request_endpoint",
            max_chars=200,
            placeholder="/predict",
            help="A route as listed by `GET /`, such as /predictions/<prediction_id>.",
            bind="query-params",
        )
        status = st.number_input(
            "Status",
            min_value=100,
            max_value=599,
            value=None,
            key="request_status",
            placeholder="any",
            bind="query-params",
        )
        latency = st.number_input(
            "Latency at least, ms",
            min_value=0.0,
            max_value=1e9,
            value=None,
            step=10.0,
            key="request_latency",
            placeholder="any",
            bind="query-params",
        )
        version = st.text_input(
            "Model version",
            key="request_version",
            max_chars=100,
            placeholder="any",
            bind="query-params",
        )
        sources = choose_sources("request", LISTED)
        order = st.selectbox("Order", (NEWEST, SLOWEST), key="request_order", bind="query-params")
    shown = chosen_range(LOGS.usual)
    return RequestFilters(
        endpoint.strip() or None, status, version.strip() or None, latency, sources, shown, order
    )
