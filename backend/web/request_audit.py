"""Audits every request that changed state: who, what, why. Installed once, for all endpoints.

An endpoint that needs a role to change something is audited without being named here; its route can add
details with ``tell``. An entry is appended after the change. If that fails, the answer is still sent, and the
missing entry is logged and counted.
"""

from typing import Any

from flask import Flask, Response, g, request

from backend.metrics.metrics import Metrics
from backend.web.authorization import current_actor, state_changing_role
from storage.audit.chain import AuditAct
from storage.audit.trail import AuditTrail

UNAUDITED_TEMPLATES = ("/feedback", "/monitoring/checks")
"""Actual values are data, like predictions: they arrive by the thousand, and each is stored with its time.
Checks run every half minute and are on the timeline; a check that requests a retraining calls ``tell``."""


def audit_changes(app: Flask, trail: AuditTrail, metrics: Metrics) -> None:
    """Append an entry for each request that changed state."""

    @app.after_request
    def append(response: Response) -> Response:
        act = _act(response)
        if act is not None and not trail.record(act):
            metrics.count_unaudited_change()
        return response


def tell(
    action: str, subject: str | None = None, reason: str | None = None, **figures: object
) -> None:
    """Record what the current request has changed; it is audited even if the request fails."""
    g.audited = {"action": action, "subject": subject, "reason": reason, "figures": figures}


def _act(response: Response) -> AuditAct | None:
    told: dict[str, Any] | None = g.get("audited")
    if told is None and not _changed_state(response):
        return None
    template = request.url_rule.rule if request.url_rule else ""
    what = told or {"action": f"{request.method} {template}"}
    return AuditAct(actor=current_actor(), request_id=g.request_id, **what)


def _changed_state(response: Response) -> bool:
    template = request.url_rule.rule if request.url_rule else ""
    return (
        response.status_code < 400
        and request.method not in ("GET", "HEAD", "OPTIONS")
        and template not in UNAUDITED_TEMPLATES
        and state_changing_role(request.method, template) is not None
    )
