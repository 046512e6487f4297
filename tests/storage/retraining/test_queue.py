"""The queue: whole files, one worker at a time, nothing lost, junk set aside, whatever dies in between."""

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.errors import QueueUnavailable, RecordNotFound, StateConflict
from storage.retraining import queue as retrain_queue
from storage.retraining.files import UNREADABLE, WHY
from storage.retraining.queue import MOST_ATTEMPTS, Claim, RetrainQueue
from storage.schema.triggers import HeartBeat, Trigger


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "triggers"


@pytest.fixture
def queue(folder: Path) -> RetrainQueue:
    return RetrainQueue(folder)


def claimed(queue: RetrainQueue) -> Claim:
    claim = queue.claim()
    assert claim is not None
    return claim


def test_a_trigger_keeps_who_when_why_and_what_led_to_it(queue: RetrainQueue, folder: Path) -> None:
    asked = queue.submit("prices moved", "monitor", source="drift", figures={"share": 0.25})
    content = json.loads((folder / f"{asked.trigger_id}.trigger").read_text())
    assert content["status"] == "pending"
    assert (content["requested_by"], content["source"]) == ("monitor", "drift")
    assert (content["reason"], content["figures"]) == ("prices moved", {"share": 0.25})
    assert content["created_at"].endswith("Z")


def test_the_oldest_comes_first_and_history_keeps_all(queue: RetrainQueue) -> None:
    ids = [queue.submit(str(number), "tests").trigger_id for number in range(4)]
    assert ids == sorted(ids)
    for number, trigger_id in enumerate(ids):
        claim = claimed(queue)
        assert claim.trigger.trigger_id == trigger_id
        claim.finish({"number": number}, succeeded=number % 2 == 0)
    history = queue.history(limit=10)
    assert [trigger.trigger_id for trigger in history] == ids[::-1]
    assert [trigger.status for trigger in history] == ["failed", "done", "failed", "done"]
    assert [trigger.result for trigger in history] == [{"number": n} for n in (3, 2, 1, 0)]
    assert all(trigger.finished_at and trigger.claimed_at for trigger in history)
    assert len(queue.history(limit=2)) == 2


def test_who_works_is_left_alone_and_who_died_is_replaced(queue: RetrainQueue) -> None:
    trigger_id = queue.submit("test", "tests").trigger_id
    first = claimed(queue)
    other = RetrainQueue(queue.files.folder)
    assert other.recover() == []
    assert other.claim() is None
    first.release()
    assert other.recover() == [trigger_id]
    again = claimed(other)
    assert again.trigger.attempts == 2
    again.finish({}, succeeded=True)
    assert other.find(trigger_id).state == "done"


def test_the_heart_beat_says_how_far_the_work_is(queue: RetrainQueue) -> None:
    trigger_id = queue.submit("test", "tests").trigger_id
    claim = claimed(queue)
    assert queue.find(trigger_id).beat is None
    claim.beat(HeartBeat(stage="training", step="Fitting ridge", progress=0.5))
    beat = queue.find(trigger_id).beat
    assert beat is not None
    assert (beat.stage, beat.step, beat.progress) == ("training", "Fitting ridge", 0.5)
    claim.finish({}, succeeded=True)
    assert queue.find(trigger_id).beat is None


def test_what_waits_is_cancelled_at_once_and_kept_with_who_and_why(queue: RetrainQueue) -> None:
    trigger_id = queue.submit("test", "tests").trigger_id
    found = queue.cancel(trigger_id, "the labels are wrong", "operator")
    assert (found.state, found.trigger.status) == ("cancelled", "cancelled")
    assert found.cancellation is not None
    assert found.cancellation.requested_by == "operator"
    assert found.cancellation.reason == "the labels are wrong"
    assert queue.claim() is None
    assert queue.history(10) == [found.trigger]
    assert queue.submit_if_idle("drift", "check", source="drift") is not None


def test_who_works_is_asked_to_stop_and_closes_it(queue: RetrainQueue) -> None:
    trigger_id = queue.submit("test", "tests").trigger_id
    claim = claimed(queue)
    assert claim.cancellation() is None
    asked = RetrainQueue(queue.files.folder).cancel(trigger_id, "no longer needed", "operator")
    assert asked.state == "running"
    assert claim.cancellation() == asked.cancellation
    with pytest.raises(StateConflict, match="already"):
        queue.cancel(trigger_id, "me too", "admin")
    claim.stop({"steps": []})
    found = queue.find(trigger_id)
    assert (found.state, found.cancellation) == ("cancelled", asked.cancellation)
    assert found.trigger.result == {"steps": []}
    assert sorted(path.suffix for path in queue.files.folder.glob(f"{trigger_id}.*")) == [
        ".cancelled"
    ]


