"""GET /audit: who changed what."""

from flask import Blueprint, Response, request

from backend.contract.audit import AuditQuery, AuditResponse, AuditRow, ChainState
from backend.services import current_services
from backend.web.answers import answer
from backend.web.validation import read_query
from storage.audit.chain import Verification

blueprint = Blueprint("audit", __name__)


@blueprint.get("/audit")
def audit() -> Response:
    """Give the newest entries of the audit log, and whether it is intact; needs the role operator."""
    query = read_query(AuditQuery, request.args)
    trail = current_services().audit
    rows = [AuditRow.model_validate(entry) for entry in trail.newest(query.limit)]
    body = AuditResponse(entries=rows, total=len(rows), chain=_state(trail.verify()))
    return answer(body)


def _state(found: Verification) -> ChainState:
    return ChainState(
        holds=found.holds,
        entries=found.entries,
        problem=found.problem,
        note=found.note,
        last_hash=found.end.hash,
    )
