"""What happened in the shown range: promotions, alerts, retrainings, settings, notes, as marks on charts."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

import streamlit as st

from backend.client import HousingClient
from backend.contract.monitoring import EventRow, HistoryQuery
from dashboard.charts.colours import DOWN, HERE, SLOWEST, TOTAL, UP
from dashboard.charts.marks import Mark
from dashboard.shared.event import event_name
from dashboard.wording.foreign import plain
from dashboard.wording.moment import to_the_second

LETTERS = {
    "promotion": ("P", UP),
    "rollback": ("P", UP),
    "alert": ("A", HERE),
    "retraining": ("R", DOWN),
    "configuration": ("C", TOTAL),
    "note": ("N", SLOWEST),
}
"""The letter and colour of each kind of event that is marked."""
MOST = 200


def read_happened(client: HousingClient, since: datetime, until: datetime) -> list[EventRow]:
    """Return what happened between two times, newest first; at most 200 events.

    Raises
    ------
    ClientError
        If the call fails.
    """
    query = HistoryQuery(kind=",".join(LETTERS), since=since, until=until, limit=MOST)
    return client.history(query).events


def marks_of(events: Iterable[EventRow]) -> list[Mark]:
    """Return the marks of events."""
    return [Mark(event.timestamp, *LETTERS[event.kind]) for event in events]


def draw_happened(events: Sequence[EventRow], key: str) -> None:
    """Draw what the letters on a chart mean, closed until somebody opens it; nothing without events."""
    if not events:
        return
    kinds = Counter((event_name(event), LETTERS[event.kind][0]) for event in events)
    counted = ", ".join(f"{number} × {name} ({letter})" for (name, letter), number in kinds.items())
    with st.expander(f"Marked: {counted}", key=key, icon=":material/flag:"):
        for event in events:
            letter, _ = LETTERS[event.kind]
            st.markdown(
                f"**{letter}** :gray[{to_the_second(event.timestamp)}] {event_name(event)}: "
                f"{plain(event.summary)} :gray[({plain(event.actor)})]"
            )