def test_a_cancellation_that_comes_too_late_is_kept_and_changes_nothing(
    queue: RetrainQueue,
) -> None:
    trigger_id = queue.submit("test", "tests").trigger_id
    claim = claimed(queue)
    queue.cancel(trigger_id, "too late", "operator")
    claim.finish({"version": "one"}, succeeded=True)
    found = queue.find(trigger_id)
    assert (found.state, found.trigger.result) == ("done", {"version": "one"})
    assert found.cancellation is not None
    with pytest.raises(StateConflict, match="is over"):
        queue.cancel(trigger_id, "again", "operator")


def test_what_a_dead_worker_left_is_cancelled_at_once(queue: RetrainQueue) -> None:
    trigger_id = queue.submit("test", "tests").trigger_id
    claimed(queue).release()
    assert queue.cancel(trigger_id, "no longer needed", "operator").state == "cancelled"
    assert queue.recover() == []


def test_who_dies_while_it_is_to_stop_is_not_replaced(queue: RetrainQueue) -> None:
    trigger_id = queue.submit("test", "tests").trigger_id
    claim = claimed(queue)
    queue.cancel(trigger_id, "no longer needed", "operator")
    claim.release()
    assert queue.recover() == []
    found = queue.find(trigger_id)
    assert found.state == "cancelled"
    assert found.cancellation is not None
    assert found.cancellation.reason == "no longer needed"


@pytest.mark.parametrize("status", ["done", "failed"])
def test_a_result_that_only_waits_for_its_rename_is_not_cancelled(
    queue: RetrainQueue, status: Literal["done", "failed"]
) -> None:
    trigger_id = queue.submit("test", "tests").trigger_id
    claim = claimed(queue)
    queue.files.write(claim.trigger.closed(status, {"version": "one"}), ".running")
    claim.release()
    with pytest.raises(StateConflict, match="is over"):
        queue.cancel(trigger_id, "too late", "operator")
    queue.recover()
    assert queue.find(trigger_id).state == status


