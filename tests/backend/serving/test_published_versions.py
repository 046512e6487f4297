"""Versions that older code published, kept as they were: they load, answer as they did, and serve again."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.services import EXTENSION, Services
from backend.serving.served_model import ServedModel
from storage.domain.inputs import EXAMPLE
from storage.models.store import MANIFEST, ModelStore
from storage.schema.manifest import ModelManifest
from storage.settings import Settings
from tests.system import REPOSITORY, bearer

KEPT = REPOSITORY / "tests" / "published_versions"
FORMATS = ["before_rooms"]
BESIDE = ("lower", "upper", "support")


@pytest.fixture(params=FORMATS)
def kept(request: pytest.FixtureRequest) -> Path:
    folder: Path = KEPT / request.param
    return folder


def put_into(store: ModelStore, kept: Path) -> str:
    """Copy a kept version among those of a runtime folder; return its id."""
    manifest = ModelManifest.model_validate_json((kept / MANIFEST).read_bytes())
    shutil.copytree(kept, store.folder(manifest.version))
    return manifest.version


def test_every_format_is_kept_with_its_answers() -> None:
    assert sorted(path.name for path in KEPT.iterdir() if path.is_dir()) == sorted(FORMATS)


def test_it_answers_as_the_code_did_that_published_it(settings: Settings, kept: Path) -> None:
    store = ModelStore(settings.paths)
    model = ServedModel.load(store, put_into(store, kept))
    assert model.is_compiled
    then = json.loads(kept.with_name(f"{kept.name}_answers.json").read_text())
    now = model.answer(np.array(then["inputs"]))
    arrays = {"values": now.predicted} | {name: getattr(now, name) for name in BESIDE}
    for name, array in arrays.items():
        assert array == pytest.approx(then[name], rel=0, abs=1e-9), name


def test_it_can_be_promoted_left_and_rolled_back_to(
    app: Flask, http: FlaskClient, service_settings: Settings, kept: Path
) -> None:
    store = ModelStore(service_settings.paths)
    newer, old = store.champion().version, put_into(store, kept)
    services: Services = app.extensions[EXTENSION]

    def change(path: str) -> str:
        answer = http.post(path, json={"reason": "as it was"}, headers=bearer("administer"))
        assert answer.status_code == 200, answer.text
        services.host.refresh()
        served = http.post("/predict", json=EXAMPLE).json
        assert served is not None
        return str(served["model_version"])

    assert change(f"/models/{old}/promote") == old
    assert change(f"/models/{newer}/promote") == newer
    assert change("/models/rollback") == old
