"""Who may do what: bearer keys and the three roles, viewer < operator < admin."""

import hmac
from enum import IntEnum

from flask import Flask, g, request
from pydantic import SecretStr

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
"""Answered without a key, and with a wrong one, even where everything else needs one: probes have none,
and neither has a browser that opens the page on which one enters it."""


class Role(IntEnum):
    """What a key may do; each role may do what the ones before it may."""

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
    "/retraining/<trigger_id>/cancel": Role.OPERATOR,
    "/models/<version>/promote": Role.ADMIN,
    "/models/rollback": Role.ADMIN,
}
"""The role that each state-changing route template needs, always; with a method, by that method only."""

READING_ROLES = {"/audit": Role.OPERATOR}
"""The role that reading needs always, where what is read is not for everybody."""


class KeyRing:
    """The configured keys. With none configured, whatever changes state is refused."""

    def __init__(self, settings: Settings) -> None:
        self._keys = {
            Role.ADMIN: settings.access.admin_key,
            Role.OPERATOR: settings.access.operator_key,
            Role.VIEWER: settings.access.viewer_key,
        }

    def role(self, authorization: str) -> Role:
        """Return the role of an Authorization header; a missing header is nobody's.

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
        raise AuthenticationRequired("This key is not known; send `Authorization: Bearer <key>`.")


def guard(app: Flask, settings: Settings) -> None:
    """Check the role of every request before its route runs."""
    keys = KeyRing(settings)
    to_read = reading_role(settings)

    @app.before_request
    def check_role() -> None:
        if _template() in OPEN_TEMPLATES:
            return  # a probe with an old key must not look like an outage
        role = own_role(request.method, _template())
        needed = to_read if role is None else role
        held = keys.role(request.headers.get("Authorization", ""))
        g.role = held
        if held >= needed:
            return
        if held is Role.NOBODY:
            raise AuthenticationRequired(
                f"This needs a key of the role {needed.name.lower()}; "
                "send `Authorization: Bearer <key>`."
            )
        raise PermissionRefused(
            f"This needs the role {needed.name.lower()}; the key has {held.name.lower()}."
        )


def current_actor() -> str:
    """Return who makes the current request, as the timeline names them: the role of their key."""
    role: Role = g.get("role", Role.NOBODY)
    return role.name.lower()


def reading_role(settings: Settings) -> Role:
    """Return the role that reading and predicting need."""
    return Role.VIEWER if settings.reading_needs_key else Role.NOBODY


def own_role(method: str, template: str) -> Role | None:
    """Return the role that a route needs always; None if it is the same as for all reading."""
    changing = state_changing_role(method, template)
    return changing if changing is not None else READING_ROLES.get(template)


def state_changing_role(method: str, template: str) -> Role | None:
    """Return the role that a state-changing route needs; None if it changes no state."""
    for rule in (template, f"{method} {template}"):
        if rule in STATE_CHANGING_ROLES:
            return STATE_CHANGING_ROLES[rule]
    return None


def _template() -> str:
    return request.url_rule.rule if request.url_rule else ""


def _same(key: str, known: SecretStr) -> bool:
    # Compared in constant time: how long a wrong key takes tells nothing about the right one.
    return hmac.compare_digest(key.encode(), known.get_secret_value().encode())
