"""The life of alerts: what fires, is repeated and ends as the rules are judged again and again.

Pure: a book, the readings of one moment and the time in; the next book out, with its message already in the
outbox, so that a decision and its message are kept in one write. No flapping: a condition must hold for its
time before it fires, and its end for its time before it is resolved. What was not watched counts for neither.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from backend.contract.alerts import RuleReading
from storage.schema.alerts import Alert, AlertBook, AlertMessage, AlertTiming, RouteState, RuleName

LONGEST_GAP = timedelta(minutes=5)
"""Time between two looks after which nothing is assumed of what was in between."""
MOST_RESOLVED = 200
MOST_WAITING = 500
"""Messages that may wait for failing routes; beyond it, the oldest are given up, and counted."""


def step(
    book: AlertBook, found: Sequence[RuleReading], now: datetime, gap: timedelta = LONGEST_GAP
) -> AlertBook:
    """Return the book after one look at the rules; ``gap``: the longest usual time between two looks."""
    turning = _kept(book, found, now, gap)
    alerts: dict[RuleName, Alert] = {alert.rule: alert for alert in book.firing}
    ended: list[Alert] = []
    for reading in found:
        alert = alerts.get(reading.rule)
        if alert is not None and reading.bad:
            alerts[reading.rule] = alert.model_copy(update={"why": reading.why})
        since = turning.get(reading.rule)
        if since is None or now - since < _needed(reading, book.timing):
            continue
        del turning[reading.rule]
        if alert is None:
            alerts[reading.rule] = _fired(reading, since, book, now)
        else:
            ended.append(alerts.pop(reading.rule).model_copy(update={"resolved_at": now}))
    update = {"evaluated_at": now, "turning": turning}
    return _with_news(book.model_copy(update=update), list(alerts.values()), ended, now)


def queued(book: AlertBook, message: AlertMessage) -> AlertBook:
    """Return the book with a message for every route; unchanged without routes."""
    if not book.routes:
        return book
    waiting = (*book.outbox, message.model_copy(update={"waiting": tuple(book.routes)}))
    dropped = max(0, len(waiting) - MOST_WAITING)
    update = {"outbox": waiting[dropped:], "dropped": book.dropped + dropped}
    return book.model_copy(update=update)


def delivered(
    book: AlertBook, message_id: str, route: str, problem: str | None, now: datetime
) -> AlertBook:
    """Return the book after an attempt to send a message on a route; ``problem`` None: it was sent.

    A test is not tried again.
    """
    state = book.routes[route].after(problem, now)
    message = next((each for each in book.outbox if each.message_id == message_id), None)
    outbox = book.outbox
    if message is not None and message.is_test:
        state = state.model_copy(update={"tested": message_id, "tested_problem": problem})
    if message is not None and (problem is None or message.is_test):
        outbox = tuple(filter(None, (_without(each, message_id, route) for each in outbox)))
    return book.model_copy(update={"outbox": outbox, "routes": book.routes | {route: state}})


def with_routes(book: AlertBook, names: Sequence[str]) -> AlertBook:
    """Return the book with the routes of the settings; messages no longer wait for others."""
    routes = {name: book.routes.get(name, RouteState()) for name in names}
    outbox = []
    for message in book.outbox:
        waiting = tuple(name for name in message.waiting if name in names)
        if waiting:
            outbox.append(message.model_copy(update={"waiting": waiting}))
    return book.model_copy(update={"routes": routes, "outbox": tuple(outbox)})


def _kept(
    book: AlertBook, found: Sequence[RuleReading], now: datetime, gap: timedelta
) -> dict[RuleName, datetime]:
    """Return since when each rule differs from its alert: what is new begins now."""
    looked = book.evaluated_at
    watched = looked is not None and timedelta(0) <= now - looked <= gap
    fires = {alert.rule for alert in book.firing}
    differs = [
        reading.rule
        for reading in found
        if reading.bad is not None and reading.bad is not (reading.rule in fires)
    ]
    return {rule: book.turning.get(rule, now) if watched else now for rule in differs}


def _needed(reading: RuleReading, timing: AlertTiming) -> timedelta:
    return timedelta(minutes=reading.hold_minutes if reading.bad else timing.clear_minutes)


def _fired(reading: RuleReading, since: datetime, book: AlertBook, now: datetime) -> Alert:
    earlier = next((alert for alert in book.resolved if alert.rule == reading.rule), None)
    silenced = earlier is not None and earlier.is_silenced(now)
    return Alert(
        rule=reading.rule,
        title=reading.title,
        severity=reading.severity,
        since=since,
        fired_at=now,
        why=reading.why,
        # A silence is about the rule: an alert that comes back within it stays silent.
        silenced_until=earlier.silenced_until if earlier is not None and silenced else None,
    )


def _with_news(
    book: AlertBook, firing: Sequence[Alert], ended: Sequence[Alert], now: datetime
) -> AlertBook:
    """Return the book with the alerts that fire and have ended, and one message of all that is news.

    Without a route nothing is told, so that the first route hears of what fires by then.
    """
    if not (firing or ended):
        return book.model_copy(update={"firing": ()})
    message = AlertMessage(
        at=now,
        fired=tuple(each for each in firing if not each.told_at and each.state(now) == "firing"),
        repeated=tuple(each for each in firing if _is_due(each, book.timing, now)),
        # Of one that nobody was told about, or that is silenced, the end is no news either.
        resolved=tuple(each for each in ended if each.told_at and not each.is_silenced(now)),
    )
    news = {each.alert_id for each in (*message.fired, *message.repeated)} if book.routes else set()
    told = (
        each.model_copy(update={"told_at": now}) if each.alert_id in news else each
        for each in firing
    )
    kept = (*ended, *book.resolved)[:MOST_RESOLVED]
    after = book.model_copy(update={"firing": tuple(told), "resolved": kept})
    return after if message.is_test else queued(after, message)


def _is_due(alert: Alert, timing: AlertTiming, now: datetime) -> bool:
    if not timing.repeat_hours or alert.told_at is None or alert.state(now) != "firing":
        return False
    return now - alert.told_at >= timedelta(hours=timing.repeat_hours)


def _without(message: AlertMessage, message_id: str, route: str) -> AlertMessage | None:
    if message.message_id != message_id:
        return message
    waiting = tuple(name for name in message.waiting if name != route)
    return message.model_copy(update={"waiting": waiting}) if waiting else None
