"""Events: checks, alerts, requests, retrainings, promotions, changes; the newest first."""

from typing import Any

import streamlit as st

from backend.contract.monitoring import HistoryQuery
from dashboard.overview.event_group import EventGroup, grouped
from dashboard.overview.note import offer_note
from dashboard.shared.event import event_cells, event_columns, event_name
from dashboard.shared.open_row import draw_facts, draw_rows
from dashboard.shared.service import asking_quietly, housing_client
from dashboard.wording.moment import moment

READ = 200
"""Events read at once: a day of hourly checks is one line."""
MOST_SHOWN = 8
KINDS: dict[str, str | None] = {
    "All": None,
    "Alerts": "alert",
    "Model changes": "trigger,retraining,promotion,rollback,watch",
    "Checks": "check",
    "Settings and records": "configuration,clear",
    "Notes": "note",
}
NOTHING = "Checks, alerts, retrainings, promotions and configuration changes will appear here."


def draw_events() -> None:
    """Draw the last events as a table, and the opened one; or say that there are none yet."""
    st.header("Events", anchor=False)
    with st.container(horizontal=True, vertical_alignment="center"):
        chosen = st.segmented_control(
            "Events shown",
            KINDS,
            default="All",
            required=True,
            key="overview_events_shown",
            label_visibility="collapsed",
            bind="query-params",
        )
        offer_note()
    with asking_quietly("Events"):
        query = HistoryQuery(limit=READ, kind=KINDS[chosen or "All"])
        groups = grouped(housing_client().history(query).events)[:MOST_SHOWN]
        if not groups:
            st.caption(f"No events yet. {NOTHING}" if query.kind is None else "No such events yet.")
            return
        opened = draw_rows("overview_event", groups, group_cells, event_columns(), NOTHING)
        if opened is not None:
            _draw_opened(opened)


def group_cells(group: EventGroup) -> dict[str, Any]:
    """Return one row of the table."""
    cells = event_cells(group.newest)
    if len(group.events) > 1:
        cells["kind"] = f"{cells['kind']} × {len(group.events)}"
    return cells


def _draw_opened(group: EventGroup) -> None:
    event = group.newest
    facts = {
        "Time": moment(event.timestamp),
        "Event": event_name(event),
        "By": event.actor,
        "About": f"`{event.subject}`" if event.subject else "–",
    }
    if len(group.events) > 1:
        facts["Same verdict"] = f"{len(group.events)} times since {moment(group.oldest.timestamp)}"
    figures = "\n".join(f"{name} = {value}" for name, value in event.figures.items())
    draw_facts("overview_event", facts, f"{event.summary}\n\n{figures}")
