"""GET /audit: who changed what."""

from flask import Blueprint, Response, request

from backend.contract.audit import AuditQuery, AuditResponse, AuditRow, ChainState
from backend.services import current_services
from backend.web.answers import answer
from backend.web.validation import read_query

blueprint = Blueprint("audit", __name__)


@blueprint.get("/audit")
def audit() -> Response:
    """Return the newest audit log entries, and whether the log is intact; needs the role operator."""
    query = read_query(AuditQuery, request.args)
    trail = current_services().audit
    rows = [AuditRow.model_validate(entry) for entry in trail.newest(query.limit)]
    chain = ChainState.model_validate(trail.verify())
    return answer(AuditResponse(entries=rows, total=len(rows), chain=chain))
