"""The watch over a promotion, with real versions, a real database and kills in between."""

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from typing import Any

import pytest

from storage.audit import AuditTrail
from storage.audit_chain import AuditEntry
from storage.champion_switch import ChampionSwitch
from storage.database import Database
from storage.errors import PointerUnavailable, ProgressUnavailable
from storage.log_handler import open_spool
from storage.log_writer import LogWriter
from storage.model_store import MODEL, ModelStore
from storage.record_log import PageRequest, RecordLog
from storage.retrain_queue import RetrainQueue
from storage.schema.records import ChampionPointer, PointerMove, utc_now
from storage.settings import Settings
from storage.spool import Spool
from storage.timeline import Timeline
from tests.training.labelled import keep_labelled
from tests.versions import publish_dearer, spoil
from training import promotion_watch
from training.candidates import configured_candidates
from training.dataset.sources import load_table
from training.dataset.splits import Part, split
from training.promotion_watch import WATCH, PromotionWatch
from training.worker import RetrainingWorker

ROWS = 400


@pytest.fixture(scope="module")
def held_out() -> Part:
    return split(load_table(), seed=0).test.open()


class Killed(Exception):
    """Stands for a kill: what comes after it in the process does not happen."""


class Bench:
    """A runtime folder with a champion, and a version that was promoted in its place."""

    def __init__(self, settings: Settings, spool: Spool, held_out: Part) -> None:
        self.settings = settings
        self.spool = spool
        self.held_out = held_out
        self.store = ModelStore(settings.paths)
        self.first = self.store.champion().version

    def promote(self, worse_by: float, moved_by: PointerMove = "gate") -> ChampionPointer:
        version = publish_dearer(self.store, self.first, "promoted", worse_by).version
        return self.store.set_champion(version, moved_by)

    def label(self, rows: int = ROWS, begin: int = 0) -> None:
        """Log predictions from just now on, whose prices are those of districts nobody learned from."""
        part = Part(
            self.held_out.inputs[begin : begin + rows], self.held_out.targets[begin : begin + rows]
        )
        keep_labelled(self.settings, part, utc_now())

    def watch(self, **settings: Any) -> PromotionWatch:
        changed = self.settings.model_copy(update=settings)
        return PromotionWatch(changed, Timeline(self.spool))

    def serving(self) -> str:
        pointer = self.store.champion_pointer()
        assert pointer is not None
        return pointer.version

    def events(self) -> list[dict[str, Any]]:
        with closing(Database(self.settings.database_address, writable=True)) as database:
            database.migrate()
            writer = LogWriter(self.settings.paths, database, 65536)
            assert writer.drain(utc_now()).rejected == 0
            log = RecordLog(database, self.settings.paths)
            return log.events(PageRequest(), kinds=("rollback", "watch", "alert")).rows

    def audited(self) -> list[AuditEntry]:
        return AuditTrail(self.settings.paths).newest(10)


@pytest.fixture
def bench(champion_settings: Settings, held_out: Part) -> Iterator[Bench]:
    spool = open_spool(champion_settings)
    yield Bench(champion_settings, spool, held_out)
    spool.close()


def after(days: float) -> datetime:
    return utc_now() + timedelta(days=days)


