"""Whether two versions answer alike: a training of the same rows gives the same model once more."""

from storage.models.store import HOLDOUT, INTERVALS, MODEL
from storage.schema.manifest import ModelManifest, Sameness


def sameness(one: ModelManifest, other: ModelManifest) -> Sameness | None:
    """Return in which way two versions are the same; None if they answer differently.

    They are identical if model and intervals have the same bytes, or if both gave the same answers with the
    same intervals to the same rows of a test part.
    """
    if _share(one, other, HOLDOUT) or (_share(one, other, MODEL) and _share(one, other, INTERVALS)):
        return "identical"
    return "same model" if _share(one, other, MODEL) else None


def _share(one: ModelManifest, other: ModelManifest, name: str) -> bool:
    checksum = one.checksums.get(name)
    return checksum is not None and checksum == other.checksums.get(name)
