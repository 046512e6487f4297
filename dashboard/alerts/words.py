"""Alerts as a person reads them."""

from typing import Any

from backend.contract.alerts import AlertRoute, AlertRow, Note, RuleReading
from dashboard.wording.foreign import plain
from dashboard.wording.moment import cell, lasting, moment
from dashboard.wording.value import escaped


def facts(alert: AlertRow) -> str:
    """Return since when it has been, who takes care of it, and what is sent about it."""
    parts = [f"Since {moment(alert.since)}, for {lasting(alert.age_seconds)}"]
    if alert.owner is not None:
        parts.append(f"owner {plain(alert.owner)}")
    if alert.state == "silenced" and alert.silenced_until is not None:
        parts.append(f"silenced until {moment(alert.silenced_until)}")
    elif alert.told_at is None:
        parts.append("no message sent yet")
    else:
        parts.append(f"last message {moment(alert.told_at)}")
    return "; ".join(parts) + "."


def quoted(note: Note) -> str:
    """Return what a person wrote, as a quotation."""
    lines = "  \n> ".join(plain(note.text).splitlines())
    return f"> {lines}  \n> :small[{plain(note.person)}, {moment(note.at)}]"


def route_sentence(route: AlertRoute) -> str:
    """Return how one route is."""
    if route.problem is not None:
        again = f" It is tried again at {moment(route.next_at)}." if route.next_at else ""
        waiting = f" {route.waiting:,} wait." if route.waiting else ""
        return f"**{route.route}** fails: {escaped(route.problem)}{waiting}{again}"
    sent = f"last {moment(route.sent_at)}" if route.sent_at is not None else "none yet"
    return f"**{route.route}**: {route.sent:,} messages sent, {sent}."


def recent_cells(alert: AlertRow) -> dict[str, Any]:
    """Return one alert that ended, as a row of the table."""
    return {
        "resolved_at": cell(alert.resolved_at) if alert.resolved_at is not None else None,
        "title": alert.title,
        "lasted": lasting(alert.age_seconds),
        "why": alert.why,
        "owner": alert.owner or "",
        "notes": "  ".join(f"{note.person}: {note.text}" for note in alert.notes),
    }


def rule_cells(rule: RuleReading) -> dict[str, str]:
    """Return one rule as a row of the table, as Markdown."""
    return {
        "Alert": plain(rule.title),
        "Now": f"**{state_of(rule)}**" if rule.bad else state_of(rule),
        "Measured": plain(rule.why),
        "Must hold": f"{rule.hold_minutes:g} min" if rule.hold_minutes else "at once",
        "Severity": rule.severity.capitalize(),
    }


def state_of(rule: RuleReading) -> str:
    """Return whether a rule is bad now, in a word."""
    if not rule.enabled:
        return "Off"
    if rule.bad is None:
        return "Seen from outside" if rule.rule == "outage" else "Not known"
    return "Bad" if rule.bad else "Good"
