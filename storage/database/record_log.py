"""Reading what was recorded: predictions, requests, logs, model metrics, newest first, page by page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.database.backlog import BacklogReader
from storage.database.connection import Database
from storage.database.filters import (
    ALL_LINES,
    ALL_PREDICTIONS,
    ALL_REQUESTS,
    LineFilter,
    PredictionFilter,
    RequestFilter,
    Selection,
)
from storage.database.page_token import read_token, write_token
from storage.database.rows import LABEL, Row, read_rows, with_labels
from storage.errors import RecordNotFound
from storage.paths import RuntimePaths
from storage.schema.records import utc_now
from storage.schema.tables import (
    api_metrics,
    events,
    label_corrections,
    labels,
    logs,
    model_metrics,
    predictions,
)
from storage.spool.rejected import RejectedRecords


@dataclass(frozen=True)
class Page:
    """Some rows, newest first, and the token of the next page (None: this is the last)."""

    rows: list[Row]
    next_page_token: str | None


@dataclass(frozen=True)
class PageRequest:
    """Which rows to read: a time window (``since`` included, ``until`` not) and a page."""

    limit: int = 100
    page_token: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class RecordLog:
    """Read-only queries over the log database."""

    def __init__(self, database: Database, paths: RuntimePaths) -> None:
        self._database = database
        self._paths = paths

    def logs(self, page: PageRequest, asked: LineFilter = ALL_LINES) -> Page:
        """Return log lines."""
        return self._page(asked.selection(), page)

    def requests(self, page: PageRequest, asked: RequestFilter = ALL_REQUESTS) -> Page:
        """Return answered requests."""
        return self._page(asked.selection(), page)

    def predictions(self, page: PageRequest, asked: PredictionFilter = ALL_PREDICTIONS) -> Page:
        """Return logged predictions with their actual value (None: not yet known)."""
        with self._database.transaction() as connection:
            found = asked.rarest_first(connection).selection()
            return _page(connection, found, page, predictions, *LABEL)

    def prediction(self, prediction_id: str) -> Row:
        """Return one logged prediction.

        Raises
        ------
        RecordNotFound
            If there is none with this id.
        """
        query = with_labels().where(predictions.c.prediction_id == prediction_id)
        with self._database.transaction() as connection:
            rows = read_rows(connection, query)
        if not rows:
            raise RecordNotFound(f"There is no prediction {prediction_id[:64]}.")
        return rows[0]

    def corrections(self, prediction_id: str) -> list[Row]:
        """Return how the actual value of one prediction was corrected, the oldest first."""
        columns = [each for each in label_corrections.c if each.name not in ("id", "prediction_id")]
        query = sa.select(*columns).where(label_corrections.c.prediction_id == prediction_id)
        with self._database.transaction() as connection:
            return read_rows(connection, query.order_by(label_corrections.c.id))

    def models(self, limit: int) -> list[Row]:
        """Return the metrics of trained models, newest first."""
        return self._page(Selection.of(model_metrics), PageRequest(limit=limit)).rows

    def events(self, page: PageRequest, *, kinds: Sequence[str] = ()) -> Page:
        """Return the events, optionally of some kinds only."""
        asked = Selection.of(events, events.c.event_kind.in_(kinds) if kinds else None)
        return self._page(asked, page)

    def statistics(self) -> dict[str, Any]:
        """Return rows by table, and the sizes of the spool backlog and the database in bytes."""
        with self._database.transaction() as connection:
            counts = {
                "logs_by_level": _count_by(connection, logs.c.level),
                "api_metrics": _request_totals(connection),
                "total_model_metrics": _count(connection, model_metrics),
                "predictions": _count(connection, predictions),
                "labelled": _count(connection, labels),
            }
        backlog = BacklogReader(self._database, self._paths).read(utc_now())
        return counts | {
            "spool_backlog": vars(backlog)
            | {"rejected_records": RejectedRecords(self._paths.rejected_records).count()},
            "size_bytes": self._database.size_bytes(),
        }

    def _page(self, asked: Selection, page: PageRequest) -> Page:
        with self._database.transaction() as connection:
            return _page(connection, asked, page, asked.table)


def _page(
    connection: sa.Connection,
    asked: Selection,
    page: PageRequest,
    *columns: sa.ColumnElement[Any] | sa.Table,
) -> Page:
    found = asked.within(page.since, page.until)
    order = asked.ordered()
    if page.page_token is not None:
        found = found.after(read_token(page.page_token, asked.order))
    query = found.select(*columns).order_by(*(each.desc() for each in order))
    rows = read_rows(connection, query.limit(page.limit + 1))
    has_more = len(rows) > page.limit
    rows = rows[: page.limit]
    last = [rows[-1][name] for name in asked.order] if has_more else None
    return Page(rows, write_token(last) if last else None)


def _count(connection: sa.Connection, table: sa.Table) -> int:
    return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def _count_by(connection: sa.Connection, column: sa.Column[Any]) -> dict[str, int]:
    rows = connection.execute(sa.select(column, sa.func.count()).group_by(column))
    return {str(value): int(count) for value, count in rows}


def _request_totals(connection: sa.Connection) -> Mapping[str, float]:
    total, mean, successful = connection.execute(
        sa.select(
            sa.func.count(),
            sa.func.coalesce(sa.func.avg(api_metrics.c.response_time), 0.0),
            sa.func.coalesce(sa.func.sum(sa.cast(api_metrics.c.success, sa.Integer)), 0),
        )
    ).one()
    return {
        "total_requests": int(total),
        "avg_response_time": float(mean),
        "successful_requests": int(successful),
        "success_rate": int(successful) / int(total) if total else 0.0,
    }
