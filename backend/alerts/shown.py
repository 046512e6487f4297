"""The book of alerts as an answer."""

from collections.abc import Sequence
from datetime import datetime

from backend.alerts.replay import delay_minutes, replay
from backend.contract.alert_trial import AlertTrialResponse, TriedRule
from backend.contract.alerts import AlertRoute, AlertRow, AlertsResponse, TriedRoute
from storage.requests.history import RequestHistory
from storage.schema.alerts import Alert, AlertBook
from storage.schema.monitoring_config import MonitoringConfig


def alerts_response(book: AlertBook, now: datetime) -> AlertsResponse:
    """Return what fires, what ended lately and how the routes are."""
    firing = sorted(book.firing, key=lambda alert: alert.fired_at, reverse=True)
    return AlertsResponse(
        firing=[alert_row(alert, now) for alert in firing],
        recent=[alert_row(alert, now) for alert in book.resolved],
        routes=_routes(book),
        evaluated_at=book.evaluated_at,
    )


def alert_row(alert: Alert, now: datetime) -> AlertRow:
    """Return an alert with its state and age at a time."""
    until = alert.resolved_at or now
    return AlertRow(
        **alert.model_dump(exclude={"notes"}),
        notes=list(alert.notes),
        state=alert.state(now),
        age_seconds=max(0.0, (until - alert.since).total_seconds()),
    )


def tried_routes(book: AlertBook, message_id: str, asked: Sequence[str]) -> list[TriedRoute]:
    """Return how a test message has fared on the routes on which it was to be sent."""
    found = []
    for name in asked:
        state = book.routes.get(name)
        known = state is not None and state.tested == message_id
        problem = state.tested_problem if known and state is not None else None
        delivered = problem is None if known else None
        found.append(TriedRoute(route=name, delivered=delivered, problem=problem))
    return found


def _routes(book: AlertBook) -> list[AlertRoute]:
    return [
        AlertRoute(
            route=name,
            waiting=sum(name in message.waiting for message in book.outbox),
            **state.model_dump(include={"sent", "failed", "problem", "sent_at", "next_at"}),
        )
        for name, state in book.routes.items()
    ]


def trial_response(
    history: RequestHistory, config: MonitoringConfig, tried: MonitoringConfig
) -> AlertTrialResponse:
    """Return what the values in force, and those that were tried, would have done."""
    total = int(history.requests.sum())
    usual = int(history.failed.sum()) / total if total else 0.0
    before = replay(history, config)
    after = before if tried == config else replay(history, tried)
    return AlertTrialResponse(
        since=history.end_of(-1),
        until=history.end_of(len(history) - 1),
        requests=total,
        rules=[
            TriedRule(
                rule=now.rule.name,
                title=now.rule.title,
                alarms=now.alarms,
                minutes=now.minutes,
                delay_minutes=delay_minutes(now.rule, config, usual),
                tried_alarms=then.alarms,
                tried_minutes=then.minutes,
                tried_delay_minutes=delay_minutes(then.rule, tried, usual),
            )
            for now, then in zip(before, after, strict=True)
        ],
    )
