"""Log lines of all processes: filter, search, page, open one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import streamlit as st

from backend.contract.records import LogRow, LogsQuery, LogsResponse
from backend.contract.stored.counts import LineCountsQuery
from backend.contract.stored.export import LineExportQuery
from dashboard.logs.counts import FacetChoice
from dashboard.logs.link import draw_link
from dashboard.logs.live import choose_live, draw_live
from dashboard.logs.record_list import RecordList, draw_list
from dashboard.navigation import LOGS
from dashboard.shared.open_row import draw_facts, draw_rows
from dashboard.shared.service import housing_client
from dashboard.timeline.time_range import TimeRange, chosen_range
from dashboard.wording.moment import COLUMN_FORMAT, cell, column_title, to_the_microsecond
from dashboard.wording.zone import zone_name

ANY_LEVEL = "Any level"
LEVELS = (ANY_LEVEL, "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
ROWS_A_PAGE = 100


@dataclass(frozen=True)
class LogFilters:
    """The chosen filters."""

    level: str | None
    module: str | None
    process: str | None
    text: str | None
    shown: TimeRange

    def chosen(self, now: datetime) -> dict[str, Any]:
        """Return the parameters of every query about these lines."""
        since, _ = self.shown.bounds(now)
        return {
            "level": self.level,
            "module": self.module,
            "process": self.process,
            "q": self.text,
            "since": since,
            "until": self.shown.until,
        }

    def query(self, page_token: str | None, now: datetime) -> LogsQuery:
        """Return the request for one page."""
        page = {"limit": ROWS_A_PAGE, "page_token": page_token}
        return LogsQuery.model_validate(self.chosen(now) | page)

    def facets(self) -> dict[str, FacetChoice]:
        """Return the facets, by their names in the counts."""
        return {
            "level": FacetChoice("Level", "log_level", self.level, nothing=ANY_LEVEL),
            "process": FacetChoice("Process", "log_process", self.process),
            "module": FacetChoice("Module", "log_module", self.module),
        }


def draw_log_list(text: str | None) -> None:
    """Draw the filters, the counts, a page of matching lines, and the opened line; ``text`` is in each."""
    filters = _choose_filters(text)
    live = choose_live("log")
    draw_live(partial(_draw_list, filters, live=live), live=live)


def _draw_list(filters: LogFilters, *, live: bool) -> None:
    now, client = datetime.now(UTC), housing_client()
    chosen = filters.chosen(now)
    lines = RecordList[LogsResponse](
        "log",
        "log lines",
        filters,
        filters.facets(),
        rows=lambda answer: answer.logs,
        ask=lambda token: client.logs(filters.query(token, now)),
        count=lambda: client.log_counts(
            LineCountsQuery.model_validate(chosen | {"zone": zone_name()})
        ),
        export=lambda form, limit: client.export_logs(
            LineExportQuery.model_validate(chosen | {"format": form, "limit": limit})
        ),
        draw=lambda answer: draw_lines("log", answer.logs),
    )
    draw_list(lines, live=live)


def draw_lines(name: str, lines: Sequence[LogRow]) -> None:
    """Draw log lines and the opened one; ``name`` is the prefix of the keys."""
    opened = draw_rows(name, lines, _cells, _columns(), "No log lines match these filters.")
    if opened is not None:
        _draw_line(name, opened)


def _choose_filters(text: str | None) -> LogFilters:
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
        process = st.text_input(
            "Process",
            key="log_process",
            max_chars=100,
            placeholder="mlops-api",
            bind="query-params",
        )
    known = None if level == ANY_LEVEL else level
    return LogFilters(
        known, module.strip() or None, process.strip() or None, text, chosen_range(LOGS.usual)
    )


def _cells(row: LogRow) -> dict[str, Any]:
    return {
        "timestamp": cell(row.timestamp),
        "level": row.level,
        "message": row.message,
        "module": row.module,
        "process": row.process,
    }


def _columns() -> dict[str, Any]:
    return {
        "timestamp": st.column_config.DatetimeColumn(
            column_title("Time"), format=COLUMN_FORMAT, width=130
        ),
        "level": st.column_config.TextColumn("Level", width=66),
        "message": st.column_config.TextColumn("Message", width=330),
        "module": st.column_config.TextColumn("Module", width=125),
        "process": st.column_config.TextColumn("Process", width=80),
    }


def _draw_line(name: str, row: LogRow) -> None:
    facts = {
        "Time": to_the_microsecond(row.timestamp),
        "Level": row.level,
        "Process": row.process,
        "Module": f"`{row.module}`",
        "Request ID": f"`{row.request_id}`" if row.request_id else "none",
    }
    draw_facts(name, facts, row.message)
    if row.request_id:
        draw_link(name, row.request_id)
