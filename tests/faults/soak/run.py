"""A whole ``make up`` under load for a long time, while all of its processes are killed by turns."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import requests
import sqlalchemy as sa

from storage.database.backlog import BacklogReader
from storage.database.connection import Database
from storage.schema.records import utc_now
from storage.schema.tables import predictions
from storage.settings import Settings
from tests.faults.load import Answer, Load
from tests.faults.soak.samples import Sample, grown, look, parts, table
from tests.faults.system_under_test import kill_worker
from tests.launched import launched, procfile
from tests.system import children, running, wait_for

SERVICE = "mlops-api"
SERVICE_WORKER = "one of its workers"
LOOKS = 60
PARTS = 6
LONGEST_PAUSE_SECONDS = 60.0
START_SECONDS = 300.0
DRAIN_SECONDS = 600.0
SHORTEST_JUDGED_SECONDS = 1_200.0
"""In less, hardly anything is left after the time in which caches fill."""
HELD_SHARE = 0.95
"""Of the requests that were asked for; the rest is what each killed parent of the workers costs."""


class CountedLoad(Load):
    """A load that keeps only the ids of what was answered 200, and how many answers were others."""

    def __init__(self, port: int, per_second: float) -> None:
        super().__init__(port, per_second=per_second)
        self.ids: list[str] = []
        self.others: Counter[int] = Counter()
        self.longest = 0.0

    def keep(self, answer: Answer) -> None:
        """Count an answer."""
        self.longest = max(self.longest, answer.seconds)
        if answer.status == 200:
            self.ids.append(answer.content["prediction_id"])
        else:
            self.others[answer.status] += 1


@dataclass
class Outcome:
    """What came of it."""

    acknowledged: int = 0
    stored: int = 0
    lost: int = 0
    doubled: int = 0
    unanswered: int = 0
    longest_seconds: float = 0.0
    drain_seconds: float = 0.0
    others: dict[int, int] = field(default_factory=dict)
    kills: Counter[str] = field(default_factory=Counter)
    rows: list[Sample] = field(default_factory=list)
    growth: list[str] = field(default_factory=list)
    per_second: float = 0.0
    asked_per_second: float = 0.0
    is_judged: bool = False

    def text(self) -> str:
        """Return all figures for a person."""
        kills = ", ".join(f"{name} {number}" for name, number in sorted(self.kills.items()))
        return "\n".join(
            [
                table(self.rows),
                "",
                f"Acknowledged {self.acknowledged:,}, stored {self.stored:,}; lost {self.lost}, "
                f"doubled {self.doubled}.",
                f"Cut off by kills {self.unanswered:,}, other answers {self.others or 'none'}; longest "
                f"answer {self.longest_seconds:.1f} s, spool drained in {self.drain_seconds:.1f} s.",
                f"Killed: {kills}.",
                f"Answered {self.per_second:.0f} of {self.asked_per_second:g} requests/s.",
                *self._verdicts(),
            ]
        )

    def failed(self) -> bool:
        """Whether a promise was broken."""
        lost = self.lost or self.doubled or self.stored < self.acknowledged
        return bool(lost or self.growth or (self.is_judged and self._is_slow()))

    def _is_slow(self) -> bool:
        return self.per_second < HELD_SHARE * self.asked_per_second

    def _verdicts(self) -> list[str]:
        if not self.is_judged:
            return ["Too short to judge growth and rate."]
        return [
            "The rate fell short." if self._is_slow() else "The rate was held.",
            *(f"{each}." for each in self.growth or ["After ten minutes nothing grew"]),
        ]


class Soak:
    """One run.

    Parameters
    ----------
    settings
        A runtime folder with a champion, and free ports.
    per_second
        Requests.
    seconds
        Of load.
    """

    def __init__(self, settings: Settings, per_second: float, seconds: float, log: Path) -> None:
        self._settings = settings
        self._per_second = per_second
        self._seconds = seconds
        self._log = log
        self._load = CountedLoad(settings.addresses.backend_port, per_second)
        self._kinds = [SERVICE_WORKER, *procfile()]
        self._kills: Counter[str] = Counter()
        self._samples: list[Sample] = []
        self._over = threading.Event()

    def run(self, tell: Callable[[str], object] = lambda _: None) -> Outcome:
        """Start everything, load and kill, wait for the spool, count; ``tell`` gets a table now and then."""
        with running("backend.launcher", self._log, **self._told()) as launcher:
            wait_for(self._answers, START_SECONDS, "an answer of the service")
            wait_for(lambda: len(launched(launcher.pid)) == len(procfile()), what="all processes")
            killer = threading.Thread(target=self._kill, args=(launcher.pid,))
            with self._load:
                killer.start()
                try:
                    self._look(launcher.pid, tell)
                finally:
                    self._over.set()
                    killer.join()
            drain_seconds = self._drained()
        return self._outcome(drain_seconds)

    def _told(self) -> dict[str, str]:
        addresses = self._settings.addresses
        return {
            "HOUSING_RUNTIME_DIRECTORY": str(self._settings.runtime_directory),
            "HOUSING_BACKEND_PORT": str(addresses.backend_port),
            "HOUSING_DASHBOARD_PORT": str(addresses.dashboard_port),
            "HOUSING_MLFLOW_PORT": str(addresses.mlflow_port),
        }

    def _answers(self) -> bool:
        with suppress(requests.RequestException):
            url = f"{self._settings.addresses.backend_url}/health/ready"
            return requests.get(url, timeout=5).ok
        return False

    def _look(self, launcher: int, tell: Callable[[str], object]) -> None:
        begun, told = time.monotonic(), 0
        for number in range(1, LOOKS + 1):
            time.sleep(max(0.0, begun + number * self._seconds / LOOKS - time.monotonic()))
            seconds = time.monotonic() - begun
            paths = self._settings.paths
            self._samples.append(look(launcher, paths, seconds, len(self._load.ids)))
            if number * PARTS // LOOKS > told:
                told = number * PARTS // LOOKS
                tell(table(parts(self._samples, PARTS, self._seconds)))

    def _kill(self, launcher: int) -> None:
        moments = random.Random(0)  # noqa: S311 - which, not a secret
        pause = min(LONGEST_PAUSE_SECONDS, self._seconds / (len(self._kinds) + 2))
        while not self._over.wait(pause):
            kind = self._kinds[self._kills.total() % len(self._kinds)]
            alive = launched(launcher)
            found = alive.get(SERVICE if kind == SERVICE_WORKER else kind)
            if found is None:
                continue  # on its way back
            victims = children(found) if kind == SERVICE_WORKER else [found]
            if victims and kill_worker(moments.choice(victims)):
                self._kills[kind] += 1

    def _drained(self) -> float:
        backlog = BacklogReader(Database(self._settings.database_address), self._settings.paths)
        begun = time.monotonic()
        wait_for(lambda: not backlog.read(utc_now()).bytes, DRAIN_SECONDS, "a drained spool")
        return time.monotonic() - begun

    def _outcome(self, drain_seconds: float) -> Outcome:
        database = Database(self._settings.database_address)
        with database.transaction() as connection:
            stored = list(connection.scalars(sa.select(predictions.c.prediction_id)))
        database.close()
        is_judged = self._seconds >= SHORTEST_JUDGED_SECONDS
        return Outcome(
            acknowledged=len(self._load.ids),
            stored=len(stored),
            lost=len(set(self._load.ids) - set(stored)),
            doubled=len(stored) - len(set(stored)),
            unanswered=self._load.unanswered,
            longest_seconds=self._load.longest,
            drain_seconds=drain_seconds,
            others=dict(self._load.others),
            kills=self._kills,
            rows=parts(self._samples, PARTS, self._seconds),
            growth=grown(self._samples) if is_judged else [],
            per_second=len(self._load.ids) / self._load.seconds,
            asked_per_second=self._per_second,
            is_judged=is_judged,
        )
