"""MLflow's store broken in each way: said in one sentence within a time, healed where nothing is lost."""

import json
import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from storage.models.store import ModelStore
from storage.schema.records import utc_now
from storage.settings import Settings
from tests.settings import changed
from tests.system import REPOSITORY, clean_environment
from tests.training.conftest import SilentSteps, named_candidates
from training import mlflow_server
from training.dataset.table import HousingTable
from training.tracking import store
from training.tracking.registration_retry import RegistrationRetry
from training.tracking.registry import ModelRegistry
from training.tracking.store import TrackingUnavailable, answering, create_store
from training.train import Training

LONGEST_SECONDS = 20.0


def _garbage(path: Path) -> None:
    path.write_bytes(os.urandom(9_000))


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _newer(path: Path) -> None:
    _execute(path, "UPDATE alembic_version SET version_num = 'ffffffffffff'")


def _half_built_with_records(path: Path) -> None:
    _execute(path, "DELETE FROM experiments", "INSERT INTO registered_models (name) VALUES ('one')")


BROKEN: dict[str, tuple[Callable[[Path], None], str]] = {
    "garbage": (_garbage, "damaged.*move it away or restore a backup"),
    "a folder": (_folder, "a folder has the name.*move it away"),
    "cut": (_cut, "damaged.*move it away or restore a backup"),
    "newer": (_newer, "found version ffffffffffff, but expected"),
    "half-built with records": (_half_built_with_records, "half-built but has records"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_each_way_is_one_sentence(how: str, settings: Settings) -> None:
    break_it, sentence = BROKEN[how]
    break_it(settings.paths.mlflow_store)
    told = _refused(settings)
    assert str(settings.paths.mlflow_store) in told or how == "newer"
    with pytest.raises(TrackingUnavailable, match=sentence), answering():
        create_store(settings)


def test_a_locked_store_is_not_waited_for(settings: Settings) -> None:
    with closing(sqlite3.connect(settings.paths.mlflow_store, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert "database is locked" in _refused(settings)


def test_a_builder_that_hangs_is_not_waited_for(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.tracking.store_file.LOCK_SECONDS", 0.1)
    folder = settings.paths.mlflow_store.parent
    holder = subprocess.Popen(
        ["flock", str(folder / "store.lock"), "sh", "-c", "echo held; exec sleep 60"],
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    assert "another process has been building" in _refused(settings)
    os.killpg(holder.pid, 9)
    holder.communicate()


def test_a_server_that_accepts_and_does_not_answer_is_not_waited_for(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "ANSWER_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        assert "timed out" in _refused(changed(settings, mlflow_tracking_uri=address))


def test_a_database_that_is_out_of_reach_is_not_waited_for(
    settings: Settings, free_port: int
) -> None:
    address = f"postgresql://user:secret@127.0.0.1:{free_port}/mlflow"
    told = _refused(changed(settings, mlflow_tracking_uri=address))
    assert "Connection refused" in told
    assert "secret" not in told


def test_killed_at_any_moment_and_both_at_once_it_is_whole_or_missing() -> None:
    # In memory: each of MLflow's many steps waits for the disk, which is not what is tested.
    with tempfile.TemporaryDirectory(dir="/dev/shm") as runtime:
        program = [sys.executable, "-m", "tests.training.tracking.kill_builders", runtime]
        done = subprocess.run(
            program, cwd=REPOSITORY, env=clean_environment(), capture_output=True, text=True
        )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found == {"codes": [0, 0], "left": ["mlflow.db", "store.lock"]}


def test_a_store_that_was_left_half_built_is_built_anew(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """As MLflow leaves it when it is killed: tables, but not all, and nothing in them."""
    _execute(settings.paths.mlflow_store, "DELETE FROM experiments", "DROP TABLE issues")
    create_store(settings)
    assert "half-built and had no records" in caplog.text
    assert len(list(settings.paths.mlflow_store.parent.glob("mlflow-half-built-*.db"))) == 1
    ModelRegistry(settings)


def test_the_server_says_it_too(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    _garbage(settings.paths.mlflow_store)
    monkeypatch.setenv("HOUSING_RUNTIME_DIRECTORY", str(settings.runtime_directory))
    for name in mlflow_server.server_environment(settings):
        monkeypatch.setenv(name, "")
    with pytest.raises(SystemExit, match="move it away"):
        mlflow_server.main()


def _artifacts_in_the_way(settings: Settings) -> Path:
    settings.paths.mlflow_artifacts.write_text("in the way")
    return settings.paths.mlflow_artifacts


def _garbage_store(settings: Settings) -> Path:
    _garbage(settings.paths.mlflow_store)
    return settings.paths.mlflow_store


@pytest.mark.parametrize("break_it", [_garbage_store, _artifacts_in_the_way])
def test_a_training_publishes_and_registers_later(
    break_it: Callable[[Settings], Path], settings: Settings, small_table: HousingTable
) -> None:
    broken = break_it(settings)
    (candidate,) = named_candidates("linear_regression")
    manifest = Training(settings, small_table, (candidate,), SilentSteps()).run().manifest
    assert manifest.mlflow_run_id is None
    assert ModelStore(settings.paths).manifest(manifest.version) == manifest
    broken.unlink()
    assert RegistrationRetry(settings).run_once(utc_now())
    assert ModelRegistry(settings)._numbers().keys() == {manifest.version}


def _refused(settings: Settings) -> str:
    """Return why MLflow is not available: one line, in time."""
    started = time.monotonic()
    with pytest.raises(TrackingUnavailable, match="MLflow is not available") as told:
        ModelRegistry(settings)
    assert time.monotonic() - started < LONGEST_SECONDS
    assert "\n" not in str(told.value)
    return str(told.value)


def _execute(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)
