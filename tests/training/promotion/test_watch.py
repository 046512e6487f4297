"""The watch over a promotion, with real versions and a real database: what it rolls back and what not."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from storage.models.champion import ChampionSwitch
from storage.schema.manifest import PointerMove
from storage.schema.records import utc_now
from storage.settings import Settings
from tests.training.labelled import keep_labelled
from tests.training.promotion.watched import ROWS, Bench, after, watched_runtime
from training.dataset.sources import load_table
from training.dataset.splits import Part, split
from training.promotion.watch import WATCH


@pytest.fixture
def bench(champion_settings: Settings) -> Iterator[Bench]:
    with watched_runtime(champion_settings) as bench:
        yield bench


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
    assert (pointer.version, pointer.previous) == (bench.first, None)
    assert bench.store.way_back().rolled_back == {"promoted"}
    assert pointer.moved_by == "watch"
    (event,) = bench.events()
    assert (event["event_kind"], event["actor"], event["subject"]) == (
        "rollback",
        WATCH,
        bench.first,
    )
    # Of the 400 some are alike, or like one that was learned.
    rows = event["figures"]["rows"]
    assert 350 < rows < 400
    assert f"significantly worse on {rows} labelled predictions" in event["summary"]
    assert event["figures"]["difference_lower"] > 0
    assert event["figures"]["rmse"] > event["figures"]["previous_rmse"]
    (entry,) = bench.audited()
    assert (entry.actor, entry.action, entry.subject) == (WATCH, "rollback", bench.first)
    assert entry.figures["previous"] == "promoted"
    assert entry.reason is not None
    assert entry.reason.startswith("significantly worse")
    assert "Rolled back automatically" in caplog.text
    assert json.loads(bench.settings.paths.promotion_watch.read_text())["totals"] == {
        "rolled back": 1
    }


@pytest.mark.parametrize("times", [0.4, 2.5])
def test_intervals_that_serve_worse_around_the_same_answers_are_rolled_back(
    bench: Bench, times: float
) -> None:
    """The error of both versions is the same, so it would keep any intervals."""
    bench.recalibrate(times)
    bench.label()
    assert bench.watch().run_once(utc_now()) == "rolled back"
    assert bench.serving() == bench.first
    (event,) = bench.events()
    assert "significantly worse by its intervals on " in event["summary"]
    assert event["figures"]["interval_score"] > event["figures"]["previous_interval_score"]


def test_intervals_that_serve_as_well_are_kept(bench: Bench) -> None:
    promoted = bench.recalibrate(1.02)
    bench.label()
    watch = bench.watch()
    assert watch.run_once(utc_now()) is None
    assert watch.run_once(after(8)) == "kept"
    assert bench.serving() == promoted.version


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
    rows = event["figures"]["rows"]
    assert event["summary"].startswith(f"Kept: promoted, not proven worse on {rows} labelled")
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
    assert "are distinct and new to both versions" in bench.events()[0]["summary"]


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
    ChampionSwitch(bench.store, bench.store.verify).promote("promoted")
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
        switch = ChampionSwitch(bench.store, bench.store.verify)
        switch.roll_back()
        switch.promote("promoted")
        return compare(*given)

    monkeypatch.setattr(watch, "_compare", meanwhile)
    assert watch.run_once(utc_now()) == "overtaken"
    monkeypatch.undo()
    assert watch.run_once(after(8)) is None
    assert bench.serving() == "promoted"
    (event,) = bench.events()
    assert "Not rolled back: The champion has changed since" in event["summary"]
    assert bench.audited() == []
