"""kill -9 of workers and log-writer at random moments under load: nothing is lost, nothing doubled."""

import os
import random
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

from storage.settings import Settings
from tests.faults.load import Load
from tests.faults.system_under_test import (
    System,
    kill_worker,
    report,
    running_system,
)
from tests.system import wait_for

pytestmark = pytest.mark.xdist_group("faults")

SEED = int(os.environ.get("FAULT_SEED", "0"))
CONNECTIONS = 16
LOG_WRITER_LIFE_SECONDS = (0.1, 2.0)
ANSWERS_BETWEEN_WORKERS = (300, 1500)
"""A worker dies while the service answers, not while it is still coming back."""


@dataclass
class Kills:
    """How many processes of each kind are killed."""

    log_writer: int
    workers: int


SOME = Kills(6, 2)
MANY = Kills(40, 20)


class Killer:
    """Kills at seeded random moments until there were enough; the log-writer is started again each time."""

    def __init__(self, system: System, load: Load, kills: Kills, seed: int) -> None:
        self._system = system
        self._load = load
        self._wanted = kills
        self._log_writer_moments = random.Random(seed)  # noqa: S311 - when, not a secret
        self._worker_moments = random.Random(seed + 1)  # noqa: S311 - when, not a secret
        self.done = Kills(0, 0)

    def run(self) -> None:
        """Kill both kinds at once."""
        workers = threading.Thread(target=self._kill_workers)
        workers.start()
        self._kill_log_writers()
        workers.join()

    def _kill_log_writers(self) -> None:
        while self.done.log_writer < self._wanted.log_writer:
            self._system.log_writer.start()
            time.sleep(self._log_writer_moments.uniform(*LOG_WRITER_LIFE_SECONDS))
            self._system.log_writer.kill()
            self.done.log_writer += 1
        self._system.log_writer.start()

    def _kill_workers(self) -> None:
        while self.done.workers < self._wanted.workers:
            due = len(self._load.answers) + self._worker_moments.randint(*ANSWERS_BETWEEN_WORKERS)
            self._wait_for_answers(due)
            workers = wait_for(self._system.workers, what="a worker")
            if kill_worker(self._worker_moments.choice(workers)):
                self.done.workers += 1

    def _wait_for_answers(self, number: int) -> None:
        wait_for(lambda: len(self._load.answers) >= number, what="answers between kills")


@pytest.mark.parametrize(
    "kills", [SOME, pytest.param(MANY, marks=pytest.mark.soak)], ids=["some", "many"]
)
def test_every_answered_prediction_is_recorded_exactly_once(
    kills: Kills, champion_settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with running_system(champion_settings, tmp_path) as system:
        with Load(champion_settings.addresses.backend_port, CONNECTIONS) as load:
            killer = Killer(system, load, kills, SEED)
            killer.run()
        drain_seconds = system.drained()
        answered = load.answered_ids()
        lost, doubled = system.lost_and_doubled(answered)
        recorded = len(system.stored()[0])
        good_lines_set_aside = system.good_lines_set_aside()
    figures = {
        "seed": SEED,
        "kills": asdict(killer.done),
        "answered_200": len(answered),
        "answered_per_second": round(len(answered) / load.seconds),
        "cut_off_by_kills": load.unanswered,
        "recorded": recorded,
        "lost": lost,
        "doubled": doubled,
        "drain_seconds": round(drain_seconds, 1),
    }
    report(capsys, figures)
    assert killer.done == kills
    assert len(answered) > kills.workers * ANSWERS_BETWEEN_WORKERS[0]
    assert (lost, doubled, good_lines_set_aside) == (0, 0, 0), figures
