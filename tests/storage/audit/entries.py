"""Entries for tests of the audit."""

from storage.audit.__main__ import AuditTrail
from storage.audit.chain import AuditAct

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
