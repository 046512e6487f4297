"""Versions in MLflow's registry, and the aliases of their roles."""

import shutil
import time
from pathlib import Path

import pytest

from storage.models.store import MODEL
from storage.process.retry import FIRST_PAUSE
from storage.schema.manifest import ModelManifest
from storage.schema.records import utc_now
from storage.settings import Settings
from tests.settings import changed
from tests.training.tracking.registered import Registered
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


def test_a_version_is_a_challenger_until_it_is_champion(
    registered: Registered, first: ModelManifest
) -> None:
    assert registered.aliases() == {CHALLENGER: first.version}
    registered.promote(first)
    assert registered.aliases() == {CHAMPION: first.version}
    second = registered.train_few_trees()
    follow_champion(registered.settings, second)
    assert registered.aliases() == {CHAMPION: first.version, CHALLENGER: second.version}
    registered.promote(second)
    assert registered.aliases() == {CHAMPION: second.version, PREVIOUS: first.version}


def test_a_registered_version_names_ours_its_checksum_and_its_run(
    registered: Registered, first: ModelManifest
) -> None:
    version = registered.version(CHALLENGER)
    assert version.tags == {VERSION_TAG: first.version, CHECKSUM_TAG: first.checksums[MODEL]}
    assert version.run_id == first.mlflow_run_id


def test_a_version_is_registered_once_and_an_older_one_is_no_challenger(
    registered: Registered, first: ModelManifest
) -> None:
    version = registered.version(CHALLENGER)
    run = RecordedRun(str(first.mlflow_run_id), str(version.source).removeprefix("models:/"))
    registry = ModelRegistry(registered.settings)
    assert registry.register(first, run) == str(version.version)
    older = first.model_copy(update={"version": "20000101T000000Z-00000000"})
    assert registry.register(older, run) != str(version.version)
    assert registered.aliases() == {CHALLENGER: first.version}


def test_a_champion_that_is_not_registered_has_no_alias(
    registered: Registered, first: ModelManifest
) -> None:
    registered.promote(first)
    ModelRegistry(registered.settings).follow("20260101T000000Z-00000000", first.version)
    assert registered.aliases() == {PREVIOUS: first.version}


def test_mlflow_being_away_costs_a_warning_only(
    registered: Registered,
    first: ModelManifest,
    free_port: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    registered.store.set_champion(first.version)
    away = changed(registered.settings, mlflow_tracking_uri=f"http://127.0.0.1:{free_port}")
    assert not register_challenger(away, first, RecordedRun("r-0", "m-0"))
    assert "The version is not in its registry yet." in caplog.text
    follow_champion(away, first)
    assert "The aliases will be updated after the next training." in caplog.text


def test_the_sync_follows_a_pointer_that_moved_and_then_rests(
    registered: Registered, first: ModelManifest
) -> None:
    second = registered.train_few_trees()
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
    registered: Registered,
    first: ModelManifest,
    free_port: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    registered.store.set_champion(first.version)
    address = f"http://127.0.0.1:{free_port}"
    away = changed(registered.settings, mlflow_tracking_uri=address)
    sync, now = AliasSync(away), utc_now()
    assert sync.run_once(now)
    assert not sync.run_once(now + FIRST_PAUSE / 2)
    assert sync.run_once(now + FIRST_PAUSE)
    assert caplog.text.count("The aliases will be updated when it is back.") == 1


def test_the_sync_makes_no_store_where_nothing_was_recorded(
    registered: Registered, first: ModelManifest, tmp_path: Path
) -> None:
    registered.store.set_champion(first.version)
    copy = Settings(runtime_directory=tmp_path / "copy")
    shutil.copytree(registered.settings.paths.models, copy.paths.models)
    assert not AliasSync(copy).run_once(utc_now())
    assert not copy.paths.mlflow_store.exists()


def test_an_unrecorded_training_does_not_wait_for_mlflow_again(
    registered: Registered,
    first: ModelManifest,
    free_port: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    registered.store.set_champion(first.version)
    away = changed(registered.settings, mlflow_tracking_uri=f"http://127.0.0.1:{free_port}")
    follow_champion(away, first.model_copy(update={"mlflow_run_id": None}))
    assert not caplog.text


def test_a_server_that_is_not_there_is_found_out_at_once(
    settings: Settings, free_port: int
) -> None:
    away = changed(settings, mlflow_tracking_uri=f"http://127.0.0.1:{free_port}")
    started = time.monotonic()
    with pytest.raises(TrackingUnavailable, match="Connection refused"):
        ModelRegistry(away)
    assert time.monotonic() - started < CONNECT_SECONDS
