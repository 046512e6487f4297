"""What a training on another table said of its split, and what a retraining would; in a process of its own.

Run as ``python -m tests.tables.split_walk OUT`` with the HOUSING_ settings of a trained runtime folder: OUT
gets the answers, as JSON.
"""

import json
import sys
from pathlib import Path

from mlflow import MlflowClient

from storage.models.store import MODEL_CARD, ModelStore
from storage.settings import Settings
from training.dataset.kept import champion_table
from training.dataset.sources import load_table
from training.dataset.splits import split


def main(out: Path) -> None:
    """Write it down."""
    settings = Settings()
    store = ModelStore(settings.paths)
    manifest = store.champion()
    assert manifest is not None
    kept = champion_table(settings.paths)
    assert kept is not None
    client = MlflowClient(settings.tracking_uri, settings.tracking_uri)
    tags = client.get_run(str(manifest.mlflow_run_id)).data.tags
    again, first = split(kept, 0), split(load_table(), 0)
    found = {
        "manifest": manifest.split and manifest.split.model_dump(),
        "again": again.learned.model_dump(),
        "same_rows": bool((again.train.inputs == first.train.inputs).all()),
        "tags": {
            name: tags[name] for name in ("split", "validation_from", "test_from") if name in tags
        },
        "card": (store.folder(manifest.version) / MODEL_CARD).read_text(encoding="utf-8"),
    }
    out.write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