def test_a_death_while_cancelling_starts_nothing(
    queue: RetrainQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    trigger_id = queue.submit("test", "tests").trigger_id

    def die(*_: object) -> None:
        raise InterruptedError("the power went before the rename")

    monkeypatch.setattr(queue, "_move", die)
    with pytest.raises(QueueUnavailable):
        queue.cancel(trigger_id, "no longer needed", "operator")
    survivor = RetrainQueue(queue.files.folder)
    assert survivor.claim() is None
    assert survivor.find(trigger_id).state == "cancelled"


def test_lists_are_by_state_and_the_newest_first(queue: RetrainQueue) -> None:
    ids = [queue.submit(str(number), "tests").trigger_id for number in range(4)]
    claimed(queue).finish({}, succeeded=True)
    claim = claimed(queue)
    queue.cancel(ids[3], "no longer needed", "operator")
    assert [found.trigger.trigger_id for found in queue.newest(10)] == ids[::-1]
    assert [found.state for found in queue.newest(10)] == [
        "cancelled",
        "pending",
        "running",
        "done",
    ]
    assert [found.state for found in queue.newest(10, ["running"])] == ["running"]
    assert [found.trigger.trigger_id for found in queue.newest(2)] == [ids[3], ids[2]]
    claim.release()


def test_a_death_between_result_and_rename_repeats_no_work(
    queue: RetrainQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    trigger_id = queue.submit("test", "tests").trigger_id
    claim = claimed(queue)

    def die(*_: object) -> None:
        raise InterruptedError("the power went before the rename")

    monkeypatch.setattr(queue, "_move", die)
    with pytest.raises(InterruptedError):
        claim.finish({"version": "one"}, succeeded=True)
    claim.release()
    survivor = RetrainQueue(queue.files.folder)
    assert survivor.recover() == []
    found = survivor.find(trigger_id)
    assert (found.state, found.trigger.result) == ("done", {"version": "one"})


def test_a_trigger_that_kills_its_workers_is_given_up(
    queue: RetrainQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retrain_queue, "MOST_ATTEMPTS", 3)
    assert MOST_ATTEMPTS >= 10
    trigger_id = queue.submit("test", "tests").trigger_id
    for _ in range(3):
        claimed(queue).release()
        queue.recover()
    assert queue.claim() is None
    found = queue.find(trigger_id)
    assert (found.state, found.trigger.result) == (
        "failed",
        {"error": "3 workers died while running it."},
    )


def test_a_full_disk_loses_neither_the_work_nor_its_end(
    queue: RetrainQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    trigger_id = queue.submit("test", "tests").trigger_id
    claim = claimed(queue)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(queue.files, "write", full)
    claim.finish({"version": "one"}, succeeded=True)
    assert queue.find(trigger_id).state == "done"
    with pytest.raises(QueueUnavailable, match="No space left"):
        queue.submit("another", "tests")


def test_a_folder_that_cannot_be_used_is_said_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "triggers").write_text("a file")
    queue = RetrainQueue(tmp_path / "triggers")
    for use in (queue.claim, queue.recover, lambda: queue.submit("test", "tests")):
        with pytest.raises(QueueUnavailable, match="cannot be written"):
            use()


@pytest.mark.parametrize("trigger_id", ["../secret", "a/b", "", ".", "a.trigger", "½", "x" * 200])
def test_an_id_cannot_leave_the_folder(queue: RetrainQueue, folder: Path, trigger_id: str) -> None:
    (folder.parent / "secret.trigger").write_text(
        Trigger(trigger_id="secret", requested_by="x", reason="x").model_dump_json()
    )
    with pytest.raises(RecordNotFound):
        queue.find(trigger_id)


def test_what_is_no_file_is_set_aside_too(queue: RetrainQueue, folder: Path) -> None:
    good = queue.submit("test", "tests").trigger_id
    (folder / "0-folder.trigger").mkdir()
    os.mkfifo(folder / "0-pipe.trigger")
    (folder / "0-nowhere.trigger").symlink_to("/nonexistent")
    (folder / "0-huge.trigger").write_bytes(b" " * (2 << 20))
    (folder / "0-another.trigger").write_text((folder / f"{good}.trigger").read_text())
    assert claimed(queue).trigger.trigger_id == good
    reasons = sorted(path.read_text() for path in folder.glob(f"*{WHY}"))
    assert len(reasons) == len(list(queue.files.unreadable())) == 5
    assert sum("not a regular file" in reason for reason in reasons) == 3
    assert any("larger than" in reason for reason in reasons)
    assert any("not the id in its name" in reason for reason in reasons)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(junk=st.binary(max_size=300) | st.text(max_size=50).map(str.encode))
def test_no_content_stops_the_queue(tmp_path: Path, junk: bytes) -> None:
    folder = tmp_path / str(time.time_ns())
    queue = RetrainQueue(folder)
    good = queue.submit("test", "tests").trigger_id
    for suffix in ("trigger", "running"):
        (folder / f"0-junk.{suffix}").write_bytes(junk)
    assert queue.recover() == []
    assert claimed(queue).trigger.trigger_id == good
    kept = [path.read_bytes() for path in folder.glob(f"*{UNREADABLE}")]
    assert kept == [junk, junk]
    assert all(path.read_text().strip() for path in folder.glob(f"*{WHY}"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_half_written_trigger_is_never_carried_out(tmp_path: Path, data: st.DataObject) -> None:
    folder = tmp_path / str(time.time_ns())
    queue = RetrainQueue(folder)
    trigger_id = queue.submit("test", "tests").trigger_id
    path = folder / f"{trigger_id}.trigger"
    content = path.read_bytes()
    path.write_bytes(content[: data.draw(st.integers(0, len(content) - 1))])
    assert queue.claim() is None
    assert len(list(queue.files.unreadable())) == 1


def test_of_many_checks_at_once_one_asks(queue: RetrainQueue) -> None:
    def ask(_: int) -> Trigger | None:
        other = RetrainQueue(queue.files.folder)
        return other.submit_if_idle("the inputs drifted", "check", source="drift")

    with ThreadPoolExecutor(8) as pool:
        asked = [trigger for trigger in pool.map(ask, range(40)) if trigger is not None]
    assert [trigger.trigger_id for trigger in asked] == queue.pending()
    claim = claimed(queue)
    assert ask(0) is None
    claim.finish({}, succeeded=True)
    assert ask(0) is not None
