"""Prometheus metrics of the spool and the log-writer, read at each scrape."""

from collections.abc import Iterator

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from storage.database.backlog import BacklogReader
from storage.log_writer.status import LogWriterStatus, read_status
from storage.paths import RuntimePaths
from storage.schema.records import utc_now


class SpoolMetrics(Collector):
    """The backlog of the spool, and the state reported by the log-writer.

    The same in every worker process; works while the database cannot be read.
    """

    def __init__(self, backlog: BacklogReader, paths: RuntimePaths) -> None:
        self._backlog = backlog
        self._paths = paths

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics; those of the log-writer only once it has run."""
        backlog = self._backlog.read(utc_now())
        yield GaugeMetricFamily(
            "spool_backlog_bytes",
            "Bytes of records waiting for the log-writer.",
            value=backlog.bytes,
        )
        yield GaugeMetricFamily(
            "spool_oldest_record_age_seconds",
            "Age of the oldest record waiting for the log-writer; 0 if none is waiting.",
            value=backlog.oldest_age_seconds,
        )
        status = read_status(self._paths.log_writer_status)
        if status is not None:
            yield from _of_log_writer(status)


def _of_log_writer(status: LogWriterStatus) -> Iterator[Metric]:
    yield GaugeMetricFamily(
        "log_writer_lag_seconds",
        "Longest time from creating a record to its commit, in the log-writer's last batch.",
        value=status.lag_seconds,
    )
    yield GaugeMetricFamily(
        "log_writer_last_seen_timestamp_seconds",
        "When the log-writer last reported its state (Unix time).",
        value=status.updated_at.timestamp(),
    )
    yield CounterMetricFamily(
        "log_writer_records",
        "Records moved into the database since the log-writer started.",
        value=status.records_moved,
    )
    yield CounterMetricFamily(
        "log_writer_rejected_records",
        "Unreadable records set aside since the log-writer started.",
        value=status.records_rejected,
    )
    alarms = CounterMetricFamily(
        "log_writer_alarms",
        "Alarms since the log-writer started, by kind: minutes without database or spool, or with a clock "
        "far ahead; times that files were replaced or removed.",
        labels=["kind"],
    )
    for kind, number in status.alarms.items():
        alarms.add_metric([kind], number)
    yield alarms
    pruned = CounterMetricFamily(
        "retention_pruned_rows",
        "Rows removed by retention since the log-writer started, by table.",
        labels=["table"],
    )
    for table, number in status.rows_pruned.items():
        pruned.add_metric([table], number)
    yield pruned
