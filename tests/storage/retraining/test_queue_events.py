"""The queue under any order of events, and under workers that are killed at any moment."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from storage.errors import StateConflict
from storage.retraining.files import SUFFIXES
from storage.retraining.queue import Claim, RetrainQueue
from storage.retraining.reader import CLOSED
from storage.schema.triggers import HeartBeat
from tests.system import REPOSITORY, clean_environment, wait_for


class QueueMachine(RuleBasedStateMachine):
    """Workers come, work, finish and die in any order; a model says what must hold."""

    claims = Bundle("claims")

    def __init__(self) -> None:
        super().__init__()
        root = Path(os.environ["QUEUE_MACHINE_FOLDER"])
        self.folder = root / str(time.time_ns())
        self.queue = RetrainQueue(self.folder)
        self.states: dict[str, str] = {}
        self.held: dict[str, Claim] = {}
        self.orphans: set[str] = set()
        self.to_stop: set[str] = set()
        self.junk = 0

    @rule()
    def submit(self) -> None:
        self.states[self.queue.submit("test", "tests").trigger_id] = "pending"

    @rule(target=claims)
    def take(self) -> Claim | None:
        # A worker of its own each time: nothing may depend on what one object remembers.
        claim = RetrainQueue(self.folder).claim()
        waiting = sorted(name for name, state in self.states.items() if state == "pending")
        if claim is None:
            assert waiting == []
            return None
        trigger_id = claim.trigger.trigger_id
        assert trigger_id == waiting[0]
        assert trigger_id not in self.held
        self.states[trigger_id] = "running"
        self.held[trigger_id] = claim
        return claim

    @rule(claim=consumes(claims), succeeded=st.booleans())
    def finish(self, claim: Claim | None, succeeded: bool) -> None:
        if claim is not None:
            claim.finish({"by": claim.trigger.attempts}, succeeded=succeeded)
            del self.held[claim.trigger.trigger_id]
            self.to_stop.discard(claim.trigger.trigger_id)
            self.states[claim.trigger.trigger_id] = "done" if succeeded else "failed"

    @rule(claim=consumes(claims))
    def notice(self, claim: Claim | None) -> None:
        """The worker comes to a step's end, and stops if it is asked to."""
        if claim is None:
            return
        trigger_id = claim.trigger.trigger_id
        assert (claim.cancellation() is not None) == (trigger_id in self.to_stop)
        claim.stop({})
        del self.held[trigger_id]
        self.to_stop.discard(trigger_id)
        self.states[trigger_id] = "cancelled"

    @precondition(lambda self: self.states)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        trigger_id = data.draw(st.sampled_from(sorted(self.states)))
        queue = RetrainQueue(self.folder)
        if self.states[trigger_id] in CLOSED or trigger_id in self.to_stop & self.held.keys():
            with pytest.raises(StateConflict):
                queue.cancel(trigger_id, "test", "tests")
            return
        found = queue.cancel(trigger_id, "test", "tests")
        if trigger_id in self.held:
            self.to_stop.add(trigger_id)
            assert found.state == "running"
        else:
            self.orphans.discard(trigger_id)
            self.to_stop.discard(trigger_id)
            self.states[trigger_id] = "cancelled"

    @rule(claim=consumes(claims))
    def die(self, claim: Claim | None) -> None:
        if claim is not None:
            claim.release()
            del self.held[claim.trigger.trigger_id]
            self.orphans.add(claim.trigger.trigger_id)

    @rule()
    def recover(self) -> None:
        stopping = self.orphans & self.to_stop
        assert set(RetrainQueue(self.folder).recover()) == self.orphans - stopping
        self.states |= dict.fromkeys(self.orphans, "pending") | dict.fromkeys(stopping, "cancelled")
        self.orphans.clear()
        self.to_stop -= stopping

    @rule(claim=claims, progress=st.floats(0, 1))
    def beat(self, claim: Claim | None, progress: float) -> None:
        if claim is not None and claim.trigger.trigger_id in self.held:
            claim.beat(HeartBeat(stage="training", step="test", progress=progress))

    @rule(content=st.binary(max_size=20), suffix=st.sampled_from(["trigger", "running"]))
    def drop_junk(self, content: bytes, suffix: str) -> None:
        self.junk += 1
        self.folder.mkdir(exist_ok=True)
        (self.folder / f"0-junk-{self.junk}.{suffix}").write_bytes(content)

    @invariant()
    def every_trigger_is_in_the_one_state_that_it_should_be(self) -> None:
        for trigger_id, state in self.states.items():
            assert self.queue.find(trigger_id).state == state
            files = [
                path.suffix
                for path in self.folder.glob(f"{trigger_id}.*")
                if path.suffix in SUFFIXES.values()
            ]
            assert len(files) == 1

    def teardown(self) -> None:
        """Whatever happened, one more worker brings every trigger to an end."""
        for claim in self.held.values():
            claim.release()
        survivor = RetrainQueue(self.folder)
        survivor.recover()
        while (rest := survivor.claim()) is not None:
            rest.finish({}, succeeded=True)
        assert all(survivor.find(name).state in CLOSED for name in self.states)
        assert len(survivor.history(limit=1_000)) == len(self.states)


