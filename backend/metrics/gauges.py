"""Gauges. A value that has not been measured is absent, never 0 or NaN."""

import math
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from prometheus_client import CollectorRegistry, Gauge, Metric
from prometheus_client.registry import Collector


@dataclass(frozen=True)
class Reading:
    """One gauge; ``mode`` says how the processes' values are combined.

    ``livemin`` and ``livemax`` use living processes only; ``mostrecent`` is the latest value of any process,
    living or not.
    """

    name: str
    help: str
    mode: Literal["livemin", "livemax", "mostrecent"]


LOWEST_VERSION = Reading(
    "ml_champion_trained_lowest_timestamp_seconds",
    "Training time of the oldest model version served by a living worker (Unix time).",
    "livemin",
)
HIGHEST_VERSION = Reading(
    "ml_champion_trained_highest_timestamp_seconds",
    "The same for the newest version; differs from the lowest while workers serve different versions.",
    "livemax",
)
COMPILED = Reading(
    "ml_compiled_predictor_in_use",
    "1 if every living worker uses compiled prediction, 0 if any uses the pipeline's predict method.",
    "livemin",
)
REALIZED_ERROR = Reading(
    "ml_realized_rmse",
    "Latest realized RMSE of predictions with actual values, in the target's unit.",
    "mostrecent",
)
ESTIMATED_ERROR = Reading(
    "ml_estimated_rmse",
    "Latest estimated RMSE of predictions without actual values, in the target's unit.",
    "mostrecent",
)
DRIFT_SHARE = Reading(
    "ml_drifted_feature_share",
    "Share of the eight inputs that drifted in the latest check, 0 to 1.",
    "mostrecent",
)


class Readings:
    """The gauges of this process, each created when it is first set."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self._gauges: dict[Reading, Gauge] = {}
        self._lock = threading.Lock()

    def set(self, reading: Reading, value: float | None) -> None:
        """Set a value; None or NaN removes it."""
        with self._lock:
            if reading not in self._gauges:
                self._gauges[reading] = Gauge(
                    reading.name,
                    reading.help,
                    registry=self._registry,
                    multiprocess_mode=reading.mode,
                )
            self._gauges[reading].set(math.nan if value is None else value)


class KnownReadings(Collector):
    """The metrics of another collector without NaN samples."""

    def __init__(self, source: CollectorRegistry) -> None:
        self._source = source

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics that have a value."""
        for metric in self._source.collect():
            metric.samples = [sample for sample in metric.samples if not math.isnan(sample.value)]
            if metric.samples:
                yield metric


def known(source: CollectorRegistry) -> CollectorRegistry:
    """Return a registry with another registry's metrics, without NaN samples."""
    registry = CollectorRegistry()
    registry.register(KnownReadings(source))
    return registry
