"""What a person does about an alert: acknowledge, silence, note. Pure: book in, book out."""

from collections.abc import Callable
from datetime import datetime, timedelta

from storage.errors import RecordNotFound, StateConflict
from storage.schema.alerts import Alert, AlertBook, Note

LONGEST_SILENCE = timedelta(days=90)
MOST_NOTES = 100


def acknowledged(
    book: AlertBook, alert_id: str, person: str, owner: str | None, now: datetime
) -> AlertBook:
    """Return the book in which a person has taken note of an alert, so that it is not repeated.

    Raises
    ------
    RecordNotFound
        If there is no such alert.
    StateConflict
        If it is over.
    """
    update = {"acknowledged_at": now, "acknowledged_by": person, "owner": owner or person}
    return _changed(book, alert_id, lambda alert: _firing(alert).model_copy(update=update))


def silenced(book: AlertBook, alert_id: str, until: datetime | None, now: datetime) -> AlertBook:
    """Return the book in which nothing is sent about an alert until a time; None ends its silence.

    Raises
    ------
    RecordNotFound
        If there is no such alert.
    StateConflict
        If it is over, or the time is past or too far ahead.
    """
    alert_of(book, alert_id)
    if until is not None and not now < until <= now + LONGEST_SILENCE:
        raise StateConflict(
            f"An alert can be silenced until a time in the next {LONGEST_SILENCE.days} days; "
            "null ends a silence."
        )
    update = {"silenced_until": until}
    return _changed(book, alert_id, lambda alert: _firing(alert).model_copy(update=update))


def noted(book: AlertBook, alert_id: str, note: Note) -> AlertBook:
    """Return the book with a note at an alert, over or not.

    Raises
    ------
    RecordNotFound
        If there is no such alert.
    StateConflict
        If it has too many notes.
    """

    def add(alert: Alert) -> Alert:
        if len(alert.notes) >= MOST_NOTES:
            raise StateConflict(f"An alert takes {MOST_NOTES} notes; write elsewhere now.")
        return alert.model_copy(update={"notes": (*alert.notes, note)})

    return _changed(book, alert_id, add)


def alert_of(book: AlertBook, alert_id: str) -> Alert:
    """Return an alert.

    Raises
    ------
    RecordNotFound
        If there is none with this id.
    """
    for alert in (*book.firing, *book.resolved):
        if alert.alert_id == alert_id:
            return alert
    raise RecordNotFound(f"There is no alert {alert_id[:64]}.")


def _firing(alert: Alert) -> Alert:
    if alert.resolved_at is not None:
        raise StateConflict("This alert is over; write a note in place of that.")
    return alert


def _changed(book: AlertBook, alert_id: str, change: Callable[[Alert], Alert]) -> AlertBook:
    after = change(alert_of(book, alert_id))
    firing, resolved = (
        tuple(after if each.alert_id == alert_id else each for each in alerts)
        for alerts in (book.firing, book.resolved)
    )
    return book.model_copy(update={"firing": firing, "resolved": resolved})
