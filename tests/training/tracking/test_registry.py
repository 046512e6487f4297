"""The champion as MLflow gives it to others: the same numbers, by alias, in a process of its own."""

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import mlflow
import numpy as np
import pytest
import requests
from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion

from storage.domain.subject import MODEL_NAME
from storage.models.store import MODEL, ModelStore
from storage.process.retry import FIRST_PAUSE
from storage.schema.arrays import FloatArray
from storage.schema.records import ModelManifest, utc_now
from storage.settings import Settings
from tests.settings import changed
from tests.small_worker import with_few_trees
from tests.system import REPOSITORY, clean_environment, running, wait_for
from tests.tracking_store import settings_with_store
from tests.training.conftest import SilentSteps, named_candidates
from tests.versions import overwrite, spoil
from training.dataset.table import HousingTable
from training.mlflow_export.__main__ import main as export
from training.models.candidates import Candidate
from training.tracking.alias_sync import AliasSync
from training.tracking.registry import (
    CHALLENGER,
    CHAMPION,
    CHECKSUM_TAG,
    PREVIOUS,
    VERSION_TAG,
    ModelRegistry,
    follow_champion,
    register_challenger,
)
from training.tracking.runs import RecordedRun
from training.tracking.store import CONNECT_SECONDS, TrackingUnavailable
from training.train import Training

CHAMPION_URI = f"models:/{MODEL_NAME}@{CHAMPION}"
LARGEST_DIFFERENCE = 1e-9
SERVED_ROWS = 500
SERVE_SECONDS = 150.0
PROGRAM = """
import sys
import numpy
import mlflow

model = mlflow.pyfunc.load_model(sys.argv[1])
numpy.save(sys.argv[3], model.predict(numpy.load(sys.argv[2])))
"""


@dataclass(frozen=True)
class Registered:
    settings: Settings
    table: HousingTable

    @property
    def store(self) -> ModelStore:
        return ModelStore(self.settings.paths)

    @property
    def client(self) -> MlflowClient:
        return MlflowClient(self.settings.tracking_uri, self.settings.tracking_uri)

    def train(self, name: str = "linear_regression") -> ModelManifest:
        (candidate,) = named_candidates(name)
        return self.train_candidate(candidate)

    def train_candidate(self, candidate: Candidate) -> ModelManifest:
        return Training(self.settings, self.table, (candidate,), SilentSteps()).run().manifest

    def promote(self, manifest: ModelManifest) -> None:
        self.store.set_champion(manifest.version)
        follow_champion(self.settings, manifest)

    def aliases(self) -> dict[str, str]:
        """Return our version id by alias."""
        found = self.client.get_registered_model(MODEL_NAME).aliases
        return {alias: self.version(alias).tags[VERSION_TAG] for alias in found}

    def version(self, alias: str) -> ModelVersion:
        return self.client.get_model_version_by_alias(MODEL_NAME, alias)

    def environment(self) -> dict[str, str]:
        """Return what a process needs that is told nothing but where the store and the code are."""
        programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return {
            "MLFLOW_TRACKING_URI": self.settings.tracking_uri,
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "PYTHONPATH": str(REPOSITORY),
            "PATH": programs,
        }


@pytest.fixture
def registered(settings: Settings, small_table: HousingTable) -> Registered:
    return Registered(settings, small_table)


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory,
    small_table: HousingTable,
    empty_tracking_store: Path,
) -> Registered:
    """A registered champion of the kind that is served, neighbours and all."""
    settings = settings_with_store(
        tmp_path_factory.mktemp("registry") / "runtime", empty_tracking_store
    )
    registered = Registered(settings, small_table)
    (candidate,) = named_candidates("neighbour_boosting")
    registered.promote(registered.train_candidate(with_few_trees(candidate)))
    return registered


def answers_of(registered: Registered, inputs: FloatArray) -> FloatArray:
    """Return what the service's pipeline answers."""
    store = registered.store
    answers: FloatArray = store.load(store.champion().version).predict(inputs)
    return answers


