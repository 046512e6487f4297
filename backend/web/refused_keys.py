"""Keys that were refused: all are counted, and the audit log says that somebody tries unknown ones.

Only the reason is kept, never the key. A worker process appends at most one entry in ``AUDIT_SECONDS``, with
the number of refusals since its last one: whoever tries keys must not be able to fill the disk.
"""

import threading

from backend.metrics.metrics import Metrics
from storage.audit.chain import AuditAct
from storage.audit.trail import AuditTrail

AUDIT_SECONDS = 60.0


class RefusedKeys:
    """The refusals of one worker process; its threads share it."""

    def __init__(self, metrics: Metrics, trail: AuditTrail) -> None:
        self._metrics = metrics
        self._trail = trail
        self._lock = threading.Lock()
        self._since_entry = 0
        self._next_entry = float("-inf")

    def note_low_role(self) -> None:
        """Count a known key whose role is too low; a console with such a key asks again and again."""
        self._metrics.count_refused_key("role")

    def note_ended(self) -> None:
        """Count a key that was accepted once: a program goes on with what was revoked, or has expired."""
        self._metrics.count_refused_key("ended")

    def note_unknown(self, address: str | None, now: float) -> None:
        """Count an unknown key from a client's address, and audit it unless another was just audited.

        ``now`` is monotonic, in seconds.
        """
        self._metrics.count_refused_key("unknown")
        with self._lock:
            self._since_entry += 1
            if now < self._next_entry:
                return
            number, self._since_entry = self._since_entry, 0
            self._next_entry = now + AUDIT_SECONDS
        figures = {"refused": number, "latest_address": address}
        if not self._trail.record(AuditAct(actor="nobody", action="key refused", figures=figures)):
            self._metrics.count_unaudited_change()
