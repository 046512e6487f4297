"""GET /requests/<request_id>: everything that is kept of one request."""

from flask import Blueprint, Response

from backend.contract.monitoring import EventRow
from backend.contract.records import LogRow, RequestRow
from backend.contract.stored.one_request import OneRequestResponse
from backend.routes.predictions import prediction_row
from backend.services import current_services
from backend.web.answers import answer
from storage.requests.one_request import read_request

blueprint = Blueprint("requests", __name__)


@blueprint.get("/requests/<request_id>")
def one_request(request_id: str) -> Response:
    """Return one request with its predictions, its log lines and the events around it."""
    found = read_request(current_services().database, request_id)
    body = OneRequestResponse(
        requests=[RequestRow(**row) for row in found.requests],
        predictions=[prediction_row(row) for row in found.predictions],
        logs=[LogRow(**row) for row in found.logs],
        events=[EventRow(kind=row["event_kind"], **row) for row in found.events],
    )
    return answer(body)
