"""Publishes a version with a champion's model, unchanged, and intervals that recent labels calibrated."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from storage.models.pickles import pickled
from storage.models.store import HOLDOUT, INTERVALS, METRICS, MODEL, MODEL_CARD, ModelStore
from storage.schema.gate_check import GateCheck
from storage.schema.manifest import ModelManifest, Recalibration
from storage.schema.predictions import LabelledPredictions
from storage.schema.records import utc_now
from training.evaluation.holdout import holdout_bytes
from training.models.interval_figures import IntervalFigures, interval_figures
from training.models.intervals import PriceIntervals
from training.publishing.publish import CANDIDATES_FOLDER, free_version_id
from training.publishing.training_code import training_code

CARD_OF_THE_MODEL = "# The card of the model that it carries\n\n"


def publish_recalibrated(
    store: ModelStore,
    recalibration: Recalibration,
    intervals: PriceIntervals,
    holdout: LabelledPredictions,
    checks: Sequence[GateCheck],
    trigger_id: str,
) -> ModelManifest:
    """Write the version folder; the champion does not change.

    Parameters
    ----------
    recalibration
        Names the version whose intervals are replaced; all other files are that one's.
    holdout
        The model's answers to the test part with the new intervals.
    checks
        Of the decision about them.
    """
    before = store.manifest(recalibration.replaced)
    files = {
        name: store.read(before.version, name)
        for name in before.checksums
        if not name.startswith(f"{CANDIDATES_FOLDER}/")
    }
    now = utc_now()
    version = free_version_id(store, files[MODEL], now)
    found = interval_figures(holdout.lower, holdout.upper, holdout.actual, intervals.coverage)
    manifest = before.model_copy(
        update={
            "version": version,
            "created_at": now,
            "metrics": before.metrics | _metrics(found),
            "checks": list(checks),
            "trigger_id": trigger_id,
            "parent": before.version,
            "code": training_code(),
            # The run is that of the version whose model it carries, and is removed with that one.
            "mlflow_run_id": None,
            "recalibration": recalibration,
        }
    )
    files[INTERVALS] = pickled(intervals)
    files[HOLDOUT] = holdout_bytes(holdout)
    files[MODEL_CARD] = _card(manifest, found, files[MODEL_CARD].decode()).encode()
    files[METRICS] = _document(manifest, found, json.loads(files[METRICS]))
    return store.publish(manifest, files)


def _metrics(found: IntervalFigures) -> dict[str, float]:
    return {f"test_interval_{name}": value for name, value in asdict(found).items()}


def _document(manifest: ModelManifest, found: IntervalFigures, known: dict[str, Any]) -> bytes:
    """Return what ``best_model_metrics.json`` says."""
    own = {"version": manifest.version, "intervals": asdict(found)}
    if manifest.recalibration is not None:
        own["recalibration"] = manifest.recalibration.model_dump(mode="json")
    return json.dumps(known | own, indent=2).encode()


def _card(manifest: ModelManifest, found: IntervalFigures, before: str) -> str:
    sentence = manifest.recalibration.sentence() if manifest.recalibration is not None else ""
    checks = "\n".join(f"- {check.name}: {check.sentence}." for check in manifest.checks)
    return f"""# Recalibrated intervals, version {manifest.version}

{sentence} Its answers are those of that version; its intervals are for rows like the recent ones.

On the test part, which is as the training table was, they hold {found.coverage:.1%}. Further below, figures
of intervals and of coverage are those of the intervals before.

{checks}

{CARD_OF_THE_MODEL}{before.rpartition(CARD_OF_THE_MODEL)[2]}"""
