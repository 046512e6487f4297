"""Whether a retraining gave the champion's model once more."""

from storage.errors import ModelIntegrityError, RecordNotFound
from storage.models.sameness import sameness
from storage.models.store import ModelStore
from storage.schema.manifest import ModelManifest


def identity(store: ModelStore, manifest: ModelManifest, champion: str | None) -> dict[str, str]:
    """Return what a retraining's result says of a version identical to the champion; else nothing."""
    if champion is None:
        return {}
    try:
        known = store.manifest(champion)
    except (ModelIntegrityError, RecordNotFound):
        return {}  # the gate has said that it cannot be compared
    if sameness(manifest, known) != "identical":
        return {}
    reason = f"identical to champion {champion}: the same answers and intervals"
    return {"identical_to": champion, "reason": reason}
