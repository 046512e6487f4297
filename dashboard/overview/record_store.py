"""The record store: sizes, and the backlog of the log-writer."""

import streamlit as st
from humanize import naturalsize

from backend.contract.database import DatabaseStatistics, SpoolBacklog
from dashboard.overview.background_reading import BEING_READ, Look
from dashboard.shared.service import asking_quietly
from dashboard.wording.moment import lasting

BACKLOG_WORTH_SAYING_BYTES = 1024 * 1024
"""At normal load the backlog is far smaller; more means that the log-writer stopped or lags."""
WAIT_WORTH_SAYING_SECONDS = 10.0
"""At normal load a record waits less than a second."""


def draw_record_store(look: Look[DatabaseStatistics]) -> None:
    """Draw the sizes of the database as a short list, and a warning if the log-writer lags."""
    st.header("Records", anchor=False)
    with asking_quietly("Records"):
        statistics = look.answer()
        if statistics is None:
            st.caption(BEING_READ)
            return
        if (warning := record_warning(statistics)) is not None:
            st.warning(warning, icon=":material/warning:")
        st.table(record_facts(statistics), border="horizontal", alt="Sizes of the log database")


def record_facts(statistics: DatabaseStatistics) -> dict[str, str]:
    """Return name and value of everything shown, as Markdown."""
    totals, logs = statistics.api_metrics, statistics.logs_by_level
    errors = logs.get("ERROR", 0) + logs.get("CRITICAL", 0)
    return {
        "Predictions": f"{statistics.predictions:,}",
        "Requests": f"{totals.total_requests:,}",
        "Log lines": f"{sum(logs.values()):,} :gray[({errors:,} error{'' if errors == 1 else 's'})]",
        "Database": size(statistics.size_bytes),
        "Spool backlog": size(statistics.spool_backlog.bytes),
        "Oldest in backlog": waiting_time(statistics.spool_backlog),
    }


def record_warning(statistics: DatabaseStatistics) -> str | None:
    """Return what is wrong with recording in one sentence, or None."""
    backlog = statistics.spool_backlog
    if backlog.rejected_records:
        return (
            f"Unreadable records: {backlog.rejected_records:,}. They are kept in the spool's folder "
            "of rejected records."
        )
    late = backlog.oldest_age_seconds > WAIT_WORTH_SAYING_SECONDS
    if late or backlog.bytes > BACKLOG_WORTH_SAYING_BYTES:
        return (
            f"{size(backlog.bytes)} of records are waiting for the log-writer, the oldest for "
            f"{waiting_time(backlog)}. Check that it is running. No records are lost."
        )
    return None


def waiting_time(backlog: SpoolBacklog) -> str:
    """Write how long the oldest record has been waiting.

    Examples
    --------
    >>> waiting_time(SpoolBacklog(bytes=0, oldest_age_seconds=0, rejected_records=0))
    'none'
    >>> waiting_time(SpoolBacklog(bytes=9, oldest_age_seconds=0.04, rejected_records=0))
    'under a second'
    >>> waiting_time(SpoolBacklog(bytes=9, oldest_age_seconds=7260, rejected_records=0))
    '2 h 1 min'
    """
    if not backlog.bytes:
        return "none"
    return lasting(backlog.oldest_age_seconds)


def size(count: int) -> str:
    """Write a number of bytes.

    Examples
    --------
    >>> size(0), size(2_048), size(5 * 1024 * 1024)
    ('0 Bytes', '2.0 KiB', '5.0 MiB')
    """
    return naturalsize(count, binary=True)