def test_a_worse_version_is_rolled_back_once_and_everybody_is_told(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.promote(worse_by=0.5)
    bench.label()
    watch = bench.watch()
    assert watch.run_once(utc_now()) == "rolled back"
    for watch_again in (watch, bench.watch()):
        assert watch_again.run_once(utc_now()) is None
        assert watch_again.run_once(after(8)) is None
    pointer = bench.store.champion_pointer()
    assert pointer is not None
    assert (pointer.version, pointer.previous) == (bench.first, "promoted")
    assert pointer.moved_by == "watch"
    (event,) = bench.events()
    assert (event["event_kind"], event["actor"], event["subject"]) == (
        "rollback",
        WATCH,
        bench.first,
    )
    assert "worse beyond doubt on 400 labelled predictions" in event["summary"]
    assert event["figures"]["difference_lower"] > 0
    assert event["figures"]["rmse"] > event["figures"]["previous_rmse"]
    (entry,) = bench.audited()
    assert (entry.actor, entry.action, entry.subject) == (WATCH, "rollback", bench.first)
    assert entry.figures["previous"] == "promoted"
    assert entry.reason is not None
    assert entry.reason.startswith("worse beyond doubt")
    assert "Rolled back by itself" in caplog.text
    assert json.loads(bench.settings.paths.promotion_watch.read_text())["totals"] == {
        "rolled back": 1
    }


def test_an_equal_version_is_kept_at_the_end_of_the_period(bench: Bench) -> None:
    bench.promote(worse_by=0.0)
    bench.label()
    watch = bench.watch()
    assert watch.run_once(utc_now()) is None
    assert watch.run_once(after(6.9)) is None
    assert bench.events() == []
    assert watch.run_once(after(7.1)) == "kept"
    assert watch.run_once(after(8)) is None
    assert bench.serving() == "promoted"
    (event,) = bench.events()
    assert (event["event_kind"], event["subject"]) == ("watch", "promoted")
    assert event["summary"].startswith("Kept: promoted, not proven worse on 400 labelled")
    assert event["figures"]["looks"] == 2
    assert bench.audited() == []


def test_too_few_labels_judge_nothing_and_are_said_at_the_end(bench: Bench) -> None:
    bench.promote(worse_by=1.0)
    bench.label(rows=99)
    watch = bench.watch()
    assert watch.run_once(utc_now()) is None
    assert watch.run_once(after(8)) == "kept"
    assert "not judged: of 99 labelled predictions" in bench.events()[0]["summary"]


def test_each_look_waits_for_twice_the_labels(bench: Bench) -> None:
    bench.promote(worse_by=0.0)
    bench.label(rows=150)
    watch = bench.watch()
    seen = []
    for begin in (150, 250, 350):
        watch.run_once(utc_now())
        seen.append(json.loads(bench.settings.paths.promotion_watch.read_text())["seen_rows"])
        bench.label(rows=100, begin=begin)
    assert seen == [150, 150, 350]


def test_what_the_versions_learned_from_or_met_before_the_promotion_is_no_evidence(
    bench: Bench,
) -> None:
    bench.label()
    bench.promote(worse_by=1.0)
    learned = split(load_table(), seed=0).train
    keep_labelled(bench.settings, Part(learned.inputs[:ROWS], learned.targets[:ROWS]), utc_now())
    watch = bench.watch()
    assert watch.run_once(utc_now()) is None
    assert watch.run_once(after(8)) == "kept"
    assert "are different and new to both versions" in bench.events()[0]["summary"]


@pytest.mark.parametrize("moved_by", ["promotion", "command line", "rollback", "watch", None])
def test_what_a_person_or_a_rollback_chose_is_left_alone(
    bench: Bench, moved_by: PointerMove
) -> None:
    bench.promote(1.0, moved_by)
    bench.label()
    assert bench.watch().run_once(after(8)) is None
    assert bench.serving() == "promoted"


def test_a_setting_has_promotions_by_hand_watched_but_never_a_second_time(bench: Bench) -> None:
    bench.promote(1.0, "promotion")
    bench.label()
    watch = bench.watch(watch_manual_promotions=True)
    assert watch.run_once(utc_now()) == "rolled back"
    ChampionSwitch(bench.store).promote("promoted")
    bench.label(begin=ROWS)
    assert watch.run_once(utc_now()) is None
    assert watch.run_once(after(8)) is None
    assert bench.serving() == "promoted"


def test_without_a_period_or_a_version_before_nothing_is_watched(bench: Bench) -> None:
    bench.label()
    assert bench.watch().run_once(after(8)) is None
    bench.promote(1.0)
    bench.label(begin=ROWS)
    assert bench.watch(watch_days=0.0).run_once(after(8)) is None
    assert not bench.settings.paths.promotion_watch.exists()


def test_a_promotion_by_a_person_during_the_look_stays(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even of the same version: back, and then to it again."""
    bench.promote(worse_by=1.0)
    bench.label()
    watch = bench.watch()
    compare = watch._compare

    def meanwhile(*given: Any) -> Any:
        switch = ChampionSwitch(bench.store)
        switch.roll_back()
        switch.promote("promoted")
        return compare(*given)

    monkeypatch.setattr(watch, "_compare", meanwhile)
    assert watch.run_once(utc_now()) == "overtaken"
    monkeypatch.undo()
    assert watch.run_once(after(8)) is None
    assert bench.serving() == "promoted"
    (event,) = bench.events()
    assert "Not rolled back: The champion was changed since" in event["summary"]
    assert bench.audited() == []


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
    ChampionSwitch(bench.store).promote(other)
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
    monkeypatch.setattr("storage.model_store.write_atomically", full)
    with pytest.raises(PointerUnavailable):
        watch.run_once(utc_now())
    monkeypatch.setattr("storage.progress_file.write_atomically", full)
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
    assert caplog.text.count("Watch over the promotion: The log database cannot be used now") == 1
    bench.label()
    worker.run_once(after(0.1))
    assert bench.serving() == bench.first
    assert RetrainQueue(bench.settings.paths.triggers).pending() == []
