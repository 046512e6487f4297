"""/models: listing the trained versions, promoting one and rolling back."""

from flask import Blueprint, Response

from backend.contract.models.registry import (
    ChampionChange,
    ChampionChangedResponse,
    ChampionChangeKind,
)
from backend.services import current_services
from backend.web.answers import answer
from backend.web.authorization import current_actor
from backend.web.request_audit import tell
from backend.web.validation import read_body
from storage.models.champion import ChampionChanged

blueprint = Blueprint("models", __name__, url_prefix="/models")


@blueprint.get("")
def models() -> Response:
    """List the trained versions with their test metrics and the champion."""
    return answer(current_services().versions.all())


@blueprint.post("/<version>/promote")
def promote(version: str) -> Response:
    """Promote a version to champion, with a reason; needs the role admin."""
    asked = _asked()
    changes = current_services().champion_changes
    changed = changes.promote(version, asked.reason, current_actor(), asked.expected_champion)
    return _changed("promotion", changed, asked.reason)


@blueprint.post("/rollback")
def rollback() -> Response:
    """Roll back to the newest version that served well before, with a reason; needs the role admin."""
    asked = _asked()
    changes = current_services().champion_changes
    changed = changes.roll_back(asked.reason, current_actor(), asked.expected_champion)
    return _changed("rollback", changed, asked.reason)


def _asked() -> ChampionChange:
    services = current_services()
    return read_body(
        ChampionChange, services.settings.backend.request_limit_bytes, services.metrics
    )


def _changed(kind: ChampionChangeKind, changed: ChampionChanged, reason: str) -> Response:
    pointer = changed.pointer
    tell(kind, pointer.version, reason, previous=changed.replaced)
    seconds = current_services().settings.backend.model_poll_seconds
    body = ChampionChangedResponse(
        change=kind,
        version=pointer.version,
        previous=changed.replaced,
        changed_at=pointer.changed_at,
        message=f"Version {pointer.version} is now the champion. Worker processes check every "
        f"{seconds:g} s and serve it once loaded.",
    )
    return answer(body)
