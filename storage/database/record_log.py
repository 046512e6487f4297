"""Reading what was recorded: predictions, requests, logs, model metrics, newest first, page by page."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.database.backlog import BacklogReader
from storage.database.connection import Database
from storage.database.filters import (
    ALL_LINES,
    ALL_PREDICTIONS,
    ALL_REQUESTS,
    BY_LATENCY,
    BY_TIME,
    LineFilter,
    PredictionFilter,
    RequestFilter,
    Selection,
)
from storage.database.page_token import MICROSECOND, read_token, write_token
from storage.database.reach import end_of_reach
from storage.database.record_totals import lines_by_level, prediction_totals, request_totals
from storage.database.rows import LABEL, Row, read_rows, with_labels
from storage.errors import RecordNotFound
from storage.paths import RuntimePaths
from storage.schema.records import utc_now
from storage.schema.tables import events, label_corrections, model_metrics, predictions
from storage.spool.rejected import RejectedRecords


@dataclass(frozen=True)
class Page:
    """Some rows, newest first, and the token of the next page (None: this is the last).

    Attributes
    ----------
    looked_since
        If looking ended before the window did: rows before this time were not looked at. The next page goes
        on there, unless the rows are sorted by latency.
    """

    rows: list[Row]
    next_page_token: str | None
    looked_since: datetime | None = None


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
        with self._reading(page) as connection:
            return _page(connection, asked.selection(), page, quick=asked.is_quickly_found)

    def requests(self, page: PageRequest, asked: RequestFilter = ALL_REQUESTS) -> Page:
        """Return answered requests."""
        with self._reading(page) as connection:
            return _page(connection, asked.selection(), page, quick=asked.is_quickly_found)

    def slowest(self, page: PageRequest, asked: RequestFilter = ALL_REQUESTS) -> Page:
        """Return answered requests, the slowest first: of all slow ones, or of the newest million."""
        with self._reading(page, BY_LATENCY) as connection:
            slow = _page(connection, asked.slowest(), page)
            if slow.next_page_token is not None:
                return slow
            found = replace(asked.selection(), order=BY_LATENCY)
            looked = end_of_reach(connection, asked.table, page.since, page.until)
            rest = _page(connection, found.within(looked, None), page)
        return replace(rest, looked_since=looked)

    def predictions(self, page: PageRequest, asked: PredictionFilter = ALL_PREDICTIONS) -> Page:
        """Return logged predictions with their actual value (None: not yet known)."""
        columns, quick = (predictions, *LABEL), asked.is_quickly_found
        with self._reading(page, asked.selection().order) as connection:
            found = asked.rarest_first(connection).selection()
            return _page(connection, found, page, columns, quick=quick)

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

    def numbered(self, numbers: Sequence[int]) -> list[Row]:
        """Return the predictions with these numbers of rows, in that order; one that is gone is left out."""
        with self._database.transaction() as connection:
            rows = read_rows(connection, with_labels().where(predictions.c.id.in_(numbers)))
        found = {row["id"]: row for row in rows}
        return [found[number] for number in numbers if number in found]

    def corrections(self, prediction_id: str) -> list[Row]:
        """Return how the actual value of one prediction was corrected, the oldest first."""
        columns = [each for each in label_corrections.c if each.name not in ("id", "prediction_id")]
        query = sa.select(*columns).where(label_corrections.c.prediction_id == prediction_id)
        with self._database.transaction() as connection:
            return read_rows(connection, query.order_by(label_corrections.c.id))

    def models(self, limit: int) -> list[Row]:
        """Return the metrics of trained models, newest first."""
        with self._database.transaction() as connection:
            return _page(connection, Selection.of(model_metrics), PageRequest(limit=limit)).rows

    def events(self, page: PageRequest, *, kinds: Sequence[str] = ()) -> Page:
        """Return the events, optionally of some kinds only."""
        asked = Selection.of(events, events.c.event_kind.in_(kinds) if kinds else None)
        with self._reading(page) as connection:
            return _page(connection, asked, page)

    @contextmanager
    def _reading(
        self, page: PageRequest, order: Sequence[str] = BY_TIME
    ) -> Iterator[sa.Connection]:
        """Open the database for a page. A wrong token is refused first, whatever the database does."""
        if page.page_token is not None:
            read_token(page.page_token, order)
        with self._database.transaction() as connection:
            yield connection

    def statistics(self) -> dict[str, Any]:
        """Return rows by table, and the sizes of the spool backlog and the database in bytes."""
        with self._database.transaction() as connection:
            counts = {
                "logs_by_level": lines_by_level(connection),
                "api_metrics": request_totals(connection),
                "total_model_metrics": _count(connection, model_metrics),
                **prediction_totals(connection),
            }
        backlog = BacklogReader(self._database, self._paths).read(utc_now())
        return counts | {
            "spool_backlog": vars(backlog)
            | {"rejected_records": RejectedRecords(self._paths.rejected_records).count()},
            "size_bytes": self._database.size_bytes(),
        }


def _page(
    connection: sa.Connection,
    asked: Selection,
    page: PageRequest,
    columns: Sequence[sa.ColumnElement[Any] | sa.Table] = (),
    *,
    quick: bool = True,
) -> Page:
    """Return a page; unless what matches is found quickly, of a limited number of rows."""
    found, until = asked.within(page.since, page.until), page.until
    if page.page_token is not None:
        begin = read_token(page.page_token, asked.order)
        found = found.after(begin)
        until = begin[0] + MICROSECOND if asked.order == BY_TIME else until
    looked = None if quick else end_of_reach(connection, asked.table, page.since, until)
    query = found.within(looked, None).select(*(columns or (asked.table,)))
    query = query.order_by(*(each.desc() for each in asked.ordered()))
    rows = read_rows(connection, query.limit(page.limit + 1))
    if len(rows) > page.limit:
        last = rows[page.limit - 1]
        token = write_token([last[name] for name in asked.order])
        return Page(rows[: page.limit], token)
    if looked is None or asked.order != BY_TIME:
        return Page(rows, None, looked)
    return Page(rows, write_token([looked, 0]), looked)


def _count(connection: sa.Connection, table: sa.Table) -> int:
    return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())
