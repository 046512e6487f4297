"""Authorization: bearer keys and the three roles, viewer < operator < admin."""

import time

from flask import Flask, g, request

from backend.web.key_ring import NOBODY, Holder, KeyRing, Role
from backend.web.refused_keys import RefusedKeys
from storage.errors import AuthenticationRequired, KeyEnded, PermissionRefused
from storage.settings import Settings

OPEN_TEMPLATES = (
    "/health",
    "/health/live",
    "/health/ready",
    "/v2/health/live",
    "/v2/health/ready",
    "/ping",
    "/openapi.json",
    "/docs",
    "/docs/<asset>",
)
"""Answered without a key, or with a wrong one, even if all other paths need one: probes have no key,
and neither has a browser opening the page where the key is entered."""


STATE_CHANGING_ROLES = {
    "/database/clear": Role.ADMIN,
    "/feedback": Role.OPERATOR,
    "PUT /monitoring/config": Role.ADMIN,
    "/monitoring/trigger-retraining": Role.OPERATOR,
    "/monitoring/checks": Role.OPERATOR,
    "/monitoring/notes": Role.OPERATOR,
    "/retraining/<trigger_id>/cancel": Role.OPERATOR,
    "/models/<version>/promote": Role.ADMIN,
    "/models/rollback": Role.ADMIN,
    "/models/<version>/remarks": Role.OPERATOR,
    "/alerts/<alert_id>/acknowledge": Role.OPERATOR,
    "/alerts/<alert_id>/silence": Role.OPERATOR,
    "/alerts/<alert_id>/note": Role.OPERATOR,
    "/alerts/routes/test": Role.ADMIN,
    "POST /keys": Role.ADMIN,
    "/keys/<key_id>/rotate": Role.ADMIN,
    "/keys/<key_id>/revoke": Role.ADMIN,
}
"""The role that each state-changing route template always needs; with a method, only for that method."""

READING_ROLES = {"/audit": Role.OPERATOR, "/keys": Role.ADMIN}
"""The role that reading always needs, for data that is not for everybody."""


def guard(app: Flask, keys: KeyRing, settings: Settings, refused: RefusedKeys) -> None:
    """Check the role of every request before its route runs; note the keys that are refused."""
    to_read = reading_role(settings)

    @app.before_request
    def check_role() -> None:
        if template_of_request() in OPEN_TEMPLATES:
            # A probe with an outdated key must not look like an outage.
            g.holder = keys.holder_or_nobody(request.headers.get("Authorization", ""))
            return
        role = own_role(request.method, template_of_request())
        needed = to_read if role is None else role
        try:
            g.holder = keys.holder(request.headers.get("Authorization", ""))
        except KeyEnded:
            refused.note_ended()
            raise
        except AuthenticationRequired:
            refused.note_unknown(request.remote_addr, time.monotonic())
            raise
        held = g.holder.role
        if held >= needed:
            return
        if held is Role.NOBODY:
            raise AuthenticationRequired(
                f"This needs a key with the role {needed.name.lower()}; "
                "send `Authorization: Bearer <key>`."
            )
        refused.note_low_role()
        raise PermissionRefused(
            f"This needs the role {needed.name.lower()}; the key has the role {held.name.lower()}."
        )


def may_read(settings: Settings) -> bool:
    """Whether the current request may read data, on a path that answers without a key too."""
    return current_role() >= reading_role(settings)


def current_actor() -> str:
    """Return whose key makes the current request, as audit log and timeline show it: name, role."""
    return _current_holder().actor


def current_role() -> Role:
    """Return the role of the key that makes the current request."""
    return _current_holder().role


def reading_role(settings: Settings) -> Role:
    """Return the role that reading and predicting need."""
    return Role.VIEWER if settings.reading_needs_key else Role.NOBODY


def own_role(method: str, template: str) -> Role | None:
    """Return the role that a route always needs; None if it needs only the reading role."""
    changing = state_changing_role(method, template)
    return changing if changing is not None else READING_ROLES.get(template)


def state_changing_role(method: str, template: str) -> Role | None:
    """Return the role that a state-changing route needs; None if it changes no state."""
    for rule in (template, f"{method} {template}"):
        if rule in STATE_CHANGING_ROLES:
            return STATE_CHANGING_ROLES[rule]
    return None


def template_of_request() -> str:
    """Return the route template of the current request; empty without a route."""
    return request.url_rule.rule if request.url_rule else ""


def _current_holder() -> Holder:
    holder: Holder = g.get("holder", NOBODY)
    return holder
