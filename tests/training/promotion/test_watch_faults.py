"""The watch over a promotion when it is killed, when files are damaged, and when nothing can be written."""

import json
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from storage.errors import PointerUnavailable, ProgressUnavailable
from storage.models.champion import ChampionSwitch
from storage.models.store import MODEL
from storage.retraining.queue import RetrainQueue
from storage.schema.records import utc_now
from storage.settings import Settings
from tests.training.promotion.watched import Bench, after, watched_runtime
from tests.versions import publish_dearer, spoil
from training.dataset.sources import load_table
from training.models.candidates import configured_candidates
from training.promotion import watch as promotion_watch
from training.promotion.watch import PromotionWatch
from training.worker import RetrainingWorker


class Killed(Exception):
    """Stands for a kill: what comes after it in the process does not happen."""


@pytest.fixture
def bench(champion_settings: Settings) -> Iterator[Bench]:
    with watched_runtime(champion_settings) as bench:
        yield bench


@pytest.mark.parametrize("step", ["take_back", "record", "keep_progress"])
@pytest.mark.parametrize("is_done", [False, True], ids=["before", "behind"])
def test_a_kill_anywhere_leaves_one_rollback_one_event_and_one_entry(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, step: str, is_done: bool
) -> None:
    bench.promote(worse_by=1.0)
    bench.label()
    watch = bench.watch()
    _kill_at(watch, monkeypatch, step, is_done=is_done)
    with pytest.raises(Killed):
        watch.run_once(utc_now())
    monkeypatch.undo()
    assert bench.watch().run_once(utc_now()) == "rolled back"
    assert bench.watch().run_once(utc_now()) is None
    assert bench.serving() == bench.first
    assert [event["event_kind"] for event in bench.events()] == ["rollback"]
    assert [entry.action for entry in bench.audited()] == ["rollback"]
    kept = json.loads(bench.settings.paths.promotion_watch.read_text())
    assert (kept["told"], kept["totals"]) == (True, {"rolled back": 1})


def _kill_at(
    watch: PromotionWatch, monkeypatch: pytest.MonkeyPatch, step: str, *, is_done: bool
) -> None:
    owners = {
        "take_back": watch._switch,
        "record": watch._timeline,
        "keep_progress": promotion_watch,
    }
    real = getattr(owners[step], step)

    def killed(*given: Any) -> None:
        if is_done:
            real(*given)
        raise Killed

    monkeypatch.setattr(owners[step], step, killed)


def test_a_person_who_acts_between_the_kill_and_the_restart_has_the_last_word(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.promote(worse_by=1.0)
    bench.label()
    watch = bench.watch()
    _kill_at(watch, monkeypatch, "take_back", is_done=False)
    with pytest.raises(Killed):
        watch.run_once(utc_now())
    other = publish_dearer(bench.store, bench.first, "other", 0.1).version
    ChampionSwitch(bench.store, bench.store.verify).promote(other)
    assert bench.watch().run_once(utc_now()) == "overtaken"
    assert bench.serving() == other


@pytest.mark.parametrize("damage", ["missing", "damaged"])
def test_without_the_version_before_it_is_said_once_and_nothing_breaks(
    bench: Bench, damage: str
) -> None:
    bench.promote(worse_by=1.0)
    bench.label()
    folder = bench.store.folder(bench.first)
    if damage == "missing":
        shutil.rmtree(folder)
    else:
        spoil(folder / MODEL)
    watch = bench.watch()
    assert watch.run_once(utc_now()) == "not comparable"
    assert watch.run_once(after(8)) is None
    assert bench.serving() == "promoted"
    (event,) = bench.events()
    assert event["event_kind"] == "alert"
    assert f"version {bench.first} cannot be loaded" in event["summary"]


def test_a_version_before_it_that_can_answer_but_not_serve_is_no_way_back(bench: Bench) -> None:
    bench.promote(worse_by=1.0)
    bench.label()
    spoil(bench.store.folder(bench.first) / "X_train.csv")
    assert bench.watch().run_once(utc_now()) == "not comparable"
    assert (
        "cannot be rolled back: The earlier champion cannot serve" in bench.events()[0]["summary"]
    )


def test_a_pointer_that_cannot_be_written_is_tried_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    bench.promote(worse_by=1.0)
    bench.label()
    watch = bench.watch()
    monkeypatch.setattr("storage.models.pointer.write_atomically", full)
    with pytest.raises(PointerUnavailable):
        watch.run_once(utc_now())
    monkeypatch.setattr("storage.process.progress.write_atomically", full)
    with pytest.raises(ProgressUnavailable):
        watch.run_once(utc_now())
    monkeypatch.undo()
    assert watch.run_once(utc_now()) == "rolled back"
    assert len(bench.events()) == 1


def test_the_idle_worker_watches_and_outlives_a_database_that_is_away(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.promote(worse_by=1.0)
    candidates = configured_candidates(bench.settings)
    worker = RetrainingWorker(bench.settings, load_table, candidates, bench.spool)
    for _ in range(2):
        assert worker.run_once(utc_now()) is None
    assert caplog.text.count("Watch over the promotion: The log database is not available") == 1
    bench.label()
    worker.run_once(after(0.1))
    assert bench.serving() == bench.first
    assert RetrainQueue(bench.settings.paths.triggers).pending() == []
