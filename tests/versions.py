"""Further model versions made from a trained one: they load, and each answers differently."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.pipeline import Pipeline

from storage.models.pickles import pickled, unpickled
from storage.models.store import HOLDOUT, MANIFEST, MODEL, ModelStore
from storage.schema.manifest import ModelManifest
from storage.schema.predictions import LabelledPredictions
from training.evaluation.holdout import holdout_bytes, read_holdout


def publish_dearer(store: ModelStore, version: str, name: str, by: float = 0.1) -> ModelManifest:
    """Publish a copy of ``version``, trained a day later, whose prices are higher ``by`` 100,000 USD."""
    manifest = store.manifest(version)
    files = {file: store.read(version, file) for file in manifest.checksums}
    pipeline = unpickled(files[MODEL])
    regressor = pipeline.named_steps["regressor"]
    for part in (regressor, *vars(regressor).values()):
        if isinstance(part, HistGradientBoostingRegressor):
            part._baseline_prediction = part._baseline_prediction + by
    holdout = _answered(pipeline, read_holdout(files[HOLDOUT]), by)
    changed = {"version": name, "created_at": manifest.created_at + timedelta(days=1)}
    made = {MODEL: pickled(pipeline), HOLDOUT: holdout_bytes(holdout)}
    return store.publish(manifest.model_copy(update=changed), files | made)


def publish_unloadable(store: ModelStore, version: str, name: str, **changes: str) -> ModelManifest:
    """Publish a copy of ``version`` as another release's code left it: it unpickles, and cannot answer."""
    manifest = store.manifest(version)
    files = {file: store.read(version, file) for file in manifest.checksums}
    pipeline = unpickled(files[MODEL])
    vars(pipeline.named_steps["regressor"]).clear()
    changed = manifest.model_copy(update={"version": name, **changes})
    return store.publish(changed, files | {MODEL: pickled(pipeline)})


def _answered(pipeline: Pipeline, holdout: LabelledPredictions, by: float) -> LabelledPredictions:
    return replace(
        holdout,
        predicted=pipeline.predict(holdout.inputs),
        lower=holdout.lower + by,
        upper=holdout.upper + by,
    )


def champion_and_dearer(store: ModelStore) -> tuple[str, str]:
    """Return the champion's id and that of a version made from it, which could be champion."""
    champion = store.champion().version
    return champion, publish_dearer(store, champion, "dearer").version


def train_with(store: ModelStore, version: str, **libraries: str) -> None:
    """Let a version say that other libraries trained it."""
    rewrite_manifest(store, version, libraries=store.manifest(version).libraries | libraries)


def rewrite_manifest(store: ModelStore, version: str, **fields: Any) -> None:
    """Let a version say something else of itself."""
    changed = store.manifest(version).model_copy(update=fields)
    overwrite(store.folder(version) / MANIFEST, changed.model_dump_json().encode())


def spoil(path: Path) -> None:
    """Change one byte in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    overwrite(path, bytes(content))


def overwrite(path: Path, content: bytes) -> None:
    """Write into a file of a version, as somebody does who has the right to."""
    if path.exists():
        path.chmod(0o644)
    path.write_bytes(content)