def largest_difference(one: FloatArray, two: FloatArray) -> float:
    assert one.shape == two.shape
    return float(np.max(np.abs(one - two)))


def test_an_export_answers_alike_and_is_made_of_checked_files_only(
    served: Registered,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("HOUSING_RUNTIME_DIRECTORY", str(served.settings.paths.root))
    folder, version = tmp_path / "model", served.store.champion().version
    assert export([str(folder)]) == 0
    inputs = served.table.inputs[:SERVED_ROWS]
    answered = mlflow.pyfunc.load_model(str(folder)).predict(inputs)
    assert largest_difference(answered, answers_of(served, inputs)) < LARGEST_DIFFERENCE
    assert export([str(folder)]) == 1
    model = served.store.folder(version) / MODEL
    whole = model.read_bytes()
    spoil(model)
    assert export([str(tmp_path / "spoiled")]) == 1
    overwrite(model, whole)
    assert not (tmp_path / "spoiled").exists()
    said = capsys.readouterr().err.splitlines()
    assert said[0] == f"{folder} exists; name a folder that does not."
    assert "does not match the checksum" in said[1]


def test_a_version_is_a_challenger_until_it_is_champion(registered: Registered) -> None:
    first = registered.train()
    assert registered.aliases() == {CHALLENGER: first.version}
    registered.promote(first)
    assert registered.aliases() == {CHAMPION: first.version}
    second = registered.train("hist_gradient_boosting")
    follow_champion(registered.settings, second)
    assert registered.aliases() == {CHAMPION: first.version, CHALLENGER: second.version}
    registered.promote(second)
    assert registered.aliases() == {CHAMPION: second.version, PREVIOUS: first.version}


def test_a_registered_version_names_ours_its_checksum_and_its_run(registered: Registered) -> None:
    manifest = registered.train()
    version = registered.version(CHALLENGER)
    assert version.tags == {
        VERSION_TAG: manifest.version,
        CHECKSUM_TAG: manifest.checksums[MODEL],
    }
    assert version.run_id == manifest.mlflow_run_id


def test_a_version_is_registered_once_and_an_older_one_is_no_challenger(
    registered: Registered,
) -> None:
    manifest = registered.train()
    version = registered.version(CHALLENGER)
    run = RecordedRun(str(manifest.mlflow_run_id), str(version.source).removeprefix("models:/"))
    registry = ModelRegistry(registered.settings)
    assert registry.register(manifest, run) == str(version.version)
    older = manifest.model_copy(update={"version": "20000101T000000Z-00000000"})
    assert registry.register(older, run) != str(version.version)
    assert registered.aliases() == {CHALLENGER: manifest.version}


def test_a_champion_that_is_not_registered_has_no_alias(registered: Registered) -> None:
    first = registered.train()
    registered.promote(first)
    ModelRegistry(registered.settings).follow("20260101T000000Z-00000000", first.version)
    assert registered.aliases() == {PREVIOUS: first.version}


def test_mlflow_being_away_costs_a_warning_only(
    registered: Registered,
    free_port: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    manifest = registered.train()
    registered.store.set_champion(manifest.version)
    away = changed(registered.settings, mlflow_tracking_uri=f"http://127.0.0.1:{free_port}")
    assert not register_challenger(away, manifest, RecordedRun("r-0", "m-0"))
    assert "The version is not in its registry yet." in caplog.text
    follow_champion(away, manifest)
    assert "The aliases will be updated after the next training." in caplog.text


def test_the_sync_follows_a_pointer_that_moved_and_then_rests(registered: Registered) -> None:
    first, second = registered.train(), registered.train("hist_gradient_boosting")
    sync, now = AliasSync(registered.settings), utc_now()
    assert not sync.run_once(now)  # nothing is champion yet
    registered.store.set_champion(first.version)
    assert sync.run_once(now)
    assert registered.aliases() == {CHAMPION: first.version, CHALLENGER: second.version}
    assert not sync.run_once(now)
    registered.store.set_champion(second.version)
    assert sync.run_once(now)
    assert registered.aliases() == {CHAMPION: second.version, PREVIOUS: first.version}


def test_the_sync_says_once_that_mlflow_is_away_and_asks_again_later(
    registered: Registered, free_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    registered.store.set_champion(registered.train().version)
    address = f"http://127.0.0.1:{free_port}"
    away = changed(registered.settings, mlflow_tracking_uri=address)
    sync, now = AliasSync(away), utc_now()
    assert sync.run_once(now)
    assert not sync.run_once(now + FIRST_PAUSE / 2)
    assert sync.run_once(now + FIRST_PAUSE)
    assert caplog.text.count("The aliases will be updated when it is back.") == 1


def test_the_sync_makes_no_store_where_nothing_was_recorded(
    registered: Registered, tmp_path: Path
) -> None:
    registered.store.set_champion(registered.train().version)
    copy = Settings(runtime_directory=tmp_path / "copy")
    shutil.copytree(registered.settings.paths.models, copy.paths.models)
    assert not AliasSync(copy).run_once(utc_now())
    assert not copy.paths.mlflow_store.exists()


def test_an_unrecorded_training_does_not_wait_for_mlflow_again(
    registered: Registered, free_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    manifest = registered.train()
    registered.store.set_champion(manifest.version)
    away = changed(registered.settings, mlflow_tracking_uri=f"http://127.0.0.1:{free_port}")
    follow_champion(away, manifest.model_copy(update={"mlflow_run_id": None}))
    assert not caplog.text


@pytest.mark.xdist_group("registry")
def test_another_process_loads_the_champion_by_its_alias(
    served: Registered, embedded: HousingTable, tmp_path: Path
) -> None:
    inputs, answers = tmp_path / "inputs.npy", tmp_path / "answers.npy"
    np.save(inputs, embedded.inputs)
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM, CHAMPION_URI, str(inputs), str(answers)],
        cwd=tmp_path,
        env=clean_environment() | served.environment(),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert result.returncode == 0, result.stderr
    expected = answers_of(served, embedded.inputs)
    assert largest_difference(np.load(answers), expected) <= LARGEST_DIFFERENCE


@pytest.mark.xdist_group("registry")
def test_mlflow_serves_the_champion_by_its_alias(
    served: Registered, embedded: HousingTable, tmp_path: Path, free_port: int
) -> None:
    inputs = embedded.inputs[:SERVED_ROWS]
    address = f"http://127.0.0.1:{free_port}"
    arguments = ("models", "serve", "-m", CHAMPION_URI, "--env-manager", "local")
    with running(
        "mlflow", tmp_path / "serve.log", *arguments, "-p", str(free_port), **served.environment()
    ) as process:
        wait_for(
            lambda: answers_ping(address) or process.poll(),
            seconds=SERVE_SECONDS,
            what="mlflow models serve",
        )
        assert process.poll() is None, (tmp_path / "serve.log").read_text()
        body = {"inputs": inputs.tolist()}
        response = requests.post(f"{address}/invocations", json=body, timeout=60)
    assert response.status_code == 200, response.text
    predicted = np.array(response.json()["predictions"])
    assert largest_difference(predicted, answers_of(served, inputs)) <= LARGEST_DIFFERENCE


def answers_ping(address: str) -> bool:
    try:
        return requests.get(f"{address}/ping", timeout=2).ok
    except requests.ConnectionError:
        return False


def test_a_server_that_is_not_there_is_found_out_at_once(
    registered: Registered, free_port: int
) -> None:
    away = changed(registered.settings, mlflow_tracking_uri=f"http://127.0.0.1:{free_port}")
    started = time.monotonic()
    with pytest.raises(TrackingUnavailable, match="Connection refused"):
        ModelRegistry(away)
    assert time.monotonic() - started < CONNECT_SECONDS
