"""The state of monitoring: the monitor, the queue and the last check."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from backend.contract.monitoring import LastCheck, StatusResponse
from backend.retraining.configuration import MonitoringConfiguration
from storage.database.record_log import PageRequest, RecordLog
from storage.errors import DatabaseUnavailable
from storage.retraining.queue import RetrainQueue
from storage.schema.records import utc_now

MISSED_ROUNDS = 3
"""Monitor rounds without a summary after which it counts as not running."""
SHORTEST_PATIENCE = timedelta(minutes=2)


class MonitoringStatus:
    """Reports the state of one system; ``summary`` is the file that the monitor writes each round."""

    def __init__(
        self,
        configuration: MonitoringConfiguration,
        queue: RetrainQueue,
        record_log: RecordLog,
        summary: Path,
        interval_seconds: float,
    ) -> None:
        self._configuration = configuration
        self._queue = queue
        self._record_log = record_log
        self._summary = summary
        self._interval = timedelta(seconds=interval_seconds)

    def current(self) -> StatusResponse:
        """Return the current state; works without the database."""
        config = self._configuration.current().config
        seen_at = self._monitor_seen_at()
        last_check, available = self._last_check()
        return StatusResponse(
            monitoring_active=self._is_recent(seen_at),
            monitor_seen_at=seen_at,
            drift_detection_enabled=config.drift_detection_enabled,
            performance_monitoring_enabled=config.performance_monitoring_enabled,
            automatic_retraining_enabled=config.automatic_retraining_enabled,
            pending_retraining_triggers=len(self._queue.pending()),
            running_retrainings=self._queue.running(),
            trigger_files=self._queue.open_files(),
            last_check=last_check,
            database_available=available,
        )

    def _monitor_seen_at(self) -> datetime | None:
        try:
            return datetime.fromtimestamp(self._summary.stat().st_mtime, UTC)
        except FileNotFoundError:
            return None

    def _is_recent(self, seen_at: datetime | None) -> bool:
        patience = max(SHORTEST_PATIENCE, MISSED_ROUNDS * self._interval)
        return seen_at is not None and utc_now() - seen_at < patience

    def _last_check(self) -> tuple[LastCheck | None, bool]:
        try:
            rows = self._record_log.events(PageRequest(limit=1), kinds=("check",)).rows
        except DatabaseUnavailable:
            return None, False
        found = [LastCheck(**{name: row[name] for name in LastCheck.model_fields}) for row in rows]
        return (found[0] if found else None), True
