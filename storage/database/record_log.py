"""Reading what was recorded: predictions, requests, logs, model metrics, newest first, page by page."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.database.backlog import BacklogReader
from storage.database.connection import Database
from storage.database.rows import Row, read_rows, with_labels
from storage.errors import InvalidInput, RecordNotFound
from storage.paths import RuntimePaths
from storage.schema.caller import REFERENCE
from storage.schema.records import utc_now
from storage.schema.source import SOURCES, Source
from storage.schema.source_filter import is_from
from storage.schema.tables import (
    api_metrics,
    events,
    label_corrections,
    labels,
    logs,
    model_metrics,
    prediction_metadata,
    predictions,
)
from storage.spool.rejected import RejectedRecords

PAGE_TOKEN = re.compile(r"[0-9]{1,18}")
"""The number of a row, within the 64 bits that a database can compare it with."""

FREQUENT = 10_000
"""Predictions with one entry of metadata that are counted to find the rarest."""


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

    def logs(
        self,
        page: PageRequest,
        *,
        level: str | None = None,
        module: str | None = None,
        search: str | None = None,
    ) -> Page:
        """Return log lines, optionally of one level or logger, or containing a text."""
        conditions = [_equals(logs.c.level, level), _starts_with(logs.c.module, module)]
        if search is not None:
            conditions.append(logs.c.message.icontains(search, autoescape=True))
        return self._page(logs, page, conditions)

    def requests(
        self,
        page: PageRequest,
        *,
        endpoint: str | None = None,
        status: int | None = None,
        sources: Collection[Source] = SOURCES,
    ) -> Page:
        """Return answered requests, optionally of one route template or status code, of some sources."""
        conditions = [
            _equals(api_metrics.c.endpoint, endpoint),
            _equals(api_metrics.c.status_code, status),
            is_from(api_metrics.c.source, sources),
        ]
        return self._page(api_metrics, page, conditions)

    def predictions(
        self,
        page: PageRequest,
        *,
        model_version: str | None = None,
        labelled: bool | None = None,
        reference: str | None = None,
        metadata: Mapping[str, str] | None = None,
        sources: Collection[Source] = SOURCES,
    ) -> Page:
        """Return logged predictions with their actual value (None: not yet known).

        Optionally of one model version, only those with or without an actual value, of one of the caller's
        references, or with all the given metadata; of some sources.
        """
        conditions = [
            _equals(predictions.c.model_version, model_version),
            None if labelled is None else labels.c.id.is_not(None) == labelled,
            _equals(predictions.c[REFERENCE], reference),
            is_from(predictions.c.source, sources),
        ]
        if not metadata:
            return self._page(predictions, page, conditions, with_labels())
        found = prediction_metadata.join(
            predictions, predictions.c.id == prediction_metadata.c.prediction_row
        )
        conditions += _have(self._rarest_first(metadata))
        row_id = prediction_metadata.c.prediction_row
        return self._page(predictions, page, conditions, with_labels(found), row_id)

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
        return self._page(model_metrics, PageRequest(limit=limit), []).rows

    def events(self, page: PageRequest, *, kinds: Sequence[str] = ()) -> Page:
        """Return the events, optionally of some kinds only."""
        return self._page(events, page, [events.c.event_kind.in_(kinds) if kinds else None])

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

    def _rarest_first(self, metadata: Mapping[str, str]) -> Mapping[str, str]:
        """Order entries by how many predictions have each, for a search begins with the first."""
        if len(metadata) == 1:
            return metadata
        with self._database.transaction() as connection:
            found = {entry: _frequency(connection, *entry) for entry in metadata.items()}
        return dict(sorted(metadata.items(), key=found.__getitem__))

    def _page(
        self,
        table: sa.Table,
        page: PageRequest,
        conditions: list[sa.ColumnElement[bool] | None],
        selection: sa.Select[Any] | None = None,
        row_id: sa.Column[int] | None = None,
    ) -> Page:
        """Return a page; ``row_id`` is the column of another table that has the rows' ids in an index."""
        row_id = table.c.id if row_id is None else row_id
        conditions = [
            *conditions,
            None if page.since is None else table.c.timestamp >= page.since,
            None if page.until is None else table.c.timestamp < page.until,
            None if page.page_token is None else row_id < _row_id(page.page_token),
        ]
        query = (
            (sa.select(table) if selection is None else selection)
            .where(*(condition for condition in conditions if condition is not None))
            .order_by(row_id.desc())
            .limit(page.limit + 1)
        )
        with self._database.transaction() as connection:
            rows = read_rows(connection, query)
        has_more = len(rows) > page.limit
        rows = rows[: page.limit]
        return Page(rows, str(rows[-1]["id"]) if has_more else None)


def _have(metadata: Mapping[str, str]) -> list[sa.ColumnElement[bool]]:
    """Return the conditions that an entry is the first one, and that its prediction has the others."""
    (name, value), *others = metadata.items()
    entry = prediction_metadata.c
    conditions = [entry.name == name, entry.value == value]
    for name, value in others:
        other = prediction_metadata.alias()
        same = other.c.prediction_row == entry.prediction_row
        conditions.append(sa.exists().where(same, other.c.name == name, other.c.value == value))
    return conditions


def _frequency(connection: sa.Connection, name: str, value: str) -> int:
    """Return how many predictions have one entry, of a frequent one only that it is frequent."""
    entry = prediction_metadata.c
    some = sa.select(entry.prediction_row).where(entry.name == name, entry.value == value)
    count = sa.select(sa.func.count()).select_from(some.limit(FREQUENT).subquery())
    return int(connection.execute(count).scalar_one())


def _row_id(page_token: str) -> int:
    if not PAGE_TOKEN.fullmatch(page_token):
        raise InvalidInput(
            "page_token was not issued by this service; leave it out to start from the first page."
        )
    return int(page_token)


def _equals(column: sa.Column[Any], value: Any) -> sa.ColumnElement[bool] | None:
    return None if value is None else column == value


def _starts_with(column: sa.Column[Any], value: str | None) -> sa.ColumnElement[bool] | None:
    return None if value is None else column.startswith(value, autoescape=True)


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
