"""GET /logs, /metrics/api and /metrics/models: recorded data, newest first."""

from dataclasses import fields
from typing import Any

from flask import Blueprint, Response, request
from pydantic import BaseModel

from backend.contract.records import (
    LogRow,
    LogsQuery,
    LogsResponse,
    ModelMetricsQuery,
    ModelMetricsResponse,
    ModelMetricsRow,
    RequestRow,
    RequestsQuery,
    RequestsResponse,
    WindowQuery,
)
from backend.routes.records.filters import line_filter, request_filter
from backend.services import current_services
from backend.web.answers import answer
from backend.web.validation import read_query
from storage.database.record_log import Page, PageRequest

blueprint = Blueprint("records", __name__)


@blueprint.get("/logs")
def logs() -> Response:
    """Return log lines of all processes, with filters and text search."""
    query = read_query(LogsQuery, request.args)
    page = current_services().record_log.logs(page_request(query), line_filter(query))
    body = LogsResponse(
        logs=[LogRow(**row) for row in page.rows],
        **page_fields(page, query),
    )
    return answer(body)


@blueprint.get("/metrics/api")
def api_metrics() -> Response:
    """Return answered requests, with filters."""
    query = read_query(RequestsQuery, request.args)
    record_log = current_services().record_log
    read = record_log.slowest if query.order == "slowest" else record_log.requests
    page = read(page_request(query), request_filter(query))
    body = RequestsResponse(
        metrics=[RequestRow(**row) for row in page.rows],
        **page_fields(page, query),
    )
    return answer(body)


@blueprint.get("/metrics/models")
def model_metrics() -> Response:
    """Return the test metrics of trained models."""
    query = read_query(ModelMetricsQuery, request.args)
    rows = current_services().record_log.models(query.limit)
    body = ModelMetricsResponse(
        metrics=[ModelMetricsRow(**row) for row in rows],
        total=len(rows),
        filters=echoed_filters(query),
    )
    return answer(body)


def page_request(query: WindowQuery) -> PageRequest:
    """Return the page that a query asks for."""
    return PageRequest(**query.model_dump(include={field.name for field in fields(PageRequest)}))


def page_fields(page: Page, query: BaseModel) -> dict[str, Any]:
    """Return what every page of rows says beside them."""
    return {
        "total": len(page.rows),
        "filters": echoed_filters(query),
        "next_page_token": page.next_page_token,
        "looked_since": page.looked_since,
    }


def echoed_filters(query: BaseModel) -> dict[str, Any]:
    """Return the filters of a query, as the answer repeats them."""
    return query.model_dump(mode="json", exclude_none=True, exclude={"page_token"})
