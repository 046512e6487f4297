"""Whose traffic a request is: what its header says, if a known key comes with it."""

from flask import Flask, g, request

from backend.contract.base import SOURCE_HEADER
from backend.web.authorization import (
    OPEN_TEMPLATES,
    current_actor,
    current_role,
    template_of_request,
)
from backend.web.key_ring import Role
from storage.errors import AuthenticationRequired, InvalidInput
from storage.process.kinds import MONITOR
from storage.schema.source import CLIENT, PROBE, SOURCES, Source


def mark_sources(app: Flask) -> None:
    """Keep the source of every request before its route runs; comes after the check of its role."""

    @app.before_request
    def mark_source() -> None:
        g.source = CLIENT
        said = request.headers.get(SOURCE_HEADER)
        if said is None:
            return
        if current_role() is Role.NOBODY and template_of_request() in OPEN_TEMPLATES:
            return  # a probe with an outdated key must not look like an outage
        g.source = allowed_source(said, current_role())


def current_asker() -> str:
    """Return who makes the current request, as the timeline shows it: the monitor, or whose key it is."""
    return MONITOR if g.source == PROBE else current_actor()


def allowed_source(said: str, held: Role) -> Source:
    """Return the source that the holder of a key says; without a key, anyone could escape monitoring.

    Raises
    ------
    AuthenticationRequired, InvalidInput
        If there is no key, or no such source.
    """
    if held is Role.NOBODY:
        raise AuthenticationRequired(
            f"Only a request with a key may say whose traffic it is: send `Authorization: Bearer <key>`, "
            f"or leave {SOURCE_HEADER} out."
        )
    for source in SOURCES:
        if source == said:
            return source
    raise InvalidInput(
        f"{SOURCE_HEADER} is one of {', '.join(SOURCES)}; leave it out for a client."
    )
