"""Prometheus metrics of the supervised processes, read at each scrape from what the supervisor wrote."""

from collections.abc import Iterator

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from backend.supervisor.states import supervised
from storage.paths import RuntimePaths
from storage.schema.records import utc_now


class ProcessMetrics(Collector):
    """How often each process ended and was started again, and whether it works; nothing if unsupervised."""

    def __init__(self, paths: RuntimePaths) -> None:
        self._paths = paths

    def collect(self) -> Iterator[Metric]:
        """Yield both metrics, with one sample for each process."""
        restarts = CounterMetricFamily(
            "supervisor_process_restarts",
            "How often `make up` started a process again because it had ended, by process.",
            labels=["process"],
        )
        failing = GaugeMetricFamily(
            "supervisor_process_failing",
            "1 while a process keeps ending soon after its start, otherwise 0, by process.",
            labels=["process"],
        )
        for process in supervised(self._paths.process_states, utc_now(), with_lines=False) or ():
            restarts.add_metric([process.name], process.restarts)
            failing.add_metric([process.name], process.state == "failing")
        yield from (restarts, failing)
