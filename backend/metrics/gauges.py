"""What the metrics tell of a state, not of a count. A reading that nobody took is absent, never 0 or NaN."""

import math
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from prometheus_client import CollectorRegistry, Gauge, Metric
from prometheus_client.registry import Collector


@dataclass(frozen=True)
class Reading:
    """One gauge; ``mode`` says which of the processes' values is shown.

    ``livemin`` and ``livemax`` look at living processes only; ``mostrecent`` at the newest value, whoever
    took it and whether or not it still lives.
    """

    name: str
    help: str
    mode: Literal["livemin", "livemax", "mostrecent"]


LOWEST_VERSION = Reading(
    "ml_champion_trained_lowest_timestamp_seconds",
    "When the oldest model version that a living worker serves was trained (Unix time).",
    "livemin",
)
HIGHEST_VERSION = Reading(
    "ml_champion_trained_highest_timestamp_seconds",
    "The same for the newest; it differs from the lowest while workers serve different versions.",
    "livemax",
)
COMPILED = Reading(
    "ml_compiled_predictor_in_use",
    "1 if every living worker predicts by the compiled path, 0 if one uses the public predict.",
    "livemin",
)
REALIZED_ERROR = Reading(
    "ml_realized_rmse",
    "Newest RMSE of predictions against the actual values reported for them, in 100,000 USD.",
    "mostrecent",
)
ESTIMATED_ERROR = Reading(
    "ml_estimated_rmse",
    "Newest RMSE estimated for predictions without actual values, in 100,000 USD.",
    "mostrecent",
)
DRIFT_SHARE = Reading(
    "ml_drifted_feature_share",
    "Share of the eight inputs that drifted in the newest check, 0 to 1.",
    "mostrecent",
)


class Readings:
    """The gauges of this process, each made when it is set for the first time."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self._gauges: dict[Reading, Gauge] = {}
        self._lock = threading.Lock()

    def set(self, reading: Reading, value: float | None) -> None:
        """Show a value; None or NaN shows none from now on."""
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
    """Another collector's metrics without the samples that are not a number."""

    def __init__(self, source: CollectorRegistry) -> None:
        self._source = source

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics; one that nobody knows a value of is left out."""
        for metric in self._source.collect():
            metric.samples = [sample for sample in metric.samples if not math.isnan(sample.value)]
            if metric.samples:
                yield metric


def known(source: CollectorRegistry) -> CollectorRegistry:
    """Return a registry that shows what is known of another's metrics."""
    registry = CollectorRegistry()
    registry.register(KnownReadings(source))
    return registry
