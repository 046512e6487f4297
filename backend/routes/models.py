"""/models: the trained versions, and which of them serves, changed by hand."""

import logging

from flask import Blueprint, Response

from backend.contract.models import (
    ChampionChange,
    ChampionChangedResponse,
    ChampionChangeKind,
    ModelsResponse,
    ModelVersion,
)
from backend.contract.performance import Estimate
from backend.performance.realized import RealizedError
from backend.registry.version_reports import VersionReports
from backend.services import current_services
from backend.web.answers import answer
from backend.web.authorization import current_actor
from backend.web.request_audit import tell
from backend.web.validation import read_body
from storage.errors import ModelIntegrityError, RecordNotFound, StateConflict
from storage.models.store import ModelStore
from storage.schema.records import ChampionPointer, ModelManifest

logger = logging.getLogger(__name__)

blueprint = Blueprint("models", __name__, url_prefix="/models")


@blueprint.get("")
def models() -> Response:
    """Give the trained versions with their test metrics, and which of them serves."""
    services = current_services()
    pointer = readable_pointer(services.store)
    readable, unreadable = services.store.inventory()
    body = ModelsResponse(
        versions=[listed_version(manifest, pointer, services.versions) for manifest in readable],
        champion=pointer.version if pointer else None,
        previous=pointer.previous if pointer else None,
        changed_at=pointer.changed_at if pointer else None,
        unreadable=unreadable,
    )
    return answer(body)


@blueprint.post("/<version>/promote")
def promote(version: str) -> Response:
    """Make a version the champion, with a reason; needs the role admin."""
    asked = _asked()
    changes = current_services().champion_changes
    pointer = changes.promote(version, asked.reason, current_actor(), asked.expected_champion)
    return _changed("promotion", pointer, asked.reason)


@blueprint.post("/rollback")
def rollback() -> Response:
    """Make the champion before this one the champion again, with a reason; needs the role admin."""
    asked = _asked()
    changes = current_services().champion_changes
    pointer = changes.roll_back(asked.reason, current_actor(), asked.expected_champion)
    return _changed("rollback", pointer, asked.reason)


def _asked() -> ChampionChange:
    services = current_services()
    return read_body(
        ChampionChange, services.settings.backend.request_limit_bytes, services.metrics
    )


def _changed(kind: ChampionChangeKind, pointer: ChampionPointer, reason: str) -> Response:
    tell(kind, pointer.version, reason, previous=pointer.previous)
    seconds = current_services().settings.backend.model_poll_seconds
    body = ChampionChangedResponse(
        change=kind,
        version=pointer.version,
        previous=pointer.previous,
        changed_at=pointer.changed_at,
        message=f"Version {pointer.version} is the champion now. Each worker process looks every "
        f"{seconds:g} s, and serves it once it has loaded it.",
    )
    return answer(body)


def readable_pointer(store: ModelStore) -> ChampionPointer | None:
    """Return the champion pointer; None if there is none, or none that can be read."""
    try:
        return store.champion_pointer()
    except ModelIntegrityError as error:
        logger.error("The list of models names no champion: %s", error)
        return None


def listed_version(
    manifest: ModelManifest, pointer: ChampionPointer | None, versions: VersionReports
) -> ModelVersion:
    """Return a version as a list of them says it; one with a damaged holdout says what is damaged."""
    kept = manifest.model_dump(include=set(ModelVersion.model_fields))
    error = _error(versions, manifest.version)
    return ModelVersion(
        **kept,
        is_champion=pointer is not None and manifest.version == pointer.version,
        is_previous=pointer is not None and manifest.version == pointer.previous,
        holdout_rmse=Estimate.model_validate(error.rmse) if error.rmse else None,
        holdout_reason=error.reason,
    )


def _error(versions: VersionReports, version: str) -> RealizedError:
    try:
        return versions.error(version)
    except (StateConflict, RecordNotFound) as damage:
        return RealizedError("not_enough_data", str(damage), 0)
