"""A message of alerts as a person reads it, and as a program does."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from storage.schema.alerts import Alert, AlertMessage

Tone = Literal["failure", "warning", "success", "info"]
"""How a message is coloured where that is possible."""
TEST_TITLE = "Test of the alert routes"
TEST_TEXT = "This is a test: alerts arrive here. Nothing is wrong."
MOST_NAMED = 3


def tone_of(message: AlertMessage) -> Tone:
    """Return how bad the worst of a message's alerts is."""
    bad = [alert.severity for alert in (*message.fired, *message.repeated)]
    if not bad:
        return "info" if message.is_test else "success"
    return "failure" if "critical" in bad else "warning"


def title_of(message: AlertMessage, system: str) -> str:
    """Return the title; ``system`` is the address of the service that it is about."""
    if message.is_test:
        return f"{TEST_TITLE} ({system})"
    bad = (*message.fired, *message.repeated)
    word = "Alert" if bad else "Resolved"
    titles = [alert.title for alert in bad or message.resolved]
    further = len(titles) - MOST_NAMED
    named = "; ".join(titles[:MOST_NAMED]) + (f"; {further} more" if further > 0 else "")
    return f"{word}: {named} ({system})"


def text_of(message: AlertMessage) -> str:
    """Return the text: a paragraph for each alert, what is new first."""
    if message.is_test:
        return TEST_TEXT
    parts = [
        *_paragraphs("NEW", message.fired, message.at),
        *_paragraphs("STILL", message.repeated, message.at),
        *_paragraphs("RESOLVED", message.resolved, message.at),
    ]
    return "\n\n".join(parts)


def body_of(message: AlertMessage, system: str) -> dict[str, Any]:
    """Return the message for a program: a JSON object."""
    lists = {name: _alerts(getattr(message, name)) for name in ("fired", "repeated", "resolved")}
    return {
        "message_id": message.message_id,
        "at": message.at.isoformat(),
        "kind": "test" if message.is_test else "alerts",
        "system": system,
        "title": title_of(message, system),
        "text": text_of(message),
        **lists,
    }


def duration(span: timedelta) -> str:
    """Return a length of time in words.

    >>> duration(timedelta(seconds=40)), duration(timedelta(minutes=3)), duration(timedelta(hours=30))
    ('40 s', '3 min', '1 d 6 h')
    """
    if span < timedelta(minutes=1):
        return f"{span.total_seconds():.0f} s"
    minutes = round(span.total_seconds() / 60)
    hours, days = minutes // 60, minutes // 1440
    if days:
        return f"{days} d {hours % 24} h"
    return f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"


def _paragraphs(word: str, alerts: Sequence[Alert], now: datetime) -> list[str]:
    return [
        f"{word}, {alert.severity}: {alert.title}, {_lasting(alert, now)}. "
        + (alert.why if alert.resolved_at is None else f"Last: {alert.why}")
        + (f" Owner: {alert.owner}." if alert.owner else "")
        for alert in alerts
    ]


def _lasting(alert: Alert, now: datetime) -> str:
    begun = f"{alert.since.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    if alert.resolved_at is not None:
        return f"lasted {duration(now - alert.since)} from {begun}"
    if now - alert.since < timedelta(seconds=1):  # where the figures hold the time
        return f"since {begun}"
    return f"for {duration(now - alert.since)}, since {begun}"


def _alerts(alerts: Sequence[Alert]) -> list[dict[str, Any]]:
    return [alert.model_dump(mode="json", exclude={"notes", "told_at"}) for alert in alerts]
