"""A message as a person reads it, and as a program does."""

from datetime import UTC, datetime, timedelta

from backend.alerts.words import body_of, text_of, title_of, tone_of
from storage.schema.alerts import Alert, AlertMessage

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
OUTAGE = Alert(
    rule="outage",
    title="The service does not predict",
    severity="critical",
    since=NOON - timedelta(minutes=3),
    fired_at=NOON,
    why="Nothing answers.",
    owner="Ada",
)
SLOW = OUTAGE.model_copy(
    update={"title": "Predictions are slow", "severity": "warning", "resolved_at": NOON}
)


def test_a_message_says_what_is_new_and_what_is_over() -> None:
    message = AlertMessage(at=NOON, fired=(OUTAGE,), resolved=(SLOW,))
    assert title_of(message, "http://box") == "Alert: The service does not predict (http://box)"
    assert text_of(message) == (
        "NEW, critical: The service does not predict, for 3 min, since 2026-11-30 11:57 UTC. "
        "Nothing answers. Owner: Ada.\n\n"
        "RESOLVED, warning: Predictions are slow, lasted 3 min from 2026-11-30 11:57 UTC. "
        "Last: Nothing answers. Owner: Ada."
    )
    assert tone_of(message) == "failure"
    body = body_of(message, "http://box")
    assert (body["kind"], body["fired"][0]["rule"]) == ("alerts", "outage")


def test_the_end_of_all_is_good_news_and_a_test_is_none() -> None:
    over = AlertMessage(at=NOON, resolved=(SLOW,) * 5)
    assert title_of(over, "box").startswith("Resolved: Predictions are slow; ")
    assert "; 2 more (box)" in title_of(over, "box")
    assert (tone_of(over), tone_of(AlertMessage(at=NOON))) == ("success", "info")
    assert body_of(AlertMessage(at=NOON), "box")["kind"] == "test"
