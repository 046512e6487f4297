"""What the retraining worker does while idle, in Prometheus' terms: it has no page of its own to scrape.

Read anew at each scrape from the files in which the worker keeps how far it is, so the same whichever worker
process of the service answers.
"""

from collections.abc import Iterator
from typing import get_args

from prometheus_client.metrics_core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from storage.models.watch_record import ShadowPosition, WatchOutcome, WatchRecord
from storage.paths import RuntimePaths
from storage.process.progress import read_progress


class WorkerMetrics(Collector):
    """Watches over promotions by how they ended, and silent answers."""

    def __init__(self, paths: RuntimePaths) -> None:
        self._paths = paths

    def collect(self) -> Iterator[Metric]:
        """Yield the counters; they are 0 before the first."""
        watch = read_progress(self._paths.promotion_watch, WatchRecord)
        watches = CounterMetricFamily(
            "worker_promotion_watches",
            "Watches over promotions that ended, by outcome.",
            labels=["outcome"],
        )
        for outcome in get_args(WatchOutcome):
            watches.add_metric([outcome], watch.totals.get(outcome, 0) if watch is not None else 0)
        yield watches
        shadow = read_progress(self._paths.shadow_position, ShadowPosition)
        yield CounterMetricFamily(
            "worker_shadow_answers",
            "Silent answers of challengers.",
            value=shadow.answered if shadow is not None else 0,
        )
