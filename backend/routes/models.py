"""GET /models: the trained versions."""

import logging

from flask import Blueprint, Response

from backend.answers import answer
from backend.contract.models import ModelsResponse, ModelVersion
from backend.services import current_services
from storage.errors import ModelIntegrityError
from storage.model_store import ModelStore
from storage.schema.records import ChampionPointer, ModelManifest

logger = logging.getLogger(__name__)

blueprint = Blueprint("models", __name__, url_prefix="/models")


@blueprint.get("")
def models() -> Response:
    """Give the trained versions with their test metrics, and which of them serves."""
    store = current_services().store
    pointer = _pointer(store)
    readable, unreadable = store.inventory()
    body = ModelsResponse(
        versions=[_version(manifest, pointer) for manifest in readable],
        champion=pointer.version if pointer else None,
        previous=pointer.previous if pointer else None,
        changed_at=pointer.changed_at if pointer else None,
        unreadable=unreadable,
    )
    return answer(body)


def _pointer(store: ModelStore) -> ChampionPointer | None:
    try:
        return store.champion_pointer()
    except ModelIntegrityError as error:
        logger.error("The list of models names no champion: %s", error)
        return None


def _version(manifest: ModelManifest, pointer: ChampionPointer | None) -> ModelVersion:
    kept = manifest.model_dump(include=set(ModelVersion.model_fields))
    return ModelVersion(
        **kept,
        is_champion=pointer is not None and manifest.version == pointer.version,
        is_previous=pointer is not None and manifest.version == pointer.previous,
    )
