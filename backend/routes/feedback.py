"""POST /feedback: attaching actual values to predictions."""

import logging
from collections.abc import Sequence

from flask import Blueprint, Response

from backend.contract import feedback as contract
from backend.contract.feedback import FeedbackRequest, FeedbackResponse
from backend.routes.answered_once import answered_once, command_of_key
from backend.services import current_services
from backend.web.answers import answer
from backend.web.authorization import current_actor
from backend.web.request_audit import tell
from backend.web.validation import read_body
from storage.predictions.feedback import Attached, Correction, Feedback
from storage.predictions.label_check import checked_labels

logger = logging.getLogger(__name__)

MOST_AUDITED = 100
"""Most values listed in one entry of the audit log; all of them are in the history of their predictions."""

blueprint = Blueprint("feedback", __name__)


@blueprint.post("/feedback")
@answered_once
def feedback() -> Response:
    """Attach actual values to predictions by id, in any order, late or twice; needs the role operator.

    In place of an id, an item may name the caller's own reference: it means all predictions with it, if their
    inputs are the same.

    A stored value is kept, unless a correction names a person and a reason: then the new value counts, the
    change is audited, and GET /predictions/{prediction_id} shows the history.

    A dry run answers what would become of the values and changes nothing; a prediction of the last moment may
    be unknown to it.
    """
    services = current_services()
    settings = services.settings
    body = read_body(FeedbackRequest, settings.backend.request_limit_bytes, services.metrics)
    labels = [(item.prediction_id, item.actual) for item in body.items if item.prediction_id]
    referred = [(item.reference, item.actual) for item in body.items if item.reference]
    if body.dry_run:
        corrects = body.correction is not None
        would = checked_labels(services.database, labels, referred, corrects=corrects)
        return answer(_response(would, dry_run=True))
    attaching = Feedback(
        services.spool, services.database, settings.paths, settings.backend.command_timeout_seconds
    )
    attached = attaching.attach(labels, _correction(body), referred, command_of_key())
    if attached.corrected and body.correction is not None:
        _tell(attached.corrected, body.correction)
    logger.info(
        "Feedback: %d accepted, %d corrected, %d unknown, %d duplicate, %d of them with a different value, "
        "%d ambiguous.",
        attached.accepted,
        len(attached.corrected),
        len(attached.unknown),
        len(attached.duplicate),
        len(attached.conflicting),
        len(attached.ambiguous),
    )
    return answer(_response(attached))


def _response(attached: Attached, *, dry_run: bool = False) -> FeedbackResponse:
    corrected = [prediction_id for prediction_id, _, _ in attached.corrected]
    ambiguous = [
        {"reference": reference, "prediction_ids": ids} for reference, ids in attached.ambiguous
    ]
    changed = {"corrected": corrected, "ambiguous": ambiguous, "dry_run": dry_run}
    return FeedbackResponse(**vars(attached) | changed)


def _correction(body: FeedbackRequest) -> Correction | None:
    asked = body.correction
    return Correction(current_actor(), asked.person, asked.reason) if asked is not None else None


def _tell(corrected: Sequence[tuple[str, float, float]], asked: contract.Correction) -> None:
    first = [
        {"prediction_id": prediction_id, "from": earlier, "to": actual}
        for prediction_id, earlier, actual in corrected[:MOST_AUDITED]
    ]
    subject = corrected[0][0] if len(corrected) == 1 else None
    tell(
        "label_correction",
        subject,
        asked.reason,
        person=asked.person,
        corrected=len(corrected),
        values=first,
    )
