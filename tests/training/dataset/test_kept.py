"""The table of a version outlives the file it came in, and nothing else is taken for it."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from storage.errors import InvalidDataset
from storage.models.store import MANIFEST, ModelStore
from storage.models.tables import KeptTables
from storage.settings import Settings
from tests.storage.models.test_champion import publish
from tests.versions import overwrite
from training.dataset.file import load_file
from training.dataset.kept import champion_table, keep_table
from training.dataset.table import HousingTable


@pytest.fixture
def store(settings: Settings, small_table: HousingTable, embedded: HousingTable) -> ModelStore:
    """The versions "embedded" and "small", each of its own table; the latter serves."""
    store = ModelStore(settings.paths)
    for name, table in (("embedded", embedded), ("small", small_table)):
        keep_table(settings.paths, table)
        publish(store, name, dataset_sha256=table.sha256, table=table.learned)
        store.set_champion(name)
    return store


def test_the_copy_is_exact_and_any_tool_reads_it(
    store: ModelStore, settings: Settings, small_table: HousingTable
) -> None:
    found = champion_table(settings.paths)
    assert found is not None
    assert np.array_equal(found.values, small_table.values)
    assert found.learned == small_table.learned
    assert load_file(KeptTables(settings.paths).path(found.sha256)).sha256 == found.sha256


def test_after_a_rollback_it_is_the_table_of_what_serves(
    store: ModelStore, settings: Settings, embedded: HousingTable
) -> None:
    store.set_champion("embedded", "rollback")
    found = champion_table(settings.paths)
    assert found is not None
    assert (found.sha256, found.learned) == (embedded.sha256, embedded.learned)


def test_without_a_champion_there_is_none(settings: Settings) -> None:
    assert champion_table(settings.paths) is None


def test_a_table_that_is_gone_torn_or_another_is_refused_with_what_to_do(
    store: ModelStore, settings: Settings, small_table: HousingTable, embedded: HousingTable
) -> None:
    kept = KeptTables(settings.paths)
    path, other = kept.path(small_table.sha256), kept.path(embedded.sha256)
    overwrite(path, b"PAR1")
    _refused(settings, "cannot be read from")
    overwrite(path, other.read_bytes())
    _refused(settings, "so it was not used")
    path.unlink()
    _refused(settings, "is not kept")


def _refused(settings: Settings, why: str) -> None:
    with pytest.raises(InvalidDataset) as refused:
        champion_table(settings.paths)
    said = str(refused.value)
    assert said.startswith("The table that version small learned from (small table, 600 rows, SHA-")
    assert why in said
    assert "`python -m training --csv FILE`" in said


def test_of_a_champion_that_cannot_be_read_the_version_before_says_it(
    store: ModelStore, settings: Settings, embedded: HousingTable, caplog: pytest.LogCaptureFixture
) -> None:
    overwrite(store.folder("small") / MANIFEST, b"{")
    found = champion_table(settings.paths)
    assert found is not None
    assert found.sha256 == embedded.sha256
    assert "The table is that of version embedded." in caplog.text
    shutil.rmtree(settings.paths.versions)
    with pytest.raises(InvalidDataset, match="No version can be read that says which table"):
        champion_table(settings.paths)


def test_a_manifest_of_an_earlier_release_is_known_by_its_rows(
    store: ModelStore, settings: Settings, embedded: HousingTable
) -> None:
    publish(store, "old", dataset_sha256=embedded.sha256)
    store.set_champion("old")
    found = champion_table(settings.paths)
    assert found is not None
    assert found.sha256 == embedded.sha256
    publish(store, "lost", dataset_sha256="0" * 64)
    store.set_champion("lost")
    with pytest.raises(InvalidDataset, match=r"version lost learned from \(SHA-256 0{12}\) is not"):
        champion_table(settings.paths)


def test_a_second_copy_mends_the_first(settings: Settings, small_table: HousingTable) -> None:
    path: Path = KeptTables(settings.paths).path(small_table.sha256)
    keep_table(settings.paths, small_table)
    whole = path.read_bytes()
    overwrite(path, b"")
    keep_table(settings.paths, small_table)
    assert path.read_bytes() == whole
