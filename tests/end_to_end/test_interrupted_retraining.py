"""A retraining whose worker dies, with MLflow away, on a full disk: the champion stays, nothing twice."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from mlflow import MlflowClient
from mlflow.entities.model_registry import ModelVersion

from storage.audit.trail import AuditTrail
from storage.domain.subject import MODEL_NAME
from storage.models.store import MODEL_CARD, ModelStore
from storage.process.retry import FIRST_PAUSE
from storage.retraining.queue import RetrainQueue
from storage.schema.records import utc_now
from storage.schema.triggers import Trigger
from storage.settings import Settings
from tests.end_to_end.killed_worker import STAGES, exit_code
from tests.settings import changed
from tests.system import clean_environment
from tests.tracking_store import empty_store, settings_with_store
from tests.training.bench import forest
from training.dataset.sources import load_table
from training.dataset.table import HousingTable
from training.tracking.pending import OpenRegistrations
from training.tracking.registry import CHAMPION, VERSION_TAG
from training.tracking.runs import ABANDONED
from training.worker import RetrainingWorker

PROCESS_SECONDS = 120
# Through scikit-learn one answer of a forest takes longer than the budget of a model in service.
PATIENT = {"promotion_latency_budget_microseconds": 1e9}


@pytest.fixture
def settings(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    store = empty_store(tmp_path_factory)
    return changed(settings_with_store(tmp_path / "runtime", store), **PATIENT)


def small_table() -> HousingTable:
    return HousingTable(load_table().values[::30], "small table")


def worker(settings: Settings) -> RetrainingWorker:
    return RetrainingWorker(settings, small_table, (forest("good"),))


def retrain(settings: Settings) -> Trigger:
    RetrainQueue(settings.paths.triggers).submit("the test asks", "tests", force=True)
    closed = worker(settings).run_once(utc_now())
    assert closed is not None
    return closed


def registered(settings: Settings) -> list[ModelVersion]:
    client = MlflowClient(settings.tracking_uri, settings.tracking_uri)
    return list(client.search_model_versions(f"name = '{MODEL_NAME}'"))


def test_killed_in_each_stage_it_ends_with_one_version_registered_once(settings: Settings) -> None:
    queue = RetrainQueue(settings.paths.triggers)
    trigger_id = queue.submit("the test asks", "tests").trigger_id
    for stage in STAGES:
        assert _run(settings, stage) == -signal.SIGKILL, stage
    assert _run(settings, "none") == 0
    found = queue.find(trigger_id)
    assert (found.state, found.trigger.attempts) == ("done", len(STAGES))
    result = found.trigger.result
    assert result is not None
    assert result["promoted"], result["reason"]
    (version,) = ModelStore(settings.paths).versions()
    assert version.trigger_id == trigger_id
    assert ModelStore(settings.paths).champion().version == version.version == result["version"]
    (number,) = registered(settings)
    assert number.tags[VERSION_TAG] == version.version
    assert _champion(settings) == version.version
    assert AuditTrail(settings.paths).verify().holds
    # What was killed before it was published is forgotten after an hour: see its own test.
    assert not OpenRegistrations(settings.paths).is_open(version.version)
    assert _unfinished_runs(settings) == 0


def test_mlflow_away_delays_nothing_and_hears_of_the_version_later_once(
    settings: Settings, free_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    away = changed(settings, mlflow_tracking_uri=f"http://127.0.0.1:{free_port}")
    closed = retrain(away)
    assert closed.result is not None
    assert (closed.status, closed.result["promoted"]) == ("done", True)
    assert closed.result["mlflow_run_id"] is None
    assert "and recorded later" in caplog.text
    idle, now = worker(away), utc_now()
    assert idle.run_once(now) is None
    assert idle.run_once(now + FIRST_PAUSE) is None
    assert caplog.text.count("will be registered later") == 1
    for _ in range(3):
        assert worker(settings).run_once(utc_now()) is None
    (number,) = registered(settings)
    assert number.tags[VERSION_TAG] == closed.result["version"] == _champion(settings)
    client = MlflowClient(settings.tracking_uri, settings.tracking_uri)
    run = client.get_run(str(number.run_id))
    parent = client.get_run(run.data.tags["mlflow.parentRunId"])
    assert run.data.metrics == pytest.approx(closed.result["metrics"])
    assert parent.data.tags["trigger_id"] == closed.trigger_id
    assert {MODEL_CARD, "plots", "labelled_predictions.json"} <= {
        each.path for each in client.list_artifacts(parent.info.run_id)
    }


@pytest.fixture
def small_disk(settings: Settings) -> Iterator[Path]:
    """A file system of 24 MiB under the versions."""
    versions = settings.paths.versions
    versions.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m,mode=700", "tmpfs", str(versions)]
    result = subprocess.run(mount, capture_output=True, text=True)
    if result.returncode != 0:
        pytest.skip(
            f"A full disk needs the right to mount a small one ({result.stderr.strip()}); "
            "run as root, or within `unshare -rm`."
        )
    try:
        yield versions
    finally:
        subprocess.run(["umount", "-l", str(versions)], check=True)


def test_a_disk_full_while_publishing_leaves_the_champion_serving(
    settings: Settings, small_disk: Path
) -> None:
    first = retrain(settings)
    assert first.result is not None
    champion = first.result["version"]
    filler = small_disk / "filler"
    _fill(filler, leaving=64 * 1024)
    failed = retrain(settings)
    assert failed.status == "failed"
    assert failed.result is not None
    assert "No space left on device" in failed.result["error"]
    store = ModelStore(settings.paths)
    assert store.champion().version == champion
    store.verify(champion)
    assert [each.version for each in store.versions()] == [champion]
    assert not list(small_disk.glob(".*"))
    filler.unlink()
    assert retrain(settings).status == "done"


def _fill(path: Path, leaving: int) -> None:
    disk = os.statvfs(path.parent)
    with path.open("wb") as file:
        file.write(b"\0" * (disk.f_bavail * disk.f_frsize - leaving))


def _run(settings: Settings, stage: str) -> int | None:
    told = clean_environment(
        HOUSING_RUNTIME_DIRECTORY=str(settings.runtime_directory),
        HOUSING_PROMOTION_LATENCY_BUDGET_MICROSECONDS="1e9",
        HOUSING_TRAINING_THREADS="1",
    )
    return exit_code(stage, told, PROCESS_SECONDS)


def _champion(settings: Settings) -> str:
    client = MlflowClient(settings.tracking_uri, settings.tracking_uri)
    found = client.get_model_version_by_alias(MODEL_NAME, CHAMPION)
    return str(found.tags[VERSION_TAG])


def _unfinished_runs(settings: Settings) -> int:
    client = MlflowClient(settings.tracking_uri, settings.tracking_uri)
    experiment = client.get_experiment_by_name(MODEL_NAME)
    assert experiment is not None
    runs = client.search_runs([experiment.experiment_id])
    assert any(run.data.tags.get(ABANDONED) == "true" for run in runs)
    return sum(run.info.status == "RUNNING" for run in runs)
