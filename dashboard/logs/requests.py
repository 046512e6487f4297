"""Requests: filter, page, open one."""

from dataclasses import dataclass
from datetime import UTC, datetime

import streamlit as st

from backend.contract.query.sources import Source
from backend.contract.records import RequestsQuery, RequestsResponse
from dashboard.shared.open_row import draw_rows
from dashboard.shared.paged_list import PagedList
from dashboard.shared.request import draw_request, request_cells, request_columns
from dashboard.shared.service import asking_service, housing_client
from dashboard.shared.sources import LISTED, choose_sources
from dashboard.shared.time_window import TimeWindow, choose_window

ROWS_A_PAGE = 100


@dataclass(frozen=True)
class RequestFilters:
    """The chosen filters."""

    endpoint: str | None
    status: int | None
    sources: tuple[Source, ...]
    window: TimeWindow

    def query(self, page_token: str | None, now: datetime) -> RequestsQuery:
        """Return the request for one page."""
        since, until = self.window.bounds(now)
        return RequestsQuery(
            endpoint=self.endpoint,
            status=self.status,
            sources=self.sources,
            since=since,
            until=until,
            limit=ROWS_A_PAGE,
            page_token=page_token,
        )


def draw_request_list() -> None:
    """Draw the filters, a page of matching requests, and the opened request."""
    filters = _choose_filters()
    pages = PagedList[RequestsResponse]("request")
    with asking_service():
        answer = pages.read(
            filters,
            lambda token: housing_client().api_metrics(filters.query(token, datetime.now(UTC))),
        )
        pages.draw_turning(answer)
        opened = draw_rows(
            "request",
            answer.metrics,
            request_cells,
            request_columns(),
            "No requests match these filters.",
        )
        if opened is not None:
            draw_request("request", opened)


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
        sources = choose_sources("request", LISTED)
        window = choose_window("request")
    return RequestFilters(endpoint or None, status, sources, window)
