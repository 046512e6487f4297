"""/monitoring/notes: notes of people on the timeline."""

from flask import Blueprint, Response

from backend.contract.notes import TimelineNoteRequest, TimelineNoteResponse
from backend.services import current_services
from backend.web.answers import answer
from backend.web.request_audit import tell
from backend.web.validation import read_body
from storage.errors import StateConflict
from storage.schema.records import EventRecord, utc_now

blueprint = Blueprint("notes", __name__, url_prefix="/monitoring/notes")


@blueprint.post("")
def write_note() -> Response:
    """Write a note at a time that has been, for everybody who looks at it; needs the role operator."""
    services, now = current_services(), utc_now()
    limit_bytes = services.settings.backend.request_limit_bytes
    body = read_body(TimelineNoteRequest, limit_bytes, services.metrics)
    moment = body.at or now
    if moment > now:
        raise StateConflict("A note is about a time that has been; leave `at` out for now.")
    event = EventRecord(
        timestamp=moment,
        event_kind="note",
        actor=body.person,
        summary=body.note,
        figures={"written_at": now.isoformat()},
    )
    services.spool.append([event])
    tell("note on the timeline", event.event_id, body.note, person=body.person)
    return answer(TimelineNoteResponse(event_id=event.event_id, at=moment))
