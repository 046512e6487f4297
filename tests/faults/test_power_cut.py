"""A power cut: what a disk may forget, and what is promised all the same."""

import itertools
import random
import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage.database.connection import Database
from storage.log_writer.writer import LogWriter
from storage.models.store import ModelStore
from storage.paths import RuntimePaths
from storage.retraining.queue import RetrainQueue
from storage.schema.records import utc_now
from storage.schema.tables import predictions
from storage.setting_groups.records import SpoolSync
from storage.settings import Settings
from storage.spool.rejected import RejectedRecords
from storage.spool.spool import Spool
from tests.lazy_disk import FORGETS, Forgets, LazyDisk, lazy_disk
from tests.storage import records
from tests.storage.models.test_champion import publish
from tests.system import wait_for

APPENDS = 60
SEGMENT_BYTES = 4096
"""Nine answers: files are closed, moved and removed all the time."""


@pytest.fixture
def disk(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[LazyDisk]:
    settings.paths.root.mkdir()
    with lazy_disk(settings.paths.root, monkeypatch) as disk:
        yield disk


class Recording:
    """A process that appends answers and a log-writer that moves them; the database keeps its commits."""

    def __init__(self, settings: Settings, sync: SpoolSync) -> None:
        self._settings = settings
        self._database = Database(settings.database_address, writable=True)
        self._database.migrate()
        self.spool = Spool(settings.paths.spool, SEGMENT_BYTES, sync)
        self.writer = LogWriter(settings.paths, self._database, 65536)

    def answer(self, number: int) -> str:
        """Append one answer; return its request id."""
        self.spool.append([records.answer(str(number))])
        return str(number)

    def recorded_after(self, disk: LazyDisk, target: Path, forgets: Forgets) -> Counter[str]:
        """Cut the power now; return how often each answer is recorded once the log-writer has run again."""
        disk.after_power_cut(target, forgets)
        left = RuntimePaths(target)
        shutil.rmtree(left.database.parent, ignore_errors=True)
        shutil.copytree(self._settings.paths.database.parent, left.database.parent)
        database = Database(f"sqlite:///{left.database}", writable=True)
        LogWriter(left, database, 65536).drain(utc_now())
        with database.transaction() as connection:
            found = Counter(connection.scalars(sa.select(predictions.c.request_id)))
        database.close()
        assert RejectedRecords(left.rejected_records).count() == 0  # no file was moved twice
        return found

    def close(self) -> None:
        self.spool.close()
        self._database.close()


@pytest.mark.parametrize("forgets", FORGETS)
def test_before_each_answer_nothing_answered_is_lost(
    settings: Settings, disk: LazyDisk, tmp_path: Path, forgets: Forgets
) -> None:
    moments = random.Random(0)  # noqa: S311 - when, not a secret
    recording = Recording(settings, "answer")
    answered = Counter[str]()
    for number in range(APPENDS):
        answered[recording.answer(number)] += 1
        if moments.random() < 0.2:
            recording.writer.run_once(utc_now())
        if number % 29 == 28:
            after = recording.recorded_after(disk, tmp_path / f"after {number}", forgets)
            assert after == answered
    recording.close()
    recording.writer.drain(utc_now())
    assert recording.recorded_after(disk, tmp_path / "after all", forgets) == answered


@pytest.mark.parametrize("forgets", FORGETS)
def test_at_an_interval_what_came_since_the_last_flush_is_lost(
    settings: Settings, disk: LazyDisk, tmp_path: Path, forgets: Forgets
) -> None:
    recording = Recording(settings, "interval")
    flushed = {recording.answer(number) for number in range(20)}
    recording.spool.flush()
    since = {recording.answer(number) for number in range(20, 25)}
    after = recording.recorded_after(disk, tmp_path / "after", forgets)
    assert flushed <= after.keys()
    assert not since & after.keys()
    assert set(after.values()) == {1}
    recording.close()


def test_the_interval_is_kept_by_a_thread(settings: Settings, disk: LazyDisk) -> None:
    spool = Spool(settings.paths.spool, SEGMENT_BYTES, "interval", 0.05)
    spool.keep_checking()
    spool.append([records.answer()])
    before = disk.flushes
    wait_for(lambda: disk.flushes > before, what="a flush")
    spool.close()


@pytest.mark.parametrize("forgets", FORGETS)
def test_without_flushes_what_was_moved_stays_and_is_not_doubled(
    settings: Settings, disk: LazyDisk, tmp_path: Path, forgets: Forgets
) -> None:
    recording = Recording(settings, "off")
    moved = Counter(recording.answer(number) for number in range(20))
    disk.keep_everything()  # the kernel flushes what it likes
    recording.writer.drain(utc_now())
    for number in range(20, 25):
        recording.answer(number)
    assert recording.recorded_after(disk, tmp_path / "after", forgets) == moved
    recording.close()


def test_a_change_of_champion_is_whole_or_did_not_happen(
    settings: Settings, disk: LazyDisk, tmp_path: Path
) -> None:
    left: list[Path] = []

    def cut() -> None:
        places = [tmp_path / f"after {next(numbers)}" for _ in FORGETS]
        left.extend(map(disk.after_power_cut, places, FORGETS))

    numbers = itertools.count()

    store = ModelStore(settings.paths)
    publish(store, "a")
    store.set_champion("a")
    cut()
    assert {_champion(folder) for folder in left} == {"a"}
    left.clear()
    disk.on_flush = cut
    publish(store, "b")
    store.set_champion("b")
    disk.on_flush = lambda: None
    assert {_champion(folder) for folder in left} == {"a", "b"}
    left.clear()
    cut()
    assert {_champion(folder) for folder in left} == {"b"}


def _champion(folder: Path) -> str:
    """Return what serves: each version that shows is whole, and a pointer leads to one of them."""
    store = ModelStore(RuntimePaths(folder))
    shown, unreadable = store.inventory()
    assert unreadable == []
    for manifest in shown:
        store.verify(manifest.version)
    return store.champion().version


@pytest.mark.parametrize("forgets", FORGETS)
def test_a_request_for_a_training_is_kept(
    settings: Settings, disk: LazyDisk, tmp_path: Path, forgets: Forgets
) -> None:
    queue = RetrainQueue(settings.paths.triggers)
    asked = queue.submit("drift", "a person")
    left = RuntimePaths(disk.after_power_cut(tmp_path / "asked", forgets))
    assert (left.triggers / f"{asked.trigger_id}.trigger").exists()
