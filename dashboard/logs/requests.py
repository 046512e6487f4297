"""Answered requests: filter, page, open one."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from backend.contract.records import RequestRow, RequestsQuery, RequestsResponse
from dashboard.shared.moment import COLUMN_FORMAT, cell
from dashboard.shared.open_row import draw_facts, draw_rows
from dashboard.shared.paged_list import PagedList
from dashboard.shared.service import asking_service, housing_client
from dashboard.shared.time_window import TimeWindow, choose_window

ROWS_A_PAGE = 100


@dataclass(frozen=True)
class RequestFilters:
    """What the operator looks for."""

    endpoint: str | None
    status: int | None
    window: TimeWindow

    def query(self, page_token: str | None, now: datetime) -> RequestsQuery:
        """Return the request for one page."""
        since, until = self.window.bounds(now)
        return RequestsQuery(
            endpoint=self.endpoint,
            status=self.status,
            since=since,
            until=until,
            limit=ROWS_A_PAGE,
            page_token=page_token,
        )


def draw_request_list() -> None:
    """Draw the filters, the page of requests that they lead to, and the request that is open."""
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
            "No request fits these filters.",
        )
        if opened is not None:
            draw_request("request", opened)


def _choose_filters() -> RequestFilters:
    with st.grid(3, min_column_width=170, gap="small"):
        endpoint = st.text_input(
            "Endpoint",
            key="request_endpoint",
            max_chars=200,
            placeholder="/predict",
            help="A route, as `GET /` lists them, such as /predictions/<prediction_id>.",
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
        window = choose_window("request")
    return RequestFilters(endpoint or None, status, window)


def request_cells(row: RequestRow) -> dict[str, Any]:
    """Return one request's cells of the table."""
    return {
        "timestamp": cell(row.timestamp),
        "method": row.method,
        "endpoint": row.endpoint,
        "status": row.status_code,
        "milliseconds": row.response_time * 1_000,
        "model_version": row.model_version,
        "error": row.error_message,
    }


def request_columns() -> dict[str, Any]:
    """Return the columns of a table of requests."""
    return {
        "timestamp": st.column_config.DatetimeColumn("Time, UTC", format=COLUMN_FORMAT, width=150),
        "method": st.column_config.TextColumn("Method", width=70),
        "endpoint": st.column_config.TextColumn("Endpoint", width=150),
        "status": st.column_config.NumberColumn("Status", format="%d", width=70),
        "milliseconds": st.column_config.NumberColumn("Latency, ms", format="%.2f", width=95),
        "model_version": st.column_config.TextColumn("Model version", width=205),
        "error": st.column_config.TextColumn("Error", width="medium"),
    }


def draw_request(name: str, row: RequestRow) -> None:
    """Draw one opened request; ``name`` is the prefix of its keys."""
    facts = {
        "Time": f"{row.timestamp.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC",
        "Request": f"`{row.method} {row.endpoint}`",
        "Status": str(row.status_code),
        "Latency": f"{row.response_time * 1_000:.3f} ms",
        "Model version": f"`{row.model_version}`" if row.model_version else "none",
        "Request id": f"`{row.request_id}`",
    }
    draw_facts(name, facts, row.error_message)
