"""POST /models/<version>/remarks: notes and tags that people give to versions."""

from flask import Blueprint, Response

from backend.contract.models.remarks import RemarksRequest, RemarksResponse, VersionNote
from backend.services import current_services
from backend.web.answers import answer
from backend.web.request_audit import tell
from backend.web.validation import read_body

blueprint = Blueprint("remarks", __name__, url_prefix="/models")


@blueprint.post("/<version>/remarks")
def remark(version: str) -> Response:
    """Write a note of a version, or change its tags, for everybody; needs the role operator."""
    services = current_services()
    limit_bytes = services.settings.backend.request_limit_bytes
    asked = read_body(RemarksRequest, limit_bytes, services.metrics)
    services.store.manifest(version)  # raises if there is none
    note = None
    if asked.note is not None:
        note = VersionNote(person=asked.person, note=asked.note)
    now = services.store.remarks.change(version, note, asked.add_tags, asked.remove_tags)
    tell(
        "remark on a version",
        version,
        asked.note,
        person=asked.person,
        added=asked.add_tags,
        removed=asked.remove_tags,
    )
    return answer(RemarksResponse(version=version, tags=list(now.tags), notes=list(now.notes)))
