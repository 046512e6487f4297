"""Log lines of all processes: filter, search, page, open one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from backend.contract.records import LogRow, LogsQuery, LogsResponse
from dashboard.shared.open_row import draw_facts, draw_rows
from dashboard.shared.paged_list import PagedList
from dashboard.shared.service import asking_service, housing_client
from dashboard.shared.time_window import TimeWindow, choose_window
from dashboard.wording.moment import COLUMN_FORMAT, cell

ANY_LEVEL = "Any level"
LEVELS = (ANY_LEVEL, "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
ROWS_A_PAGE = 100


@dataclass(frozen=True)
class LogFilters:
    """The chosen filters."""

    level: str | None
    module: str | None
    text: str | None
    window: TimeWindow

    def query(self, page_token: str | None, now: datetime) -> LogsQuery:
        """Return the request for one page."""
        since, until = self.window.bounds(now)
        return LogsQuery.model_validate(
            {
                "level": self.level,
                "module": self.module,
                "q": self.text,
                "since": since,
                "until": until,
                "limit": ROWS_A_PAGE,
                "page_token": page_token,
            }
        )


def draw_log_list() -> None:
    """Draw the filters, a page of matching lines, and the opened line."""
    filters = _choose_filters()
    pages = PagedList[LogsResponse]("log")
    with asking_service():
        answer = pages.read(
            filters,
            lambda token: housing_client().logs(filters.query(token, datetime.now(UTC))),
        )
        pages.draw_turning(answer)
        draw_lines("log", answer.logs)


def draw_lines(name: str, lines: Sequence[LogRow]) -> None:
    """Draw log lines and the opened one; ``name`` is the prefix of the keys."""
    opened = draw_rows(name, lines, _cells, _columns(), "No log lines match these filters.")
    if opened is not None:
        _draw_line(name, opened)


def _choose_filters() -> LogFilters:
    with st.grid(4, min_column_width=170, gap="small"):
        level = st.selectbox("Level", LEVELS, key="log_level", bind="query-params")
        module = st.text_input(
            "Module",
            key="log_module",
            max_chars=200,
            placeholder="backend.serving.model_host",
            help="The name of a logger, or its beginning.",
            bind="query-params",
        )
        text = st.text_input(
            "Message contains",
            key="log_text",
            max_chars=200,
            type="search",
            bind="query-params",
        )
        window = choose_window("log")
    return LogFilters(None if level == ANY_LEVEL else level, module or None, text or None, window)


def _cells(row: LogRow) -> dict[str, Any]:
    return {
        "timestamp": cell(row.timestamp),
        "level": row.level,
        "process": row.process,
        "module": row.module,
        "message": row.message,
    }


def _columns() -> dict[str, Any]:
    return {
        "timestamp": st.column_config.DatetimeColumn("Time, UTC", format=COLUMN_FORMAT, width=150),
        "level": st.column_config.TextColumn("Level", width=80),
        "process": st.column_config.TextColumn("Process", width=100),
        "module": st.column_config.TextColumn("Module", width=190),
        "message": st.column_config.TextColumn("Message", width="large"),
    }


def _draw_line(name: str, row: LogRow) -> None:
    facts = {
        "Time": f"{row.timestamp.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC",
        "Level": row.level,
        "Process": row.process,
        "Module": f"`{row.module}`",
        "Request ID": f"`{row.request_id}`" if row.request_id else "none",
    }
    draw_facts(name, facts, row.message)
