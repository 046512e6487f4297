"""One request: as a row of a table, and opened."""

from typing import Any

import streamlit as st

from backend.contract.records import RequestRow
from dashboard.navigation import LOGS
from dashboard.shared.open_row import draw_facts
from dashboard.shared.sources import NAMES
from dashboard.wording.moment import COLUMN_FORMAT, cell, column_title, to_the_microsecond
from dashboard.wording.version_words import short_version


def request_cells(row: RequestRow) -> dict[str, Any]:
    """Return one request's cells of the table."""
    return {
        "timestamp": cell(row.timestamp),
        "method": row.method,
        "endpoint": row.endpoint,
        "status": row.status_code,
        "milliseconds": row.response_time * 1_000,
        "model_version": short_version(row.model_version) if row.model_version else None,
        "error": row.error_message,
    }


def request_columns() -> dict[str, Any]:
    """Return the columns of a table of requests."""
    return {
        "timestamp": st.column_config.DatetimeColumn(
            column_title("Time"), format=COLUMN_FORMAT, width=130
        ),
        "method": st.column_config.TextColumn("Method", width=66),
        "endpoint": st.column_config.TextColumn("Endpoint", width=130),
        "status": st.column_config.NumberColumn("Status", format="%d", width=58),
        "milliseconds": st.column_config.NumberColumn("Latency, ms", format="%.2f", width=90),
        "model_version": st.column_config.TextColumn("Model", width=80),
        "error": st.column_config.TextColumn("Error", width=150),
    }


def draw_request(
    name: str, row: RequestRow, more: dict[str, str] | None = None, *, whole: bool = False
) -> None:
    """Draw one opened request with ``more`` facts; ``name`` is the prefix of its keys.

    Unless its whole story is on the page already, a link leads to it.
    """
    facts = {
        "Time": to_the_microsecond(row.timestamp),
        "Request": f"`{row.method} {row.endpoint}`",
        "Status": str(row.status_code),
        "Latency": f"{row.response_time * 1_000:.3f} ms",
        **(more or {}),
        "Model version": f"`{row.model_version}`" if row.model_version else "none",
        "Request ID": f"`{row.request_id}`",
        "Traffic": NAMES[row.source],
    }
    draw_facts(name, facts, row.error_message)
    if not whole:
        LOGS.link("Prediction, log lines, events", {"find": row.request_id})
