"""The service's Prometheus metrics, all worker processes together.

With ``PROMETHEUS_MULTIPROC_DIR`` set, every process keeps its values in files of that folder, and a scrape
of any process adds up all of them; without it, the passed registry is scraped.
"""

import os

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

MULTIPROCESS_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"

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
"""Upper bounds in seconds. From 0.1 ms on: the library's default starts where our answers end."""


class Metrics:
    """What the service counts and times."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry
        self._requests = Counter(
            "api_requests_total",
            "Answered HTTP requests, by route template, method and status code.",
            ["endpoint", "method", "status"],
            registry=registry,
        )
        self._request_duration = Histogram(
            "api_request_duration_seconds",
            "Time from a request's arrival in the application to its answer.",
            ["endpoint"],
            buckets=DURATION_BUCKETS,
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
            "Time of the model for one request, whatever its number of rows.",
            buckets=DURATION_BUCKETS,
            registry=registry,
        )
        self._validation_errors = Counter(
            "input_validation_errors_total",
            "Problems found in request bodies, by field; 'body' is the whole, 'unknown' any other name.",
            ["field"],
            registry=registry,
        )
        self._unlogged_requests = Counter(
            "api_request_log_failures_total",
            "Answered requests whose own log row could not be written.",
            registry=registry,
        )

    def count_request(self, endpoint: str, method: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        self._requests.labels(endpoint, method, str(status)).inc()
        self._request_duration.labels(endpoint).observe(seconds)

    def count_predictions(self, model_version: str, number: int, seconds: float) -> None:
        """Count the predictions of one request and time the model."""
        self._predictions.labels(model_version).inc(number)
        self._prediction_duration.observe(seconds)

    def count_validation_error(self, field: str) -> None:
        """Count one problem of one field."""
        self._validation_errors.labels(field).inc()

    def count_unlogged_request(self) -> None:
        """Count a request whose log row is lost."""
        self._unlogged_requests.inc()

    def exposition(self) -> bytes:
        """Return all metrics in Prometheus' text format."""
        if MULTIPROCESS_VARIABLE not in os.environ:
            return generate_latest(self._registry)
        registry = CollectorRegistry()  # a fresh one a scrape, or values are counted twice
        MultiProcessCollector(registry)
        return generate_latest(registry)
