"""Which rows are asked for: one filter of each kind for its list, its counts and its export."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

import sqlalchemy as sa

from storage.database.rows import join_labels
from storage.schema.caller import REFERENCE
from storage.schema.rare_rows import (
    FAILED_REQUESTS,
    FIRST_FAILED,
    OTHER_REQUESTS,
    PREDICT,
    PROBLEM_LINES,
    PROBLEMS,
    SLOW_REQUESTS,
    SLOW_SECONDS,
)
from storage.schema.source import SOURCES, Source
from storage.schema.source_filter import is_from
from storage.schema.tables import api_metrics, labels, logs, prediction_metadata, predictions

Condition = sa.ColumnElement[bool] | sa.TextClause

BY_TIME, BY_ID, BY_LATENCY = ("timestamp", "id"), ("id",), ("response_time", "id")
FREQUENT = 10_000
"""Predictions with one entry of metadata that are counted to find the rarest."""


@dataclass(frozen=True)
class Selection:
    """Rows of one table that meet some conditions.

    Attributes
    ----------
    table
        Whose rows are meant.
    conditions
        What they meet.
    origin
        The table, or what it is joined with.
    row_id
        The rows' ids, in the index that finds them.
    order
        What orders them in a list, each column downwards: by time, or by id if an index has only that.
    """

    table: sa.Table
    conditions: tuple[Condition, ...]
    origin: sa.FromClause
    row_id: sa.Column[int]
    order: tuple[str, ...] = BY_TIME

    @classmethod
    def of(cls, table: sa.Table, *conditions: Condition | None) -> "Selection":
        """Return the rows that meet all conditions; None is no condition."""
        return cls(table, _given(conditions), table, table.c.id)

    def within(self, since: datetime | None, until: datetime | None) -> "Selection":
        """Return those of a window: from ``since`` on and before ``until``, each if given."""
        time = self.table.c.timestamp
        return self.that(
            None if since is None else time >= since, None if until is None else time < until
        )

    def that(self, *conditions: Condition | None) -> "Selection":
        """Return those that meet further conditions; None is no condition."""
        return replace(self, conditions=(*self.conditions, *_given(conditions)))

    def ordered(self) -> list[sa.Column[Any]]:
        """Return the columns of the order."""
        return [self.row_id if name == "id" else self.table.c[name] for name in self.order]

    def after(self, values: Sequence[Any]) -> "Selection":
        """Return those that come after a row with these values of the order."""
        columns = self.ordered()
        given = [
            sa.literal(value, column.type) for value, column in zip(values, columns, strict=True)
        ]
        return self.that(sa.tuple_(*columns) < sa.tuple_(*given))

    def select(self, *columns: sa.ColumnElement[Any] | sa.Table) -> sa.Select[Any]:
        """Return the query for some columns of the rows."""
        return sa.select(*columns).select_from(self.origin).where(*self.conditions)


@dataclass(frozen=True)
class LineFilter:
    """Log lines, optionally of one level, of a logger or those below it, of one process, or with a text."""

    level: str | None = None
    module: str | None = None
    process: str | None = None
    search: str | None = None
    table = logs

    @property
    def is_quickly_found(self) -> bool:
        """Whether few other rows are read on the way, however rare those are that match."""
        named = (self.module, self.process, self.search)
        return self.level in PROBLEMS or (self.level is None and named == (None, None, None))

    def selection(self) -> Selection:
        """Return the rows."""
        line, text = logs.c, self.search
        return Selection.of(
            logs,
            _equals(line.level, self.level),
            sa.text(PROBLEM_LINES) if self.level in PROBLEMS else None,
            _starts_with(line.module, self.module),
            _equals(line.process, self.process),
            None if text is None else line.message.icontains(text, autoescape=True),
        )


@dataclass(frozen=True)
class RequestFilter:
    """Requests, optionally of one route template, status or model version; of some sources.

    ``min_seconds``: only those whose answer took at least so long.
    """

    endpoint: str | None = None
    status: int | None = None
    model_version: str | None = None
    sources: Collection[Source] = SOURCES
    min_seconds: float | None = None
    table = api_metrics

    @property
    def is_quickly_found(self) -> bool:
        """Whether few other rows are read on the way, however rare those are that match."""
        return self == ALL_REQUESTS or self._is_failed or self._is_other or self._is_slow

    @property
    def _is_failed(self) -> bool:
        return self.status is not None and self.status >= FIRST_FAILED

    @property
    def _is_slow(self) -> bool:
        return self.min_seconds is not None and self.min_seconds >= SLOW_SECONDS

    @property
    def _is_other(self) -> bool:
        return self.endpoint not in (None, PREDICT)

    def selection(self) -> Selection:
        """Return the rows."""
        request = api_metrics.c
        return Selection.of(
            api_metrics,
            _equals(request.endpoint, self.endpoint),
            sa.text(OTHER_REQUESTS) if self._is_other else None,
            _equals(request.status_code, self.status),
            sa.text(FAILED_REQUESTS) if self._is_failed else None,
            _equals(request.model_version, self.model_version),
            _from_some(request.source, self.sources),
            None if self.min_seconds is None else self._took(self.min_seconds),
        )

    def _took(self, seconds: float) -> Condition:
        if seconds < SLOW_SECONDS:
            return api_metrics.c.response_time >= seconds
        # Named by their ids: a planner without statistics does not know how much smaller the index is.
        slow = api_metrics.alias("slow")
        long = slow.c.response_time >= seconds
        return api_metrics.c.id.in_(sa.select(slow.c.id).where(sa.text(SLOW_REQUESTS), long))

    def slowest(self) -> Selection:
        """Return the rows that an index has because they are slow, slowest first."""
        slow = self.selection().that(sa.text(SLOW_REQUESTS))
        return replace(slow, order=BY_LATENCY)


@dataclass(frozen=True)
class PredictionFilter:
    """Predictions, optionally of one version, with or without an actual value, with the caller's words.

    Attributes
    ----------
    labelled
        Only those with an actual value, or only those without.
    reference
        The caller's own id.
    metadata
        Entries that each of them has.
    """

    model_version: str | None = None
    labelled: bool | None = None
    reference: str | None = None
    metadata: Mapping[str, str] | None = None
    sources: Collection[Source] = SOURCES
    table = predictions

    @property
    def is_quickly_found(self) -> bool:
        """Whether few other rows are read on the way, however rare those are that match."""
        return self.labelled is None

    def rarest_first(self, connection: sa.Connection) -> Self:
        """Order the metadata by how many predictions have each, for a search begins with the first."""
        if not self.metadata or len(self.metadata) == 1:
            return self
        found = {entry: _frequency(connection, *entry) for entry in self.metadata.items()}
        return replace(self, metadata=dict(sorted(found, key=found.__getitem__)))

    def selection(self, *, with_labels: bool = True) -> Selection:
        """Return the rows, joined with their actual values if those are shown or asked for."""
        row = predictions.c
        found = Selection.of(
            predictions,
            _equals(row.model_version, self.model_version),
            None if self.labelled is None else labels.c.id.is_not(None) == self.labelled,
            _equals(row[REFERENCE], self.reference),
            _from_some(row.source, self.sources),
        )
        if self.reference is not None:
            found = replace(found, order=BY_ID)
        if self.metadata:
            found = _with_metadata(found, self.metadata)
        if with_labels or self.labelled is not None:
            found = replace(found, origin=join_labels(found.origin))
        return found


Filter = LineFilter | RequestFilter | PredictionFilter
ALL_LINES, ALL_REQUESTS, ALL_PREDICTIONS = LineFilter(), RequestFilter(), PredictionFilter()


def _with_metadata(found: Selection, metadata: Mapping[str, str]) -> Selection:
    """Return those that have all entries, found by the first one."""
    (name, value), *others = metadata.items()
    entry = prediction_metadata.c
    conditions = [entry.name == name, entry.value == value]
    for name, value in others:
        other = prediction_metadata.alias()
        same = other.c.prediction_row == entry.prediction_row
        conditions.append(sa.exists().where(same, other.c.name == name, other.c.value == value))
    return replace(
        found.that(*conditions),
        origin=prediction_metadata.join(predictions, predictions.c.id == entry.prediction_row),
        row_id=entry.prediction_row,
        order=BY_ID,
    )


def _frequency(connection: sa.Connection, name: str, value: str) -> int:
    """Return how many predictions have one entry, of a frequent one only that it is frequent."""
    entry = prediction_metadata.c
    some = sa.select(entry.prediction_row).where(entry.name == name, entry.value == value)
    count = sa.select(sa.func.count()).select_from(some.limit(FREQUENT).subquery())
    return int(connection.execute(count).scalar_one())


def _given(conditions: Collection[Condition | None]) -> tuple[Condition, ...]:
    return tuple(condition for condition in conditions if condition is not None)


def _equals(column: sa.Column[Any], value: Any) -> Condition | None:
    return None if value is None else column == value


def _starts_with(column: sa.Column[Any], value: str | None) -> Condition | None:
    return None if value is None else column.startswith(value, autoescape=True)


def _from_some(column: sa.Column[str], sources: Collection[Source]) -> Condition | None:
    return None if set(sources) == set(SOURCES) else is_from(column, sources)
