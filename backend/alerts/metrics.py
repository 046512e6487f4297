"""Prometheus metrics of alerts, read from their file at each scrape: the same in every worker process."""

from collections.abc import Iterator
from typing import get_args

from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from backend.alerts.store import AlertStore
from storage.schema.alerts import AlertBook, Severity


class AlertMetrics(Collector):
    """What fires, and how sending goes on each route."""

    def __init__(self, store: AlertStore) -> None:
        self._store = store

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics."""
        book = self._store.read()
        firing = GaugeMetricFamily(
            "alerts_firing",
            "Alerts that fire, by severity, those that are silenced or acknowledged too.",
            labels=["severity"],
        )
        for severity in get_args(Severity):
            number = sum(alert.severity == severity for alert in book.firing)
            firing.add_metric([severity], number)
        yield firing
        if book.evaluated_at is not None:
            yield GaugeMetricFamily(
                "alerts_evaluated_timestamp_seconds",
                "When the monitor last judged the rules of alerts (Unix time).",
                value=book.evaluated_at.timestamp(),
            )
        yield from _of_routes(book)


def _of_routes(book: AlertBook) -> Iterator[Metric]:
    sent = CounterMetricFamily(
        "alerts_messages_sent", "Messages of alerts sent, by route.", labels=["route"]
    )
    failed = CounterMetricFamily(
        "alerts_messages_failed",
        "Attempts to send a message of alerts that failed, by route.",
        labels=["route"],
    )
    waiting = GaugeMetricFamily(
        "alerts_messages_waiting", "Messages of alerts that wait, by route.", labels=["route"]
    )
    for name, route in book.routes.items():
        sent.add_metric([name], route.sent)
        failed.add_metric([name], route.failed)
        waiting.add_metric([name], sum(name in message.waiting for message in book.outbox))
    yield from (sent, failed, waiting)
    yield CounterMetricFamily(
        "alerts_messages_dropped",
        "Messages of alerts given up because too many waited.",
        value=book.dropped,
    )
