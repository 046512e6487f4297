"""What the log-writer does between two rounds: prune a little, update totals, publish its status."""

import contextlib
import logging
from collections import Counter
from datetime import datetime, timedelta
from typing import NamedTuple

from storage.log_writer.retention import Pruned, Retention
from storage.log_writer.retention_clock import RetentionClock
from storage.log_writer.status import AlarmKind, LogWriterStatus, publish
from storage.paths import RuntimePaths
from storage.schema.records import utc_now

logger = logging.getLogger(__name__)

STATUS_INTERVAL = timedelta(seconds=1)
SWEEP_INTERVAL = timedelta(minutes=1)
NOTICE_TIME = timedelta(hours=1)
REMINDER_INTERVAL = timedelta(hours=1)
SMALLEST_STEP_ROWS = 2_000


class Notice(NamedTuple):
    """A sentence that is shown until a time."""

    until: datetime
    sentence: str


class Housekeeping:
    """Keeps the totals of one log-writer process."""

    def __init__(self, paths: RuntimePaths, retention: Retention, clock: RetentionClock) -> None:
        self._paths = paths
        self._retention = retention
        self._clock = clock
        self._alarms: Counter[AlarmKind] = Counter()
        self._notices: dict[AlarmKind, Notice] = {}
        self._failure: str | None = None
        self._clock_problem: str | None = None
        self._next_reminder: datetime | None = None
        self._next_count: datetime | None = None
        self._moved = 0
        self._rejected = 0
        self._lag_seconds = 0.0
        self._pruned: Counter[str] = Counter()
        self._sweep: Counter[str] = Counter()
        self._next_sweep: datetime | None = None
        self._next_status: datetime | None = None

    def count(self, moved: int, rejected: int, lag_seconds: float) -> None:
        """Count what one round moved."""
        self._moved += moved
        self._rejected += rejected
        if moved:
            self._lag_seconds = lag_seconds

    def run_once(self, now: datetime, moved: int) -> None:
        """Take one pruning step if due, and publish the status if it is out of date.

        A step removes up to twice as many rows as were ``moved``, so that pruning keeps up with writing.

        Raises
        ------
        DatabaseUnavailable
            If the database cannot be written now.
        """
        self._failure = None
        self._publish_if_due(now)
        if self._is_due(self._next_sweep, now, SWEEP_INTERVAL):
            believed = self._clock.judge(now)
            self._tell_of_clock(believed.problem, now)
            judged_by = believed.believed if believed.is_plausible else None
            pruned = self._retention.step(judged_by, max(SMALLEST_STEP_ROWS, 2 * moved))
            self._count_pruned(pruned, now)

    def files_vanished(self, kind: AlarmKind, what: str) -> None:
        """Count that files were replaced or removed, and show it for an hour; whoever noticed logs it."""
        now = utc_now()
        self._alarms[kind] += 1
        self._notices[kind] = Notice(
            now + NOTICE_TIME,
            f"{what} was replaced or removed at {now:%H:%M} UTC; the log says what was done.",
        )

    def failed(self, now: datetime, kind: AlarmKind, problem: str) -> None:
        """Publish that a round failed, which is counted once a minute."""
        if self._failure is None or self._is_due(self._next_count, now, SWEEP_INTERVAL):
            self._next_count = now + SWEEP_INTERVAL
            self._alarms[kind] += 1
        self._failure = problem
        self._publish_if_due(now)

    def _tell_of_clock(self, problem: str | None, now: datetime) -> None:
        if problem is not None:
            self._alarms["clock"] += 1
            if self._is_due(self._next_reminder, now, REMINDER_INTERVAL):
                self._next_reminder = now + REMINDER_INTERVAL
                logger.error("%s", problem)
        elif self._clock_problem is not None:
            self._next_reminder = None
            logger.info("The clock is believed again; records are removed by age.")
        self._clock_problem = problem

    @staticmethod
    def _is_due(moment: datetime | None, now: datetime, interval: timedelta) -> bool:
        """Whether a moment was reached; one that a clock put back moved far away is reached too."""
        return moment is None or not moment - interval <= now < moment

    def _publish_if_due(self, now: datetime) -> None:
        if self._is_due(self._next_status, now, STATUS_INTERVAL):
            self._next_status = now + STATUS_INTERVAL
            self._publish(now)

    def _count_pruned(self, pruned: Pruned, now: datetime) -> None:
        self._pruned.update(pruned.rows)
        self._sweep.update(pruned.rows)
        if pruned:
            return
        self._next_sweep = now + SWEEP_INTERVAL
        if any(self._sweep.values()):
            logger.info("Removed by retention: %s.", _in_words(self._sweep))
        self._sweep.clear()

    def _problems(self, now: datetime) -> tuple[str, ...]:
        notices = [notice.sentence for notice in self._notices.values() if now < notice.until]
        return tuple(filter(None, (self._failure, self._clock_problem, *notices)))

    def _publish(self, now: datetime) -> None:
        status = LogWriterStatus(
            updated_at=now,
            records_moved=self._moved,
            records_rejected=self._rejected,
            lag_seconds=self._lag_seconds,
            rows_pruned=dict(self._pruned),
            alarms=dict(self._alarms),
            problems=self._problems(now),
        )
        # The spool's disk is full: moving must go on, because it frees space.
        with contextlib.suppress(OSError):
            publish(self._paths.log_writer_status, status)


def _in_words(rows: Counter[str]) -> str:
    return ", ".join(
        f"{number:,} rows of {table}" for table, number in sorted(rows.items()) if number
    )
