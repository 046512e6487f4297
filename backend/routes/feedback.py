"""POST /feedback: attaching actual values to predictions."""

import logging

from flask import Blueprint, Response

from backend.contract.feedback import FeedbackRequest, FeedbackResponse
from backend.services import current_services
from backend.web.answers import answer
from backend.web.validation import read_body
from storage.predictions.feedback import Feedback

logger = logging.getLogger(__name__)

blueprint = Blueprint("feedback", __name__)


@blueprint.post("/feedback")
def feedback() -> Response:
    """Attach actual values to predictions by id, in any order, late or twice; needs the role operator."""
    services = current_services()
    settings = services.settings
    body = read_body(FeedbackRequest, settings.backend.request_limit_bytes, services.metrics)
    attaching = Feedback(
        services.spool, services.database, settings.paths, settings.backend.command_timeout_seconds
    )
    attached = attaching.attach([(item.prediction_id, item.actual) for item in body.items])
    logger.info(
        "Feedback: %d accepted, %d unknown, %d duplicate, %d of them with a different value.",
        attached.accepted,
        len(attached.unknown),
        len(attached.duplicate),
        len(attached.conflicting),
    )
    return answer(FeedbackResponse(**vars(attached)))
