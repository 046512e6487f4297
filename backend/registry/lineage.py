"""Where a version comes from, put together from its manifest and the record of its retraining."""

from collections.abc import Mapping
from typing import Any

from backend.contract.models.lineage import (
    AskedRetraining,
    LearnedPredictions,
    LeftOutRows,
    Lineage,
)
from storage.errors import RecordNotFound
from storage.retraining.queue import RetrainQueue
from storage.schema.manifest import ModelManifest
from storage.schema.triggers import Trigger


def lineage_of(manifest: ModelManifest, queue: RetrainQueue) -> Lineage:
    """Return the lineage of a version; what an older release did not record is None."""
    labelled = manifest.labelled
    return Lineage(
        model_version=manifest.model_version,
        parent=manifest.parent,
        training_sha256=manifest.training_sha256,
        predictions=_predictions(labelled) if labelled is not None else None,
        candidates=manifest.candidates,
        plan=manifest.plan,
        code=manifest.code,
        libraries=manifest.libraries,
        mlflow_run_id=manifest.mlflow_run_id,
        retraining=_asked(manifest.trigger_id, queue) if manifest.trigger_id is not None else None,
    )


def _predictions(labelled: Mapping[str, Any]) -> LearnedPredictions:
    counts = {**labelled.get("unread", {}), **labelled["left_out"]}
    left_out = [LeftOutRows(why=why, rows=rows) for why, rows in counts.items()]
    return LearnedPredictions(
        since=labelled["since"],
        until=labelled["until"],
        read=labelled["found"],
        used=labelled["used"],
        replaced=labelled["replaced"],
        weight=labelled["weight"],
        left_out=sorted(left_out, key=lambda one: -one.rows),
        why_not=labelled["why_not"],
    )


def _asked(trigger_id: str, queue: RetrainQueue) -> AskedRetraining:
    try:
        trigger: Trigger | None = queue.find(trigger_id).trigger
    except RecordNotFound:
        trigger = None
    return AskedRetraining(
        trigger_id=trigger_id,
        requested_at=trigger.created_at if trigger is not None else None,
        requested_by=trigger.requested_by if trigger is not None else None,
        person=trigger.person if trigger is not None else None,
        source=trigger.source if trigger is not None else None,
        reason=trigger.reason if trigger is not None else None,
    )