def test_any_order_of_events_keeps_the_promise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUEUE_MACHINE_FOLDER", str(tmp_path))
    run_state_machine_as_test(
        QueueMachine, settings=settings(max_examples=40, stateful_step_count=25)
    )


WORKER_PROGRAM = """
import os, sys, time
from pathlib import Path
from storage.retraining.queue import RetrainQueue

queue, work = RetrainQueue(Path(sys.argv[1])), Path(sys.argv[2])

def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False

while True:
    queue.recover()
    claim = queue.claim()
    if claim is None:
        time.sleep(0.01)
        continue
    marker = work / f"{claim.trigger.trigger_id}.working"
    if marker.exists() and alive(marker.read_text() or "0"):
        (work / f"{claim.trigger.trigger_id}.twice").touch()
    marker.write_text(str(os.getpid()))
    time.sleep(0.02)
    with (work / f"{claim.trigger.trigger_id}.finished").open("a") as stream:
        stream.write("once\\n")
    marker.unlink()
    claim.finish({"pid": os.getpid()}, succeeded=True)
"""


def test_workers_killed_at_any_moment_never_work_at_once_and_lose_nothing(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "triggers"
    work = tmp_path / "work"
    work.mkdir()
    queue = RetrainQueue(folder)
    ids = [queue.submit(str(number), "tests").trigger_id for number in range(80)]
    chance = random.Random(0)  # noqa: S311 - moments to kill at, no secret
    workers = [_start(folder, work) for _ in range(3)]
    try:
        for _ in range(12):
            wait_for(lambda: list(work.glob("*.working")), what="a worker at work")
            time.sleep(chance.uniform(0.0, 0.03))
            victim = _at_work(work, workers) or workers[0]
            workers.remove(victim)
            os.kill(victim.pid, signal.SIGKILL)
            victim.wait()
            workers.append(_start(folder, work))
        wait_for(lambda: not queue.open_files(), what="an empty queue")
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    assert list(work.glob("*.twice")) == []
    assert {path.stem for path in work.glob("*.finished")} == set(ids)
    history = queue.history(100)
    assert {trigger.trigger_id for trigger in history} == set(ids)
    assert max(trigger.attempts for trigger in history) > 1  # some did die at work
    assert list(queue.files.unreadable()) == []


def _at_work(work: Path, workers: list[subprocess.Popen[bytes]]) -> subprocess.Popen[bytes] | None:
    for path in work.glob("*.working"):
        try:
            pid = path.read_text()
        except FileNotFoundError:
            continue
        for worker in workers:
            if str(worker.pid) == pid:
                return worker
    return None


def _start(folder: Path, work: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", WORKER_PROGRAM, str(folder), str(work)],
        cwd=REPOSITORY,
        env=clean_environment(),
    )
