"""GET /logs/counts, /metrics/api/counts and /predictions/counts: rows over time and by value."""

from flask import Blueprint, Response, request

from backend.contract.records import PeriodQuery
from backend.contract.stored.counts import (
    CountsResponse,
    LineCountsQuery,
    PredictionCountsQuery,
    RequestCountsQuery,
)
from backend.routes.records.filters import line_filter, prediction_filter, request_filter
from backend.routes.records.lists import echoed_filters
from backend.services import current_services
from backend.web.answers import answer
from backend.web.validation import read_query
from storage.database.counts import Period, count_rows
from storage.predictions.counts import count_predictions_found
from storage.requests.counts import count_requests
from storage.schema.counts import RowCounts
from storage.schema.records import utc_now
from storage.schema.time_steps import zone_named

blueprint = Blueprint("counts", __name__)


@blueprint.get("/logs/counts")
def line_counts() -> Response:
    """Count log lines over time by level, and by value; the newest hundred thousand that match."""
    query = read_query(LineCountsQuery, request.args)
    found = count_rows(current_services().database, line_filter(query), _period(query, query.zone))
    return _answer(found, query)


@blueprint.get("/metrics/api/counts")
def request_counts() -> Response:
    """Count requests over time by class of status, and by value: all, in whole steps of 10 s to 10 min."""
    query = read_query(RequestCountsQuery, request.args)
    period = _period(query, query.zone)
    return _answer(
        count_requests(current_services().database, request_filter(query), period), query
    )


@blueprint.get("/predictions/counts")
def prediction_counts() -> Response:
    """Count predictions over time by source, and by value.

    Of ten hours and more all, in whole steps of ten minutes; else, and by what a caller said of them, the
    newest hundred thousand that match.
    """
    query = read_query(PredictionCountsQuery, request.args)
    asked, period = prediction_filter(query), _period(query, query.zone)
    return _answer(count_predictions_found(current_services().database, asked, period), query)


def _period(query: PeriodQuery, zone: str) -> Period:
    return Period(query.since, query.until, utc_now(), zone_named(zone))


def _answer(found: RowCounts, query: PeriodQuery) -> Response:
    return answer(CountsResponse(**vars(found), filters=echoed_filters(query)))
