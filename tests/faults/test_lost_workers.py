"""Worker processes that hang, or are killed again and again: they are replaced, and the service goes on."""

import os
import random
import signal
import time
from pathlib import Path

import pytest
import requests

from storage.process.lock import only_process
from storage.settings import Settings
from tests.backend.live_service import process_settings
from tests.faults.load import Load
from tests.faults.system_under_test import PATIENCE_SECONDS, kill_worker, running_system
from tests.system import children, lives, running, wait_for

pytestmark = pytest.mark.xdist_group("faults")

WORKERS = 2
KILLS = 20
KILL_PAUSE_SECONDS = 0.5
WATCHDOG_SECONDS = 10.0


def test_a_worker_that_hangs_is_replaced(champion_settings: Settings, tmp_path: Path) -> None:
    with running_system(champion_settings, tmp_path, WORKERS) as system:
        wait_for(lambda: len(system.workers()) == WORKERS, PATIENCE_SECONDS, "two workers")
        before = set(system.workers())
        hung = min(before)
        with Load(champion_settings.addresses.backend_port, connections=4, per_second=40) as load:
            wait_for(lambda: len(load.answers) > 40, what="answers")
            os.kill(hung, signal.SIGSTOP)
            stopped = time.monotonic()
            wait_for(lambda: hung not in system.workers(), what="the end of the hung worker")
            seconds = time.monotonic() - stopped
            wait_for(lambda: set(system.workers()) - before, what="a new worker")
            done = len(load.answers)
            wait_for(lambda: len(load.answers) > done + 40, what="answers afterwards")
    assert seconds < WATCHDOG_SECONDS
    assert load.failures() == []


def test_workers_killed_twenty_times_in_ten_seconds(
    champion_settings: Settings, tmp_path: Path
) -> None:
    moments = random.Random(0)  # noqa: S311 - which, not a secret
    with running_system(champion_settings, tmp_path, WORKERS) as system:
        with Load(champion_settings.addresses.backend_port, connections=4, per_second=40) as load:
            for _ in range(KILLS):
                time.sleep(KILL_PAUSE_SECONDS)
                workers = system.workers()
                if workers:
                    kill_worker(moments.choice(workers))
            done = len(load.answers)
            wait_for(
                lambda: len(load.answers) > done + 40,
                PATIENCE_SECONDS,
                "answers after the last kill",
            )
        wait_for(lambda: len(system.workers()) == WORKERS, PATIENCE_SECONDS, "both workers")
        system.log_writer.start()
        system.drained()
        assert system.lost_and_doubled(load.answered_ids()) == (0, 0)
    assert load.failures() == []


def test_workers_end_when_their_parent_is_gone(champion_settings: Settings, tmp_path: Path) -> None:
    with running("backend", tmp_path / "api.log", **process_settings(champion_settings)) as api:
        url = f"{champion_settings.addresses.backend_url}/health/ready"
        # Until the first worker works, another process answers in its place.
        wait_for(lambda: _answers(url), PATIENCE_SECONDS, "an answer")
        wait_for(lambda: len(children(api.pid)) == WORKERS, what="two workers alone")
        workers = children(api.pid)
        api.kill()
        api.wait()
        wait_for(lambda: not any(map(lives, workers)), what="their end")
    assert not _answers(url)
    with only_process(champion_settings.paths.api_lock, "mlops-api"):
        pass  # the next start finds port and lock free


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=2).ok
    except requests.RequestException:
        return False
