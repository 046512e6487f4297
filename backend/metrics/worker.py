"""Prometheus metrics of the retraining worker, which has no metrics endpoint of its own.

Read at each scrape from the worker's progress files, so the same in every worker process of the service.
"""

from collections.abc import Iterator
from typing import get_args

from prometheus_client.metrics_core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from storage.models.watch_record import ShadowPosition, WatchOutcome, WatchRecord
from storage.paths import RuntimePaths
from storage.process.progress import read_progress


class WorkerMetrics(Collector):
    """Watches of promotions by outcome, and shadow answers."""

    def __init__(self, paths: RuntimePaths) -> None:
        self._paths = paths

    def collect(self) -> Iterator[Metric]:
        """Yield the counters; they are 0 before the first."""
        watch = read_progress(self._paths.promotion_watch, WatchRecord)
        watches = CounterMetricFamily(
            "worker_promotion_watches",
            "Finished watches of promotions, by outcome.",
            labels=["outcome"],
        )
        for outcome in get_args(WatchOutcome):
            watches.add_metric([outcome], watch.totals.get(outcome, 0) if watch is not None else 0)
        yield watches
        shadow = read_progress(self._paths.shadow_position, ShadowPosition)
        yield CounterMetricFamily(
            "worker_shadow_answers",
            "Shadow answers of challengers.",
            value=shadow.answered if shadow is not None else 0,
        )
