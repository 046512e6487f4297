"""Old versions go after a training: their folders, their artifacts in MLflow, and the audit log says so."""

from pathlib import Path

import pytest
from mlflow import MlflowClient

from storage.audit.trail import AuditTrail
from storage.domain.subject import MODEL_NAME
from storage.models.store import ModelStore
from storage.schema.records import utc_now
from storage.settings import Settings
from tests.settings import changed
from tests.storage.models.test_champion import publish
from tests.tracking_store import settings_with_store
from tests.training.tracking.registered import RegisteredOnce
from training.dataset.table import HousingTable
from training.tracking.forgetting import REMOVED_TAG
from training.tracking.registry import VERSION_TAG
from training.tracking.store import TrackingUnavailable
from training.versions.__main__ import main
from training.versions.retention import VersionRetention, remove_old_versions


@pytest.fixture
def kept_one(tmp_path: Path, empty_tracking_store: Path) -> Settings:
    """Settings with MLflow's store, under which one version stays besides those that must."""
    return changed(settings_with_store(tmp_path / "runtime", empty_tracking_store), versions_kept=1)


@pytest.fixture
def trained(
    kept_one: Settings, small_table: HousingTable, tmp_path_factory: pytest.TempPathFactory
) -> list[str]:
    """Two versions, of which the second serves, and the first never did."""
    once = RegisteredOnce.made(tmp_path_factory, small_table)
    registered, first = once.copied(kept_one.paths.root)
    second = registered.train()
    registered.promote(second)
    return [first.version, second.version]


def artifacts(settings: Settings) -> list[Path]:
    return [path for path in settings.paths.mlflow_artifacts.rglob("*") if path.is_file()]


def test_the_old_go_with_their_artifacts_and_stay_listed(
    kept_one: Settings,
    trained: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    store, retention = ModelStore(kept_one.paths), VersionRetention(kept_one)
    before = len(artifacts(kept_one))
    with monkeypatch.context() as patch:
        patch.setattr("training.versions.retention.forget", _unavailable)
        remove_old_versions(kept_one, utc_now())
    assert {each.version for each in store.versions()} == {trained[1]}
    assert len(artifacts(kept_one)) == before
    assert retention.run_once(utc_now()) == ()  # and MLflow is back
    assert len(artifacts(kept_one)) == before // 2
    client = MlflowClient(kept_one.tracking_uri)
    marked = {
        each.tags[VERSION_TAG]: REMOVED_TAG in each.tags
        for each in client.search_model_versions(f"name = '{MODEL_NAME}'")
    }
    assert marked == {trained[0]: True, trained[1]: False}
    (entry,) = [one for one in AuditTrail(kept_one.paths).newest(10) if one.action == "removal"]
    assert entry.subject == trained[0]
    monkeypatch.setenv("HOUSING_RUNTIME_DIRECTORY", str(kept_one.paths.root))
    assert main(["list"]) == 0
    assert f"{trained[0]}  linear_regression  removed on " in capsys.readouterr().out


def _unavailable(*_: object) -> None:
    raise TrackingUnavailable("MLflow is away.")


def test_pins_that_cannot_be_read_keep_everything_and_fail_no_training(
    kept_one: Settings, trained: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    kept_one.paths.pinned_versions.write_text("{torn")
    remove_old_versions(kept_one, utc_now())
    assert {each.version for each in ModelStore(kept_one.paths).versions()} == set(trained)
    assert "pinned_versions.json cannot be read, so no version is removed" in caplog.text


def test_a_pinned_one_stays(
    kept_one: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store = ModelStore(kept_one.paths)
    for name in ("old", "new"):
        publish(store, name)
    monkeypatch.setenv("HOUSING_RUNTIME_DIRECTORY", str(kept_one.paths.root))
    assert main(["pin", "old"]) == 0
    assert VersionRetention(kept_one).run_once(utc_now()) == ()
    assert main(["unpin", "old"]) == 0
    assert main(["unpin", "old"]) == 1
    assert main(["pin", "nowhere"]) == 1
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "Version old stays until it is unpinned.",
        "Version old may be removed.",
    ]
    assert said.err.splitlines() == [
        "Version old is not pinned.",
        "There is no model version nowhere.",
    ]
    assert [each.version for each in VersionRetention(kept_one).run_once(utc_now())] == ["old"]
