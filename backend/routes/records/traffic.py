"""GET /metrics/api/summary and /metrics/api/slowest: request statistics of a time range."""

from typing import Any

from flask import Blueprint, Response, request

from backend.contract.stored.traffic import (
    SlowestQuery,
    SlowestResponse,
    SlowRequest,
    Stages,
    SummaryQuery,
    SummaryResponse,
)
from backend.routes.records.lists import echoed_filters
from backend.services import current_services
from backend.web.answers import answer
from backend.web.validation import read_query
from storage.requests.slowest import read_slowest
from storage.requests.summary import Range, summarize
from storage.schema.records import utc_now
from storage.schema.source import SOURCES
from storage.schema.time_steps import zone_named

blueprint = Blueprint("traffic", __name__)


@blueprint.get("/metrics/api/summary")
def summary() -> Response:
    """Return requests, errors and latency of each step of a time range."""
    query = read_query(SummaryQuery, request.args)
    zone = zone_named(query.zone)
    asked = Range.before(utc_now(), query.window, query.step, zone, query.until)
    found = summarize(
        current_services().database,
        asked,
        query.endpoints,
        query.sources or SOURCES,
        with_heat=query.heat,
    )
    return answer(SummaryResponse(**vars(found), filters=echoed_filters(query)))


@blueprint.get("/metrics/api/slowest")
def slowest() -> Response:
    """Return the slowest requests of a time range."""
    query = read_query(SlowestQuery, request.args)
    rows = read_slowest(
        current_services().database,
        utc_now(),
        query.window,
        query.endpoints,
        query.limit,
        query.sources or SOURCES,
        query.until,
    )
    body = SlowestResponse(
        requests=[_slow_request(row) for row in rows],
        total=len(rows),
        filters=echoed_filters(query),
    )
    return answer(body)


def _slow_request(row: dict[str, Any]) -> SlowRequest:
    """Return a stored request; its stages are known together or not at all."""
    seconds = {name: row.pop(name) for name in Stages.model_fields}
    known = all(each is not None for each in seconds.values())
    return SlowRequest(**row, stages=Stages(**seconds) if known else None)
