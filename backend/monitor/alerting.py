"""Judges the rules of alerts at every round of the monitor, which sees an outage from outside."""

import logging
from datetime import datetime, timedelta

from backend.alerts.courier import Courier
from backend.alerts.machine import LONGEST_GAP, step
from backend.alerts.rules import OUTAGE, Signal, readings
from backend.alerts.store import AlertStore
from backend.client import ClientError, HousingClient
from backend.contract.alerts import AlertRulesResponse, RuleReading
from backend.monitor.probe import Probe
from storage.schema.alerts import Alert, AlertBook, AlertTiming
from storage.schema.monitoring_config import MonitoringConfig
from storage.schema.records import EventRecord
from storage.spool.timeline import Timeline

logger = logging.getLogger(__name__)

MISSED_ROUNDS = 3
ON_TIMELINE = ("drift", "realized_error", "estimated_error", "coverage")
"""Rules whose alert is on the timeline already, from the check that found it."""


class Alerting:
    """Judges, keeps what follows from it, and leaves the messages to the courier."""

    def __init__(
        self,
        client: HousingClient,
        store: AlertStore,
        courier: Courier,
        timeline: Timeline,
        interval_seconds: float,
    ) -> None:
        self._client = client
        self._store = store
        self._courier = courier
        self._timeline = timeline
        self._gap = max(LONGEST_GAP, MISSED_ROUNDS * timedelta(seconds=interval_seconds))
        self._problem = ""

    def start(self) -> None:
        """Begin to send what waits."""
        self._courier.start()

    def judge(self, probe: Probe, now: datetime) -> AlertBook:
        """Judge the rules after a probe, and keep the alerts with their message, in one write."""
        found = self._rules() if probe.health_ms is not None else None
        others = [] if found is None else [each for each in found.rules if each.rule != OUTAGE.name]
        before = after = AlertBook()

        def look(book: AlertBook) -> AlertBook:
            nonlocal before, after
            before = book if found is None else _timed(book, found)
            after = step(before, [outage(probe, before.timing), *others], now, self._gap)
            return after

        self._store.change(look)
        self._tell(before, after, now)
        return after

    def _rules(self) -> AlertRulesResponse | None:
        try:
            found = self._client.alert_rules()
        except ClientError as error:
            if str(error) != self._problem:
                logger.warning("Only an outage can raise an alert now: %s", error)
            self._problem = str(error)
            return None
        self._problem = ""
        return found

    def _tell(self, before: AlertBook, after: AlertBook, now: datetime) -> None:
        known = {alert.alert_id for alert in before.firing}
        over = {alert.alert_id for alert in before.resolved}
        fired = [alert for alert in after.firing if alert.alert_id not in known]
        ended = [alert for alert in after.resolved if alert.alert_id not in over]
        for alert in (*fired, *ended):
            logger.warning("%s", _sentence(alert))
        events = [_event(alert, now) for alert in (*fired, *ended) if alert.rule not in ON_TIMELINE]
        if events:
            self._timeline.record(*events)


def outage(probe: Probe, timing: AlertTiming) -> RuleReading:
    """Return what a probe says about the service; one that keeps starting does not predict either."""
    config = MonitoringConfig(alert_outage_minutes=timing.outage_minutes)
    words = "The service predicts" if probe.healthy else probe.problem or "It is not healthy"
    return readings({"outage": Signal(float(not probe.healthy), words)}, config, [OUTAGE])[0]


def _timed(book: AlertBook, found: AlertRulesResponse) -> AlertBook:
    """Return the book with the times that the service answered: they hold on while it is down."""
    timing = AlertTiming(**found.model_dump(include=set(AlertTiming.model_fields)))
    return book.model_copy(update={"timing": timing})


def _sentence(alert: Alert) -> str:
    if alert.resolved_at is not None:
        return f"Resolved: {alert.title}. Last: {alert.why}"
    return f"{alert.severity.capitalize()}: {alert.title}. {alert.why}"


def _event(alert: Alert, now: datetime) -> EventRecord:
    return EventRecord(
        timestamp=now,
        event_kind="alert",
        actor="monitor",
        subject=alert.alert_id,
        summary=_sentence(alert),
        figures={"rule": alert.rule, "severity": alert.severity, "since": alert.since.isoformat()},
    )
