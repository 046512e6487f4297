"""GET /metrics/api/summary and /metrics/api/slowest: requests of a range of time in figures."""

from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, request

from backend.contract.records import RequestRow
from backend.contract.traffic import (
    Figures,
    SlowestQuery,
    SlowestResponse,
    Step,
    SummaryQuery,
    SummaryResponse,
    VersionChange,
)
from backend.routes.records import echoed_filters
from backend.services import current_services
from backend.web.answers import answer
from backend.web.validation import read_query
from storage.requests.slowest import read_slowest
from storage.requests.summary import Range, Summary, summarize
from storage.schema.records import utc_now

blueprint = Blueprint("traffic", __name__)


@blueprint.get("/metrics/api/summary")
def summary() -> Response:
    """Give requests, errors and latency of each step of a range."""
    query = read_query(SummaryQuery, request.args)
    asked = Range.before(utc_now(), query.window, query.step)
    figures = summarize(current_services().database, asked, query.endpoints)
    return answer(_body(query, figures))


@blueprint.get("/metrics/api/slowest")
def slowest() -> Response:
    """Give the slowest requests of a range."""
    query = read_query(SlowestQuery, request.args)
    rows = read_slowest(
        current_services().database, utc_now(), query.window, query.endpoints, query.limit
    )
    body = SlowestResponse(
        requests=[RequestRow(**row) for row in rows],
        total=len(rows),
        filters=echoed_filters(query),
    )
    return answer(body)


def _body(query: SummaryQuery, summary: Summary) -> SummaryResponse:
    since = datetime.fromtimestamp(summary.range.since, UTC)
    step = timedelta(seconds=summary.range.step)
    return SummaryResponse(
        since=since,
        until=datetime.fromtimestamp(summary.range.until, UTC),
        step_seconds=summary.range.step,
        series=[
            Step(time=since + place * step, **vars(figures))
            for place, figures in enumerate(summary.steps)
        ],
        totals=Figures.model_validate(summary.totals),
        version_changes=[VersionChange.model_validate(one) for one in summary.version_changes],
        requests_by_endpoint=summary.requests_by_endpoint,
        filters=echoed_filters(query),
    )
