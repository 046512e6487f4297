"""Authorization: bearer keys and the three roles, viewer < operator < admin."""

import hmac
import time
from enum import IntEnum

from flask import Flask, g, request
from pydantic import SecretStr

from backend.web.refused_keys import RefusedKeys
from storage.errors import AuthenticationRequired, PermissionRefused
from storage.settings import Settings

OPEN_TEMPLATES = (
    "/health",
    "/health/live",
    "/health/ready",
    "/openapi.json",
    "/docs",
    "/docs/<asset>",
)
"""Answered without a key, or with a wrong one, even if all other paths need one: probes have no key,
and neither has a browser opening the page where the key is entered."""


class Role(IntEnum):
    """What a key may do; each role includes the ones before it."""

    NOBODY = 0
    VIEWER = 1
    OPERATOR = 2
    ADMIN = 3


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
}
"""The role that each state-changing route template always needs; with a method, only for that method."""

READING_ROLES = {"/audit": Role.OPERATOR}
"""The role that reading always needs, for data that is not for everybody."""


class KeyRing:
    """The configured keys. Without any, every change of state is refused."""

    def __init__(self, settings: Settings) -> None:
        self._keys = {
            Role.ADMIN: settings.access.admin_key,
            Role.OPERATOR: settings.access.operator_key,
            Role.VIEWER: settings.access.viewer_key,
        }

    def role(self, authorization: str) -> Role:
        """Return the role of an Authorization header; without a header, ``NOBODY``.

        Raises
        ------
        AuthenticationRequired
            If the header is not ``Bearer <a known key>``.
        """
        if not authorization:
            return Role.NOBODY
        scheme, _, key = authorization.partition(" ")
        if scheme.lower() == "bearer":
            for role, known in self._keys.items():
                if known is not None and _same(key, known):
                    return role
        raise AuthenticationRequired("The key is not valid; send `Authorization: Bearer <key>`.")


def guard(app: Flask, settings: Settings, refused: RefusedKeys) -> None:
    """Check the role of every request before its route runs; note the keys that are refused."""
    keys = KeyRing(settings)
    to_read = reading_role(settings)

    @app.before_request
    def check_role() -> None:
        if template_of_request() in OPEN_TEMPLATES:
            # A probe with an outdated key must not look like an outage.
            g.role = _role_or_nobody(keys)
            return
        role = own_role(request.method, template_of_request())
        needed = to_read if role is None else role
        try:
            held = keys.role(request.headers.get("Authorization", ""))
        except AuthenticationRequired:
            refused.note_unknown(request.remote_addr, time.monotonic())
            raise
        g.role = held
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
    return _role_or_nobody(KeyRing(settings)) >= reading_role(settings)


def current_actor() -> str:
    """Return the role of the key that makes the current request, as the timeline shows it."""
    role: Role = g.get("role", Role.NOBODY)
    return role.name.lower()


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


def _role_or_nobody(keys: KeyRing) -> Role:
    try:
        return keys.role(request.headers.get("Authorization", ""))
    except AuthenticationRequired:
        return Role.NOBODY


def _same(key: str, known: SecretStr) -> bool:
    # Compared in constant time, so that the response time reveals nothing about the right key.
    return hmac.compare_digest(key.encode(), known.get_secret_value().encode())
