"""How many rows are stored, kept by the log-writer: counting millions takes seconds.

Totals change in the transaction that stores or deletes the rows, so they are always what counting would find.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from storage.schema.tables import api_metrics, logs, prediction_rollup, record_totals


class Part(NamedTuple):
    """A part of the rows of one table: lines of one level, or requests that succeeded or did not."""

    table_name: str
    part: str


class Total(NamedTuple):
    """Rows of a part, and the seconds that they took together."""

    rows: int
    seconds: float = 0.0


PREDICTIONS = ("predictions", "labelled")
Totals = Mapping[Part, Total]

SUCCEEDED, FAILED = Part(api_metrics.name, "succeeded"), Part(api_metrics.name, "failed")


def of_lines(levels: Iterable[str]) -> Totals:
    """Return the totals of log lines with these levels."""
    return {Part(logs.name, level): Total(rows) for level, rows in Counter(levels).items()}


def of_requests(requests: Iterable[tuple[bool, float]]) -> Totals:
    """Return the totals of requests: whether each succeeded, and its seconds."""
    rows: Counter[Part] = Counter()
    seconds = {SUCCEEDED: 0.0, FAILED: 0.0}
    for success, took in requests:
        part = _part(success)
        rows[part] += 1
        seconds[part] += took
    return {part: Total(rows[part], seconds[part]) for part in rows}


def add_totals(connection: sa.Connection, added: Totals) -> None:
    """Add rows to the totals, inside the transaction that stores them."""
    if added:
        # In one order: two writers that lock the same totals must not wait for each other.
        rows = [part._asdict() | total._asdict() for part, total in sorted(added.items())]
        connection.execute(_upsert(connection.dialect.name), rows)


def take_out_rows(connection: sa.Connection, table: sa.Table, which: sa.Select[tuple[int]]) -> None:
    """Take log lines or requests out, by the numbers of their rows, before they are deleted."""
    if table is logs:
        gone = sa.select(logs.c.level, sa.func.count()).where(logs.c.id.in_(which))
        found = connection.execute(gone.group_by(logs.c.level))
        add_totals(connection, {Part(logs.name, level): Total(-rows) for level, rows in found})
    elif table is api_metrics:
        row = api_metrics.c
        gone = sa.select(row.success, sa.func.count(), sa.func.sum(row.response_time))
        counted = connection.execute(gone.where(row.id.in_(which)).group_by(row.success))
        taken = {_part(success): Total(-rows, -took) for success, rows, took in counted}
        add_totals(connection, taken)


def lines_by_level(connection: sa.Connection) -> dict[str, int]:
    """Return how many log lines of each level are stored."""
    return {part: total.rows for (table, part), total in _read(connection, logs) if total.rows}


def request_totals(connection: sa.Connection) -> dict[str, float]:
    """Return how many requests are stored, how many succeeded, and their mean response time in seconds."""
    found = dict(_read(connection, api_metrics))
    total = sum(each.rows for each in found.values())
    succeeded = found.get(SUCCEEDED, Total(0)).rows
    return {
        "total_requests": total,
        "avg_response_time": sum(each.seconds for each in found.values()) / total if total else 0.0,
        "successful_requests": succeeded,
        "success_rate": succeeded / total if total else 0.0,
    }


def prediction_totals(connection: sa.Connection) -> dict[str, int]:
    """Return how many predictions are stored, and how many of them have an actual value."""
    # PostgreSQL adds whole numbers up to decimal ones.
    sums = (sa.func.sum(prediction_rollup.c[name]) for name in PREDICTIONS)
    query = sa.select(*(sa.cast(each, sa.BigInteger) for each in sums))
    counted = connection.execute(query).one()
    return {name: int(rows or 0) for name, rows in zip(PREDICTIONS, counted, strict=True)}


def _read(connection: sa.Connection, table: sa.Table) -> list[tuple[Part, Total]]:
    kept = record_totals.c
    query = sa.select(kept.part, kept.rows, kept.seconds).where(kept.table_name == table.name)
    found = connection.execute(query.order_by(kept.part))
    return [(Part(table.name, part), Total(rows, took)) for part, rows, took in found]


def _part(success: bool) -> Part:
    return SUCCEEDED if success else FAILED


@cache
def _upsert(dialect: str) -> Any:
    table = record_totals
    insert = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(table)
    added = {name: table.c[name] + insert.excluded[name] for name in Total._fields}
    return insert.on_conflict_do_update(index_elements=list(Part._fields), set_=added)
