"""GET /logs/export, /metrics/api/export and /predictions/export: all rows that match, as one file."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from flask import Blueprint, Response, request
from pydantic import BaseModel

from backend.contract.records import LogRow, PeriodQuery, PredictionRow, RequestRow
from backend.contract.stored.export import (
    LineExportQuery,
    PredictionExportQuery,
    RequestExportQuery,
)
from backend.routes.predictions import prediction_row
from backend.routes.records.filters import line_filter, prediction_filter, request_filter
from backend.services import current_services
from backend.web.row_file import row_file
from backend.web.validation import read_query
from storage.database.record_log import Page, PageRequest
from storage.database.rows import Row
from storage.schema.records import utc_now

PART_ROWS = 2_000
"""Rows that are read, and in memory, at once."""

blueprint = Blueprint("export", __name__)


@blueprint.get("/logs/export")
def export_lines() -> Response:
    """Return log lines as CSV or JSON lines, newest first."""
    query = read_query(LineExportQuery, request.args)
    read = partial(current_services().record_log.logs, asked=line_filter(query))
    parts = _parts(read, query, query.limit, lambda row: LogRow(**row))
    return row_file("logs", LogRow, parts, query.format, query.limit)


@blueprint.get("/metrics/api/export")
def export_requests() -> Response:
    """Return answered requests as CSV or JSON lines, newest first."""
    query = read_query(RequestExportQuery, request.args)
    read = partial(current_services().record_log.requests, asked=request_filter(query))
    parts = _parts(read, query, query.limit, lambda row: RequestRow(**row))
    return row_file("requests", RequestRow, parts, query.format, query.limit)


@blueprint.get("/predictions/export")
def export_predictions() -> Response:
    """Return logged predictions as CSV or JSON lines, newest first."""
    query = read_query(PredictionExportQuery, request.args)
    read = partial(current_services().record_log.predictions, asked=prediction_filter(query))
    parts = _parts(read, query, query.limit, prediction_row)
    return row_file("predictions", PredictionRow, parts, query.format, query.limit)


def _parts(
    read: Callable[[PageRequest], Page],
    query: PeriodQuery,
    limit: int,
    row: Callable[[Row], BaseModel],
) -> Iterator[Sequence[BaseModel]]:
    """Yield the rows some at a time, each part read on its own; what is stored meanwhile is left out."""
    token, left, until = None, limit, query.until or utc_now()
    while left:
        page = read(PageRequest(min(PART_ROWS, left), token, query.since, until))
        yield [row(each) for each in page.rows]
        left -= len(page.rows)
        token = page.next_page_token
        if token is None:
            return
