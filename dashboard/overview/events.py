"""Events: checks, alerts, requests, retrainings, promotions, changes; the newest first."""

from typing import Any

import streamlit as st

from backend.contract.monitoring import EventRow, HistoryQuery
from dashboard.shared.foreign_text import harmless
from dashboard.shared.service import asking_quietly, housing_client
from dashboard.wording.moment import COLUMN_FORMAT, cell

LAST_EVENTS = 8
KINDS = {
    "check": "Check",
    "alert": "Alert",
    "trigger": "Retraining requested",
    "retraining": "Retraining",
    "promotion": "Promotion",
    "rollback": "Rollback",
    "watch": "Promotion watch",
    "configuration": "Configuration",
    "clear": "Records cleared",
}


def draw_events() -> None:
    """Draw the last events as a table, or say that there are none yet."""
    st.subheader("Events", anchor=False)
    with asking_quietly("Events"):
        events = housing_client().history(HistoryQuery(limit=LAST_EVENTS)).events
        if not events:
            st.caption(
                "No events yet. Checks, alerts, retrainings, promotions and configuration changes "
                "will appear here."
            )
            return
        st.dataframe(
            harmless(event_cells(event) for event in events),
            key="overview_events",
            height="content",
            hide_index=True,
            column_config=_columns(),
            placeholder="–",
            alt="The last events, newest first",
        )


def event_cells(event: EventRow) -> dict[str, Any]:
    """Return one row of the table."""
    return {
        "timestamp": cell(event.timestamp),
        "kind": KINDS.get(event.kind, event.kind),
        "summary": event.summary,
        "actor": event.actor,
    }


def _columns() -> dict[str, Any]:
    config = st.column_config
    return {
        "timestamp": config.DatetimeColumn("Time, UTC", format=COLUMN_FORMAT, width=135),
        "kind": config.TextColumn("Event", width=120),
        "summary": config.TextColumn("Summary", width=640),
        "actor": config.TextColumn("Actor", width=65),
    }
