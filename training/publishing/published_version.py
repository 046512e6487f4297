"""A published version as the gate takes it, from a training just finished or interrupted after publishing."""

from dataclasses import dataclass

from storage.errors import ModelIntegrityError, RecordNotFound
from storage.models.store import HOLDOUT, ModelStore
from storage.schema.arrays import FloatArray
from storage.schema.manifest import ModelManifest
from training.dataset.splits import Part, split
from training.dataset.table import HousingTable
from training.evaluation.holdout import read_holdout


@dataclass(frozen=True)
class PublishedVersion:
    """One version.

    Attributes
    ----------
    test
        Opened once, by its training; the gate compares the champion's answers to it with the version's.
    chosen_by
        Shape (n, d): the inputs of the validation part, which chose it and calibrated its intervals.
    """

    manifest: ModelManifest
    test: Part
    chosen_by: FloatArray


def published_for(
    store: ModelStore, trigger_id: str, table: HousingTable, seed: int
) -> PublishedVersion | None:
    """Return the complete version that an interrupted attempt at a retraining has already published.

    The steps after publishing are safe to repeat; the training need not be repeated.
    """
    for manifest in store.versions():
        if manifest.recalibration is not None:
            continue  # it carries a model that another training made
        if manifest.trigger_id == trigger_id and manifest.dataset_sha256 == table.sha256:
            try:
                store.verify(manifest.version)
                holdout = read_holdout(store.read(manifest.version, HOLDOUT))
            except (ModelIntegrityError, RecordNotFound):
                continue
            test = Part(holdout.inputs, holdout.actual)
            return PublishedVersion(manifest, test, split(table, seed).validation.inputs)
    return None
