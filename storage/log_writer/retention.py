"""Retention: records that are too old or too many are deleted, oldest first, in small steps.

Each step is one short transaction, so that the log-writer keeps writing between steps. On SQLite, freed pages
are returned to the file system, also in steps; PostgreSQL reuses its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from storage.database.connection import Database
from storage.database.free_pages import pragma, release_pages
from storage.database.record_totals import take_out_rows
from storage.predictions.rollup import take_out_predictions
from storage.requests.rollup import prune_steps
from storage.schema.tables import (
    api_metrics,
    label_corrections,
    labels,
    logs,
    prediction_metadata,
    predictions,
    refused_inputs,
    shadow_answers,
)
from storage.settings import Settings

SAMPLED_ROWS = 200
ROW_OVERHEAD_BYTES = 28
INDEX_ENTRY_BYTES = 32
COMPARED_ROWS = 1_000
"""Rows whose order of arrival is compared with their times: many, for several processes write at once."""
AHEAD = timedelta(days=1)
PRUNED_TABLES = (predictions, shadow_answers, refused_inputs, api_metrics, logs)


@dataclass(frozen=True)
class RetentionPolicy:
    """How long the rows of each table are kept, and the size limit of all tables (None: no limit)."""

    ages: Mapping[sa.Table, timedelta]
    largest_bytes: int | None = None

    @classmethod
    def of(cls, settings: Settings) -> "RetentionPolicy":
        """Return the policy that the settings describe."""
        days = {
            predictions: settings.retention.prediction_days,
            shadow_answers: settings.retention.prediction_days,
            refused_inputs: settings.retention.prediction_days,
            api_metrics: settings.retention.request_days,
            logs: settings.retention.log_days,
        }
        ages = {table: timedelta(days=number) for table, number in days.items()}
        return cls(ages, settings.database.limit_bytes or None)


@dataclass(frozen=True)
class Pruned:
    """What one step removed: rows by table, and pages returned to the file system."""

    rows: Mapping[str, int] = field(default_factory=dict)
    pages: int = 0

    def __bool__(self) -> bool:
        return bool(self.pages or any(self.rows.values()))


class Retention:
    """Applies a policy to a database, one step at a time."""

    def __init__(self, database: Database, policy: RetentionPolicy) -> None:
        self._database = database
        self._policy = policy

    def step(self, now: datetime | None, limit: int) -> Pruned:
        """Delete about ``limit`` rows of each table at most; an empty result means nothing is due.

        With None for ``now``, nothing is deleted for its age, only for the size of all.

        Raises
        ------
        DatabaseUnavailable
            If the database cannot be written now; nothing was deleted.
        """
        with self._database.transaction() as connection:
            rows = self._delete_outdated(connection, now, limit) if now is not None else {}
            if not any(rows.values()) and self._is_too_large(connection):
                rows = _delete_oldest_of_all(connection, limit)
        return Pruned(rows, release_pages(self._database))

    def _delete_outdated(
        self, connection: sa.Connection, now: datetime, limit: int
    ) -> dict[str, int]:
        rows = {
            table.name: _delete_outdated(connection, table, limit, now, age)
            for table, age in self._policy.ages.items()
        }
        return rows | prune_steps(connection, now)

    def _is_too_large(self, connection: sa.Connection) -> bool:
        largest = self._policy.largest_bytes
        return largest is not None and used_bytes(connection) > largest


def used_bytes(connection: sa.Connection) -> int:
    """Return the size of the records in bytes, without free pages.

    On SQLite this is exact. PostgreSQL's files do not shrink when rows are deleted, so there it is
    estimated: rows (the span of their ids) times the mean size of the newest rows and their index entries.
    """
    if connection.dialect.name == "sqlite":
        pages = pragma(connection, "page_count") - pragma(connection, "freelist_count")
        return pages * pragma(connection, "page_size")
    return sum(_estimated_bytes(connection, table) for table in PRUNED_TABLES)


def _delete_outdated(
    connection: sa.Connection, table: sa.Table, limit: int, now: datetime, age: timedelta
) -> int:
    """Delete what is older than ``age`` and did not come after something younger.

    Ids are in the order of arrival. What came after a younger row has the time of a clock that was behind: it
    goes when its neighbours go, not at once.
    """
    oldest = _oldest(table, limit).where(table.c.timestamp < now - age)
    first = connection.execute(_first_younger(table, now, now - age)).scalar()
    return _delete(connection, table, oldest if first is None else oldest.where(table.c.id < first))


def _first_younger(table: sa.Table, now: datetime, before: datetime) -> sa.Select[tuple[int]]:
    """Return the first to arrive of the rows that are just young enough to stay."""
    time = table.c.timestamp
    # Not of those ahead of the clock, which would keep all others for as long.
    young = sa.select(table.c.id).where(time >= before, time <= now + AHEAD)
    near = young.order_by(time).limit(COMPARED_ROWS).subquery()
    return sa.select(sa.func.min(near.c.id))


def _oldest(table: sa.Table, limit: int) -> sa.Select[tuple[int]]:
    return sa.select(table.c.id).order_by(table.c.timestamp).limit(limit)


def _delete(connection: sa.Connection, table: sa.Table, oldest: sa.Select[tuple[int]]) -> int:
    if table is predictions:  # labels and challengers' answers are deleted with their prediction
        entry = prediction_metadata.c.prediction_row
        connection.execute(sa.delete(prediction_metadata).where(entry.in_(oldest)))
        take_out_predictions(connection, oldest)
        gone = sa.select(table.c.prediction_id).where(table.c.id.in_(oldest))
        for other in (labels, label_corrections, shadow_answers):
            connection.execute(sa.delete(other).where(other.c.prediction_id.in_(gone)))
    take_out_rows(connection, table, oldest)
    return connection.execute(sa.delete(table).where(table.c.id.in_(oldest))).rowcount


def _delete_oldest_of_all(connection: sa.Connection, limit: int) -> dict[str, int]:
    """Delete from the table that has the oldest row."""
    firsts = {
        table: connection.execute(sa.select(sa.func.min(table.c.timestamp))).scalar()
        for table in PRUNED_TABLES
    }
    begun = {table: first for table, first in firsts.items() if first is not None}
    if not begun:
        return {}
    table = min(begun, key=begun.__getitem__)
    return {table.name: _delete(connection, table, _oldest(table, limit))}


def _estimated_bytes(connection: sa.Connection, table: sa.Table) -> int:
    first, last = connection.execute(
        sa.select(sa.func.min(table.c.id), sa.func.max(table.c.id))
    ).one()
    if first is None:
        return 0
    newest = (
        sa.select(sa.func.pg_column_size(sa.literal_column("record.*")).label("size"))
        .select_from(table.alias("record"))
        .order_by(sa.literal_column("record.id").desc())
        .limit(SAMPLED_ROWS)
        .subquery()
    )
    row = float(connection.execute(sa.select(sa.func.avg(newest.c.size))).scalar_one())
    entries = (len(table.indexes) + 1) * INDEX_ENTRY_BYTES
    return int((last - first + 1) * (row + ROW_OVERHEAD_BYTES + entries))
