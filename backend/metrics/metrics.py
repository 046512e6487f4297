"""The service's Prometheus metrics, all worker processes together.

With ``PROMETHEUS_MULTIPROC_DIR`` set, every process keeps its values in files of that folder, and a scrape
of any process adds up all of them; without it, the passed registry is scraped.
"""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, values
from prometheus_client.registry import Collector

from backend.metrics.dead_files import add_up_dead
from backend.metrics.files import MULTIPROCESS_VARIABLE, FileValue, tally
from backend.metrics.gauges import (
    COMPILED,
    DRIFT_SHARE,
    ESTIMATED_ERROR,
    HIGHEST_VERSION,
    LOWEST_VERSION,
    REALIZED_ERROR,
    Readings,
    known,
)
from backend.metrics.scrape import collected, live_sums

DURATION_BUCKETS = (
    0.0001,
    0.00025,
    0.0005,
    0.001,
    0.0025,
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.25,
    0.5,
    1.0,
    2.5,
    10.0,
)
"""Upper bounds in seconds, from 0.1 ms: the library's defaults are too coarse for fast answers."""

WORKERS = "ml_serving_workers"
Add = Callable[[float, float], None]


class Metrics:
    """The counters and timings of the service."""

    def __init__(self, registry: CollectorRegistry) -> None:
        if MULTIPROCESS_VARIABLE in os.environ:
            values.ValueClass = FileValue
            add_up_dead(Path(os.environ[MULTIPROCESS_VARIABLE]))
        self._registry = registry
        self._requests = Counter(
            "api_requests_total",
            "Answered HTTP requests, by route template, method and status code.",
            ["endpoint", "method", "status"],
            registry=registry,
        )
        self._request_duration = Histogram(
            "api_request_duration_seconds",
            "Time from the arrival of a request in the application to its answer.",
            ["endpoint"],
            buckets=DURATION_BUCKETS,
            registry=registry,
        )
        self._vanished = Counter(
            "record_files_reopened_total",
            "Times that a worker found the database or its spool folder replaced or removed.",
            ["what"],
            registry=registry,
        )
        self._refused = Counter(
            "record_write_failures_total",
            "Records and log lines that a worker could not write to the spool: disk full, no permission.",
            registry=registry,
        )
        self._predictions = Counter(
            "ml_predictions_total",
            "Logged and answered predictions, by model version.",
            ["model_version"],
            registry=registry,
        )
        self._prediction_duration = Histogram(
            "ml_prediction_duration_seconds",
            "Model time per request, for any number of rows.",
            buckets=DURATION_BUCKETS,
            registry=registry,
        )
        self._validation_errors = Counter(
            "input_validation_errors_total",
            "Validation errors in request bodies, by field; 'body' is the whole, 'unknown' any other name.",
            ["field"],
            registry=registry,
        )
        self._unlogged_requests = Counter(
            "api_request_log_failures_total",
            "Answered requests whose log row could not be written.",
            registry=registry,
        )
        self._unaudited_changes = Counter(
            "api_audit_failures_total",
            "Changes of state whose audit entry could not be written.",
            registry=registry,
        )
        self._refused_keys = Counter(
            "api_refused_keys_total",
            "Requests whose key was refused, by reason: unknown, ended (revoked or expired), or a role "
            "that is too low.",
            ["reason"],
            registry=registry,
        )
        self._keyed = Counter(
            "idempotency_keys_total",
            "Requests with an Idempotency-Key, by outcome: first, repeated (the kept answer), taken_over "
            "(from a process that ended), in_flight or other_request (both refused).",
            ["outcome"],
            registry=registry,
        )
        self._swept_answers = Counter(
            "idempotency_swept_answers_total",
            "Kept answers that were removed because they were older than a day.",
            registry=registry,
        )
        self._load_failures = Counter(
            "ml_model_load_failures_total",
            "Champion versions or pointers that a worker refused to load.",
            registry=registry,
        )
        self._swaps = Counter(
            "ml_model_swaps_total",
            "Model versions that workers began to serve, including each worker's first one.",
            registry=registry,
        )
        self._workers = Gauge(
            WORKERS,
            "Living workers that serve a model version.",
            ["model_version"],
            registry=registry,
            multiprocess_mode="livesum",
        )
        self._served: str | None = None
        self._readings = Readings(registry)
        # Looking up a series by its labels costs more than incrementing it.
        self._count_request: dict[tuple[str, str, int], Add] = {}
        self._count_predictions: dict[str, Add] = {}

    def count_request(self, endpoint: str, method: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        add = self._count_request.get((endpoint, method, status))
        if add is None:
            add = tally(
                self._requests.labels(endpoint, method, str(status)),
                self._request_duration.labels(endpoint),
            )
            self._count_request[endpoint, method, status] = add
        add(1.0, seconds)

    def count_reopened(self, what: str) -> None:
        """Count that files were replaced or removed and opened anew: ``database`` or ``spool``."""
        self._vanished.labels(what).inc()

    def count_refused_record(self) -> None:
        """Count an append to the spool that failed."""
        self._refused.inc()

    def count_predictions(self, model_version: str, number: int, seconds: float) -> None:
        """Count the predictions of one request and time the model."""
        add = self._count_predictions.get(model_version)
        if add is None:
            add = tally(self._predictions.labels(model_version), self._prediction_duration)
            self._count_predictions[model_version] = add
        add(number, seconds)

    def count_validation_error(self, field: str) -> None:
        """Count one problem of one field."""
        self._validation_errors.labels(field).inc()

    def count_unlogged_request(self) -> None:
        """Count a request whose log row is lost."""
        self._unlogged_requests.inc()

    def count_unaudited_change(self) -> None:
        """Count a change of state without an audit entry."""
        self._unaudited_changes.inc()

    def count_refused_key(self, reason: str) -> None:
        """Count a request whose key was refused."""
        self._refused_keys.labels(reason).inc()

    def count_keyed(self, outcome: str) -> None:
        """Count a request with an Idempotency-Key."""
        self._keyed.labels(outcome).inc()

    def count_swept_answers(self, number: int) -> None:
        """Count kept answers that were removed for their age."""
        self._swept_answers.inc(number)

    def count_load_failure(self) -> None:
        """Count a champion version or pointer that was refused."""
        self._load_failures.inc()

    def set_served_version(self, version: str, trained_at: datetime) -> None:
        """Set the version this worker now serves, and when it was trained; count the swap."""
        self._swaps.inc()
        if self._served is not None:
            self._workers.labels(self._served).set(0)
        self._workers.labels(version).set(1)
        self._served = version
        self._readings.set(LOWEST_VERSION, trained_at.timestamp())
        self._readings.set(HIGHEST_VERSION, trained_at.timestamp())

    def set_compiled_predictor(self, compiled: bool) -> None:
        """Set whether this worker uses compiled prediction or the pipeline's predict method."""
        self._readings.set(COMPILED, float(compiled))

    def set_realized_error(self, rmse: float | None) -> None:
        """Set the latest realized RMSE in the target's unit; None while there are not enough labels."""
        self._readings.set(REALIZED_ERROR, rmse)

    def set_estimated_error(self, rmse: float | None) -> None:
        """Set the latest estimated RMSE in the target's unit; None while there is not enough data."""
        self._readings.set(ESTIMATED_ERROR, rmse)

    def set_drift_share(self, share: float | None) -> None:
        """Set the latest share of drifted inputs, 0 to 1; None while there is not enough data."""
        self._readings.set(DRIFT_SHARE, share)

    def workers_by_version(self) -> dict[str, int]:
        """Return the number of living workers per model version; reads one small file per worker."""
        several = MULTIPROCESS_VARIABLE in os.environ
        found = live_sums() if several else self._workers.collect()
        return {
            sample.labels["model_version"]: round(sample.value)
            for metric in found
            for sample in metric.samples
            if sample.name == WORKERS and sample.value
        }

    def exposition(self, *shared: Collector) -> bytes:
        """Return all metrics in Prometheus' text format.

        ``shared`` collectors give the same values in every worker, so they are not summed.
        """
        several = MULTIPROCESS_VARIABLE in os.environ
        once = CollectorRegistry()
        for collector in shared:
            once.register(collector)
        own = known(collected() if several else self._registry)
        return generate_latest(own) + generate_latest(once)
