"""What the log-writer does between two rounds: prune a little, update totals, publish its status."""

import contextlib
import logging
from collections import Counter
from datetime import datetime, timedelta

from storage.log_writer.retention import Pruned, Retention
from storage.log_writer.status import LogWriterStatus, publish
from storage.paths import RuntimePaths

logger = logging.getLogger(__name__)

STATUS_INTERVAL = timedelta(seconds=1)
SWEEP_INTERVAL = timedelta(minutes=1)
SMALLEST_STEP_ROWS = 2_000


class Housekeeping:
    """Keeps the totals of one log-writer process."""

    def __init__(self, paths: RuntimePaths, retention: Retention) -> None:
        self._paths = paths
        self._retention = retention
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
        if self._next_status is None or now >= self._next_status:
            self._next_status = now + STATUS_INTERVAL
            self._publish(now)
        if self._next_sweep is None or now >= self._next_sweep:
            pruned = self._retention.step(now, max(SMALLEST_STEP_ROWS, 2 * moved))
            self._count_pruned(pruned, now)

    def _count_pruned(self, pruned: Pruned, now: datetime) -> None:
        self._pruned.update(pruned.rows)
        self._sweep.update(pruned.rows)
        if pruned:
            return
        self._next_sweep = now + SWEEP_INTERVAL
        if any(self._sweep.values()):
            logger.info("Removed by retention: %s.", _in_words(self._sweep))
        self._sweep.clear()

    def _publish(self, now: datetime) -> None:
        status = LogWriterStatus(
            updated_at=now,
            records_moved=self._moved,
            records_rejected=self._rejected,
            lag_seconds=self._lag_seconds,
            rows_pruned=dict(self._pruned),
        )
        # The spool's disk is full: moving must go on, because it frees space.
        with contextlib.suppress(OSError):
            publish(self._paths.log_writer_status, status)


def _in_words(rows: Counter[str]) -> str:
    return ", ".join(
        f"{number:,} rows of {table}" for table, number in sorted(rows.items()) if number
    )
