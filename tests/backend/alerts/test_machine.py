"""The life of an alert: it holds before it fires and before it ends, and each message leaves once."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.alerts.acts import acknowledged, noted, silenced
from backend.alerts.machine import MOST_WAITING, delivered, queued, step, with_routes
from backend.contract.alerts import RuleReading
from storage.errors import RecordNotFound, StateConflict
from storage.schema.alerts import (
    LONGEST_PAUSE,
    AlertBook,
    AlertMessage,
    AlertTiming,
    Note,
    RouteState,
    RuleName,
)

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
EMPTY = AlertBook(
    timing=AlertTiming(clear_minutes=2, repeat_hours=1), routes={"webhook": RouteState()}
)


def reading(bad: bool | None, rule: RuleName = "latency", hold: float = 2.0) -> RuleReading:
    return RuleReading(
        rule=rule,
        title=f"{rule} is bad",
        severity="warning",
        enabled=True,
        value=None,
        threshold=None,
        unit="",
        hold_minutes=hold,
        bad=bad,
        why="Because.",
    )


def after(book: AlertBook, states: list[bool | None], start: datetime = NOON) -> AlertBook:
    """Return the book after one look a minute."""
    for number, bad in enumerate(states):
        book = step(book, [reading(bad)], start + number * MINUTE)
    return book


def test_it_fires_when_its_condition_has_held_and_ends_when_its_end_has() -> None:
    assert after(EMPTY, [True, True]).firing == ()
    fires = after(EMPTY, [True, True, True])
    (alert,) = fires.firing
    assert (alert.since, alert.fired_at) == (NOON, NOON + 2 * MINUTE)
    assert [len(message.fired) for message in fires.outbox] == [1]
    still = after(fires, [False, False], NOON + 3 * MINUTE)
    assert len(still.firing) == 1
    over = after(still, [False], NOON + 5 * MINUTE)
    assert over.firing == ()
    assert over.resolved[0].resolved_at == NOON + 5 * MINUTE
    assert [len(message.resolved) for message in over.outbox] == [0, 1]


def test_a_condition_that_comes_and_goes_is_told_once() -> None:
    fires = after(EMPTY, [True, True, True])
    assert len(after(fires, [False, True] * 10, NOON + 3 * MINUTE).outbox) == 1
    assert after(EMPTY, [True, True, False] * 10).firing == ()


@pytest.mark.parametrize("gap", [None, "unwatched", "clock set back"])
def test_what_was_not_seen_does_not_count(gap: str | None) -> None:
    if gap is None:
        assert after(EMPTY, [True, True, None, True, True]).firing == ()
        return
    later = NOON + timedelta(hours=1) if gap == "unwatched" else NOON - timedelta(hours=1)
    waits = after(after(EMPTY, [True, True]), [True, True], later)
    assert waits.firing == ()
    assert waits.turning == {"latency": later}


def test_what_fires_at_one_time_is_one_message() -> None:
    both = [reading(True, "latency", 0), reading(True, "drift", 0), reading(False, "coverage")]
    (message,) = step(EMPTY, both, NOON).outbox
    assert [alert.rule for alert in message.fired] == ["latency", "drift"]


def test_it_is_repeated_until_a_person_has_taken_note() -> None:
    fires = step(EMPTY, [reading(True, hold=0)], NOON)
    alert_id = fires.firing[0].alert_id
    soon, due = NOON + 59 * MINUTE, NOON + 60 * MINUTE
    assert len(step(fires, [reading(True)], soon).outbox) == 1
    again = step(fires, [reading(True)], due)
    assert [len(message.repeated) for message in again.outbox] == [0, 1]
    assert len(step(again, [reading(True)], due + 59 * MINUTE).outbox) == 2
    noted_by = acknowledged(fires, alert_id, "Ada", None, soon)
    assert noted_by.firing[0].owner == "Ada"
    assert len(step(noted_by, [reading(True)], due).outbox) == 1
    over = after(noted_by, [False, False, False], due)
    assert [len(message.resolved) for message in over.outbox] == [0, 1]


def test_a_silence_is_kept_by_the_rule_and_told_when_it_is_over() -> None:
    fires = step(EMPTY, [reading(True, hold=0)], NOON)
    until = NOON + timedelta(hours=2)
    quiet = silenced(fires, fires.firing[0].alert_id, until, NOON)
    assert len(step(quiet, [reading(True)], NOON + timedelta(minutes=90)).outbox) == 1
    over = after(quiet, [False, False, False], NOON + MINUTE)
    assert (over.firing, len(over.outbox)) == ((), 1)
    back = step(over, [reading(True, hold=0)], NOON + 10 * MINUTE)
    assert back.firing[0].silenced_until == until
    assert len(back.outbox) == 1
    told = step(back, [reading(True)], until)
    assert [len(message.fired) for message in told.outbox] == [1, 1]


def test_without_a_route_nothing_waits_and_the_first_route_hears_of_what_fires() -> None:
    alone = step(EMPTY.model_copy(update={"routes": {}}), [reading(True, hold=0)], NOON)
    assert (len(alone.firing), alone.outbox) == (1, ())
    known = with_routes(alone, ["mailto 1"])
    (message,) = step(known, [reading(True)], NOON + MINUTE).outbox
    assert (len(message.fired), message.waiting) == (1, ("mailto 1",))


def test_a_message_waits_until_each_route_has_taken_it() -> None:
    book = with_routes(EMPTY, ["webhook", "mailto 1"])
    book = step(book, [reading(True, hold=0)], NOON)
    message = book.outbox[0]
    failed = delivered(book, message.message_id, "webhook", "Nothing answers.", NOON)
    assert failed.outbox[0].waiting == ("webhook", "mailto 1")
    assert failed.routes["webhook"].problem == "Nothing answers."
    assert not failed.routes["webhook"].is_due(NOON)
    sent = delivered(failed, message.message_id, "mailto 1", None, NOON)
    assert sent.outbox[0].waiting == ("webhook",)
    done = delivered(sent, message.message_id, "webhook", None, NOON)
    assert done.outbox == ()
    assert (done.routes["webhook"].sent, done.routes["webhook"].failed) == (1, 1)
    assert done.routes["webhook"].problem is None
    assert with_routes(failed, ["mailto 1"]).outbox[0].waiting == ("mailto 1",)
    assert with_routes(sent, ["mailto 1"]).outbox == ()


def test_a_test_message_is_tried_once() -> None:
    book = queued(EMPTY, AlertMessage(at=NOON))
    tried = delivered(book, book.outbox[0].message_id, "webhook", "No.", NOON)
    assert tried.outbox == ()
    assert tried.routes["webhook"].tested == book.outbox[0].message_id


def test_pauses_double_up_to_a_limit_and_a_clock_set_back_does_not_hold_a_route_up() -> None:
    state, now = RouteState(), NOON
    for _ in range(20):
        state = state.after("No.", now)
    assert state.next_at == NOON + LONGEST_PAUSE
    assert not state.is_due(NOON)
    assert state.is_due(NOON - timedelta(days=1))


def test_the_oldest_messages_are_given_up_and_counted() -> None:
    book = EMPTY
    for number in range(MOST_WAITING + 2):
        book = queued(book, AlertMessage(at=NOON + timedelta(seconds=number)))
    assert (len(book.outbox), book.dropped) == (MOST_WAITING, 2)
    assert book.outbox[0].at == NOON + timedelta(seconds=2)


def test_what_a_person_cannot_do_is_refused() -> None:
    fires = step(EMPTY, [reading(True, hold=0)], NOON)
    alert_id = fires.firing[0].alert_id
    for until in (NOON, NOON + timedelta(days=91)):
        with pytest.raises(StateConflict, match="next 90 days"):
            silenced(fires, alert_id, until, NOON)
    with pytest.raises(RecordNotFound):
        acknowledged(fires, "none", "Ada", None, NOON)
    over = after(fires, [False, False, False], NOON + MINUTE)
    with pytest.raises(StateConflict, match="over"):
        acknowledged(over, alert_id, "Ada", None, NOON)
    written = noted(over, alert_id, Note(at=NOON, person="Ada", text="A full disk."))
    assert written.resolved[0].notes[0].text == "A full disk."


looks = st.lists(
    st.tuples(st.sampled_from([True, False, None]), st.integers(0, 8)), min_size=1, max_size=60
)


@given(looks)
def test_no_history_flaps_or_loses_a_message(history: list[tuple[bool | None, int]]) -> None:
    """Whatever is seen and when: times hold, and the outbox tells the same story as the alerts."""
    book, now = EMPTY, NOON
    for bad, minutes in history:
        now += minutes * MINUTE
        book = step(book, [reading(bad)], now)
        assert len(book.firing) <= 1
    alerts = [*book.firing, *book.resolved]
    told = [alert.alert_id for message in book.outbox for alert in message.fired]
    ended = [alert.alert_id for message in book.outbox for alert in message.resolved]
    assert sorted(told) == sorted(alert.alert_id for alert in alerts)
    assert sorted(ended) == sorted(alert.alert_id for alert in book.resolved)
    for alert in alerts:
        assert alert.fired_at - alert.since >= 2 * MINUTE
        assert alert.resolved_at is None or alert.resolved_at - alert.fired_at >= 2 * MINUTE
    assert AlertBook.model_validate_json(book.model_dump_json()) == book
