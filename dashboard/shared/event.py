"""One event of the timeline as a row of a table."""

from typing import Any

import streamlit as st

from backend.contract.monitoring import EventRow
from dashboard.wording.moment import COLUMN_FORMAT, cell, column_title

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
    "note": "Note",
}


def event_cells(event: EventRow) -> dict[str, Any]:
    """Return one row of the table."""
    return {
        "timestamp": cell(event.timestamp),
        "kind": event_name(event),
        "summary": event.summary,
        "actor": event.actor,
    }


def event_name(event: EventRow) -> str:
    """Return the kind of an event as a person reads it."""
    return KINDS.get(event.kind, event.kind)


def event_columns() -> dict[str, Any]:
    """Return the columns of a table of events."""
    config = st.column_config
    return {
        "timestamp": config.DatetimeColumn(column_title("Time"), format=COLUMN_FORMAT, width=130),
        "kind": config.TextColumn("Event", width=105),
        "summary": config.TextColumn("Summary", width=405),
        "actor": config.TextColumn("By", width=90),
    }
