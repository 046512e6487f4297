"""Spool lines stored as rows inside the log-writer's transaction; bad lines are returned."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from storage.log_writer.commands import carry_out
from storage.log_writer.spool_rows import RowBatch, insert_statement, read_rows
from storage.requests.rollup import roll_up
from storage.requests.stored import StoredRequest
from storage.schema.records import CommandRecord, SpoolRecord
from storage.schema.tables import api_metrics, metadata
from storage.spool.segments import decode

ONCE = "once"
"""In a table's ``info``: the unique column; a second row with the same value is skipped."""


def store_lines(connection: sa.Connection, lines: Sequence[bytes], now: datetime) -> list[bytes]:
    """Store the lines' records; return lines that cannot be read or that the database rejects.

    If a line becomes several rows, all are stored or none.
    """
    batches, others = read_rows(lines, connection.dialect.name)
    for batch in batches:
        others += _insert(connection, batch, now)
    records, rejected = _decode_all(others)
    return rejected + _store_all(connection, records, now)


def _insert(connection: sa.Connection, batch: RowBatch, now: datetime) -> list[bytes]:
    """Insert the rows; return the lines of rejected rows, found by halving."""
    try:
        with connection.begin_nested():
            for table in batch.tables:
                statement = insert_statement(table, connection.dialect)
                connection.exec_driver_sql(statement, table.rows)
                if table.table == api_metrics.name:
                    roll_up(connection, table.rows, now)
    except (sa.exc.OperationalError, sa.exc.InternalError):
        raise  # the database failed, not a row
    except (sa.exc.DBAPIError, OverflowError, TypeError, ValueError):
        if len(batch.lines) == 1:
            return batch.lines
        return [line for half in batch.halves() for line in _insert(connection, half, now)]
    return []


def _decode_all(lines: Sequence[bytes]) -> tuple[list[SpoolRecord], list[bytes]]:
    records: list[SpoolRecord] = []
    rejected: list[bytes] = []
    for line in lines:
        try:
            records.append(decode(line))
        except ValueError:
            rejected.append(line)
    return records, rejected


def _store_all(
    connection: sa.Connection, records: Sequence[SpoolRecord], now: datetime
) -> list[bytes]:
    """Store the records; return those that the database rejects, as JSON."""
    refused: list[bytes] = []
    in_order = sorted(records, key=lambda record: (isinstance(record, CommandRecord), record.table))
    for _, group in groupby(in_order, key=lambda record: record.table):
        batch = list(group)
        if not _store(connection, batch, now):
            refused += [
                record.model_dump_json().encode()
                for record in batch
                if not _store(connection, [record], now)
            ]
    return refused


def _store(connection: sa.Connection, records: Sequence[SpoolRecord], now: datetime) -> bool:
    try:
        with connection.begin_nested():
            if isinstance(records[0], CommandRecord):
                for record in records:
                    carry_out(connection, record, now)
            else:
                _insert_records(connection, records, now)
    except (sa.exc.IntegrityError, sa.exc.DataError, ValueError):
        return False
    return True


def _insert_records(
    connection: sa.Connection, records: Sequence[SpoolRecord], now: datetime
) -> None:
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for record in records:
        for part in record.parts():
            rows[part.table].append(part.row())
    for table, of_table in rows.items():
        insert = insert_into(metadata.tables[table], connection.dialect.name)
        connection.execute(insert, of_table)
        if table == api_metrics.name:
            roll_up(connection, [StoredRequest.of(row) for row in of_table], now)


def insert_into(table: sa.Table, dialect: str) -> sa.Insert:
    """Return the INSERT for a table's rows on ``sqlite`` or ``postgresql``."""
    if ONCE not in table.info:
        return sa.insert(table)
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return insert(table).on_conflict_do_nothing(index_elements=[table.info[ONCE]])
