"""Entries for tests of the audit."""

from storage.audit.chain import AuditAct
from storage.audit.trail import AuditTrail

ENTRIES = 5


def act(number: int = 0) -> AuditAct:
    """Something that somebody did."""
    return AuditAct(
        actor="admin", action="rollback", subject=f"v{number}", reason="it errs", request_id="r-1"
    )


def fill(trail: AuditTrail, entries: int = ENTRIES) -> None:
    """Append some entries."""
    for number in range(entries):
        trail.append(act(number))
