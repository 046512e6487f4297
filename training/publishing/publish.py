"""Turn a finished training into a model version: its id, its files, its manifest."""

import hashlib
import json
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any

from storage.domain.inputs import ARE_PLAIN, FEATURE_NAMES, values_of
from storage.domain.target import TARGET_UNIT
from storage.models.libraries import libraries
from storage.models.pickles import pickled
from storage.models.store import (
    HOLDOUT,
    INTERVALS,
    METRICS,
    MODEL,
    MODEL_CARD,
    REFERENCE_PROFILE,
    SCALER,
    TABLE_PROFILE,
    TRAINING_INPUTS,
    ModelStore,
)
from storage.schema.arrays import FloatArray
from storage.schema.manifest import ModelManifest
from storage.tables.csv_writer import csv_text
from training.evaluation.holdout import holdout_bytes
from training.evaluation.importance import permutation_importances
from training.evaluation.typical_rows import typical_rows
from training.fitting.fit import MeasuredCandidate
from training.fitting.outcome import TrainingOutcome
from training.models.reference_profile import ReferenceProfile
from training.publishing.model_card import model_card
from training.publishing.training_code import training_code

CANDIDATES_FOLDER = "candidates"
VERSION_TIME = "%Y%m%dT%H%M%SZ"


def version_id(model: bytes, now: datetime) -> str:
    """Return a version id that sorts by time and names the model's bytes.

    Examples
    --------
    >>> from datetime import UTC
    >>> version_id(b"", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    '20260102T030405Z-e3b0c442'
    """
    return f"{now.strftime(VERSION_TIME)}-{hashlib.sha256(model).hexdigest()[:8]}"


def free_version_id(store: ModelStore, model: bytes, now: datetime) -> str:
    """Return the id of a version that there is not yet.

    A small table is trained on in less than a second: the same model twice in one second gets a later one.
    """
    found = version_id(model, now)
    while store.folder(found).exists():
        now += timedelta(seconds=1)
        found = version_id(model, now)
    return found


def publish(
    store: ModelStore, outcome: TrainingOutcome, model: bytes, run_id: str | None
) -> ModelManifest:
    """Write the version folder of a training; the champion does not change.

    Parameters
    ----------
    store
        Where versions are kept.
    outcome
        The finished training.
    model
        The winner's pickled pipeline, whose checksum is in the version's id.
    run_id
        MLflow's run of the winner, or None if it could not be recorded.
    """
    parent = store.way_back().champion
    return store.publish(_manifest(outcome, run_id, parent), _files(outcome, model))


def _manifest(outcome: TrainingOutcome, run_id: str | None, parent: str | None) -> ModelManifest:
    winner = outcome.winner.fitted
    return ModelManifest(
        version=outcome.version,
        model_name=winner.name,
        model_type=winner.model_type,
        created_at=outcome.trained_at,
        feature_names=FEATURE_NAMES,
        parameters=winner.parameters,
        metrics=outcome.winner.metrics,
        dataset_sha256=outcome.dataset_sha256,
        table=outcome.table,
        split=outcome.split,
        training_sha256=outcome.training_sha256,
        lesson_sha256=outcome.lesson_sha256,
        labelled=outcome.labelled.as_json() if outcome.labelled is not None else None,
        trigger_id=outcome.trigger_id,
        plan=outcome.plan,
        candidates=[each.fitted.name for each in outcome.candidates],
        parent=parent,
        code=training_code(),
        mlflow_run_id=run_id,
        libraries=libraries(),
        doubts=list(outcome.doubts),
        checks=list(outcome.checks),
        checksums={},
    )


def _files(outcome: TrainingOutcome, model: bytes) -> dict[str, bytes]:
    others = {
        f"{CANDIDATES_FOLDER}/{measured.fitted.name}.pkl": pickled(
            measured.fitted.pipeline, compressed=True
        )
        for measured in outcome.candidates
        if measured is not outcome.winner
    }
    return {
        MODEL: model,
        SCALER: pickled(outcome.winner.fitted.preprocessing),
        TRAINING_INPUTS: inputs_as_csv(outcome.training.inputs),
        INTERVALS: pickled(outcome.intervals),
        REFERENCE_PROFILE: _reference_profile(outcome),
        HOLDOUT: holdout_bytes(outcome.answers),
        MODEL_CARD: model_card(outcome).encode(),
        TABLE_PROFILE: outcome.profile.model_dump_json().encode(),
        METRICS: json.dumps(metrics_document(outcome), indent=2).encode(),
    } | others


def _reference_profile(outcome: TrainingOutcome) -> bytes:
    training, seed = outcome.training, outcome.seed
    predict = outcome.winner.fitted.pipeline.predict
    # On rows that the model was not fitted on: it remembers the others. Nothing is chosen by them.
    importances = permutation_importances(predict, outcome.answers.inputs, seed)
    profile = ReferenceProfile.fit(training.inputs, training.targets, seed, importances)
    return replace(profile, background=typical_rows(predict, profile.inputs, seed)).to_bytes()


def inputs_as_csv(inputs: FloatArray) -> bytes:
    """Return inputs of shape (n, d) as CSV with a header; reading it gives the same float64."""
    if not ARE_PLAIN:
        return csv_text(FEATURE_NAMES, map(values_of, inputs.tolist())).encode()
    lines = [",".join(FEATURE_NAMES), *(",".join(map(repr, row)) for row in inputs.tolist())]
    return "\n".join([*lines, ""]).encode()


def metrics_document(outcome: TrainingOutcome) -> dict[str, Any]:
    """Return what ``best_model_metrics.json`` says."""
    return _figures(outcome.winner) | {
        "version": outcome.version,
        "trained_at": outcome.trained_at.isoformat(),
        "rows": dict(outcome.row_counts),
        "split": outcome.split.model_dump(),
        "units": {"rmse": TARGET_UNIT, "mae": TARGET_UNIT, "r2_score": "1", "fit_seconds": "s"},
        "dataset_sha256": outcome.dataset_sha256,
        "candidates": [_figures(measured) for measured in outcome.candidates],
    }


def _figures(measured: MeasuredCandidate) -> dict[str, Any]:
    return {
        "model_name": measured.fitted.name,
        "model_type": measured.fitted.model_type,
        "validation": asdict(measured.fitted.validation),
        "test": asdict(measured.test),
        "intervals": asdict(measured.intervals) if measured.intervals is not None else None,
        "fit_seconds": measured.fitted.fit_seconds,
    }
