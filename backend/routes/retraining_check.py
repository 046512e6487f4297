"""Whether to retrain: /monitoring/retraining-check only answers, /monitoring/checks records and acts."""

from flask import Blueprint, Response, g, request

from backend.contract.retraining.check import RetrainingCheckRequest
from backend.drift.check import inputs_of
from backend.performance.realized import paired
from backend.retraining.check_answer import check_response
from backend.services import Services, current_services
from backend.web.answers import answer
from backend.web.request_audit import tell
from backend.web.traffic_source import current_asker
from backend.web.validation import read_body
from storage.schema.predictions import LabelledPredictions
from storage.schema.records import LONGEST_REASON, utc_now

blueprint = Blueprint("retraining_check", __name__, url_prefix="/monitoring")


@blueprint.post("/retraining-check")
def retraining_check() -> Response:
    """Check whether to retrain, by the rows sent or, with an empty body, by logged predictions."""
    services = current_services()
    asked = _read(services)
    if asked.is_empty:
        body = check_response(services.checks.window(utc_now()), "logged")
    else:
        inputs = inputs_of(asked.new_data) if asked.new_data is not None else None
        check = services.checks.rows(utc_now(), inputs, _labelled(asked))
        body = check_response(check, "sent")
    g.model_version = body.model_version
    return answer(body)


@blueprint.post("/checks")
def run_checks() -> Response:
    """Check logged predictions, record the result and request a retraining if needed; needs operator."""
    services = current_services()
    stored = services.scheduled_checks.run(utc_now(), current_asker())
    if stored.trigger_id is not None:
        reason = " ".join(stored.reasons)[:LONGEST_REASON]
        tell("retraining asked for", stored.trigger_id, reason, check_id=stored.check_id)
    g.model_version = stored.model_version
    return answer(stored)


def _read(services: Services) -> RetrainingCheckRequest:
    if not request.content_length and "Transfer-Encoding" not in request.headers:
        return RetrainingCheckRequest()
    return read_body(
        RetrainingCheckRequest, services.settings.backend.request_limit_bytes, services.metrics
    )


def _labelled(asked: RetrainingCheckRequest) -> LabelledPredictions | None:
    if asked.predictions is None or asked.actuals is None:
        return None
    return paired(asked.actuals, asked.predictions)
