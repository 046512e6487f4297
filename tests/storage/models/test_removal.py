"""Old versions are removed, never those that serve or may serve again; a kill leaves nothing half-removed."""

import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from storage.errors import ModelIntegrityError, RecordNotFound
from storage.models.removal import VersionRemoval
from storage.models.removed import RemovedVersion
from storage.models.store import MANIFEST, MODEL, ModelStore
from storage.models.tables import KeptTables
from storage.process.lock import only_process
from storage.schema.records import utc_now
from storage.settings import Settings
from tests.storage.models.test_champion import publish
from tests.versions import overwrite

NAMES = tuple("abcdefgh")


@pytest.fixture
def store(settings: Settings) -> ModelStore:
    """Eight versions, the oldest first; b served before a, which serves."""
    store = ModelStore(settings.paths)
    for name in NAMES:
        publish(store, name)
    store.set_champion("b")
    store.set_champion("a")
    return store


def names(store: ModelStore) -> set[str]:
    return {manifest.version for manifest in store.versions()}


def removal(settings: Settings, most: int = 2) -> VersionRemoval:
    return VersionRemoval(settings.paths, most)


def test_the_newest_stay_and_what_may_serve_again(store: ModelStore, settings: Settings) -> None:
    store.removed.pin(["c"])
    removed = removal(settings).run(utc_now(), also_stay=["d"])
    assert [one.version for one in removed] == ["f", "e"]
    assert names(store) == {"a", "b", "c", "d", "g", "h"}
    assert [path.name for path in settings.paths.versions.iterdir() if path.name[0] == "."] == []
    assert removal(settings).run(utc_now(), also_stay=["d"]) == ()
    for name in names(store):
        store.verify(name)


def test_removed_ones_are_listed_and_named(store: ModelStore, settings: Settings) -> None:
    removal(settings, most=5).run(utc_now())
    assert [one.version for one in store.removed.all()] == ["c"]
    with pytest.raises(RecordNotFound, match=r"Version c was removed on 20.*HOUSING_VERSIONS_KEPT"):
        store.manifest("c")
    with pytest.raises(RecordNotFound, match="There is no model version z"):
        store.manifest("z")


def test_no_limit_removes_nothing(store: ModelStore, settings: Settings) -> None:
    assert removal(settings, most=0).run(utc_now()) == ()
    assert names(store) == set(NAMES)


def test_a_backup_keeps_all_that_it_began_with(store: ModelStore, settings: Settings) -> None:
    with only_process(settings.paths.backup_lock, "a backup"):
        assert removal(settings).run(utc_now()) == ()
    assert len(removal(settings).run(utc_now())) == 4


def test_pins_that_cannot_be_read_stop_it(store: ModelStore, settings: Settings) -> None:
    settings.paths.pinned_versions.write_text("{torn")
    with pytest.raises(ModelIntegrityError, match="no version is removed"):
        removal(settings).run(utc_now())
    assert names(store) == set(NAMES)


def test_a_kill_in_between_is_finished_by_the_next(
    store: ModelStore, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename, moved = Path.rename, []

    def killed(path: Path, target: Path) -> Path:
        moved.append(path)
        if len(moved) == 2:
            raise KeyboardInterrupt
        return rename(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", killed)
        with pytest.raises(KeyboardInterrupt):
            removal(settings).run(utc_now())
    # Each version is whole and not listed, or gone and listed.
    listed = {one.version for one in store.removed.all()}
    assert len(listed) == 1
    assert names(store) == set(NAMES) - listed
    removal(settings).run(utc_now())
    assert names(store) == {"a", "b", "g", "h"}
    assert {path.name for path in settings.paths.versions.iterdir()} == names(store)


def test_what_a_killed_training_left_goes_after_a_day(
    store: ModelStore, settings: Settings
) -> None:
    old, new = (settings.paths.versions / f".{name}.draft" for name in ("old", "new"))
    for folder in (old, new):
        (folder / "candidates").mkdir(parents=True)
    os.utime(old, (0, 0))
    removal(settings, most=20).run(utc_now())
    assert (old.exists(), new.exists()) == (False, True)
    assert names(store) == set(NAMES)


def test_a_damaged_list_is_written_anew(store: ModelStore, settings: Settings) -> None:
    settings.paths.removed_versions.write_text("{torn")
    assert store.removed.all() == ()
    store.removed.keep([RemovedVersion.of(store.manifest("c"), utc_now())])
    assert store.removed.all() == ()  # listed, and still there
    assert len(removal(settings).run(utc_now())) == 4


def test_files_of_versions_are_read_only(store: ModelStore, settings: Settings) -> None:
    for folder, _, files in os.walk(settings.paths.versions):
        for name in files:
            assert stat.S_IMODE((Path(folder) / name).stat().st_mode) == 0o444
    assert stat.S_IMODE(settings.paths.best_model.stat().st_mode) == 0o444
    assert MODEL in store.manifest("a").checksums


def test_a_table_stays_while_a_version_learned_from_it(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    store, tables = ModelStore(settings.paths), KeptTables(settings.paths)
    caplog.set_level("INFO")
    for number, name in enumerate(NAMES):
        publish(store, name, dataset_sha256="even" if number % 2 == 0 else name)
    for sha256 in ("even", *NAMES[1::2], "draft"):
        tables.keep(sha256, b"rows")
    store.set_champion("h")
    assert len(removal(settings).run(utc_now())) == 6
    assert len(list(settings.paths.tables.iterdir())) == 6  # all were written a moment ago
    tomorrow = utc_now() + timedelta(days=1)
    tables.keep("draft", b"rows")
    os.utime(tables.path("draft"), (tomorrow.timestamp(), tomorrow.timestamp()))
    removal(settings).run(tomorrow)
    kept = sorted(path.stem for path in settings.paths.tables.iterdir())
    assert kept == ["draft", "even", "h"]
    assert caplog.text.count("no version learned from it") == 3
    overwrite(store.folder("g") / MANIFEST, b"{")
    removal(settings).run(tomorrow + timedelta(days=9))
    assert len(list(settings.paths.tables.iterdir())) == 3
