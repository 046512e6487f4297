"""Spool lines stored as rows inside the log-writer's transaction; bad lines are returned."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from storage.database.failures import is_fault_of_record
from storage.database.record_totals import add_totals, of_lines, of_requests
from storage.log_writer.commands import Claim, carry_out, unclaimed
from storage.log_writer.spool_rows import (
    RowBatch,
    TableRows,
    given_metadata,
    insert_statement,
    read_rows,
)
from storage.predictions.metadata import add_metadata
from storage.predictions.rollup import roll_up_predictions
from storage.requests.rollup import roll_up
from storage.requests.stages import keep_stages
from storage.schema.records import (
    AnswerRecord,
    CommandRecord,
    PredictionRecord,
    SpoolRecord,
    StagesRecord,
)
from storage.schema.source import SOURCE
from storage.schema.tables import api_metrics, logs, metadata, predictions
from storage.spool.rejected import RejectedLine
from storage.spool.segments import decode, encode

logger = logging.getLogger(__name__)

ONCE = "once"
"""In a table's ``info``: the unique column; a second row with the same value is skipped."""


def store_lines(
    connection: sa.Connection, lines: Sequence[bytes], now: datetime, claim: Claim = unclaimed
) -> list[RejectedLine]:
    """Store the lines' records; return lines that cannot be read or whose record the database refuses.

    If a line becomes several rows, all are stored or none. Commands are carried out, each claimed before.

    Raises
    ------
    sqlalchemy.exc.DBAPIError
        If the database failed, whatever it failed at: no line is to blame.
    """
    batches, others = read_rows(lines, connection.dialect.name)
    for batch in batches:
        others += _insert(connection, batch)
    records, rejected = _decode_all(others)
    return rejected + _store_all(connection, records, now, claim)


def _insert(connection: sa.Connection, batch: RowBatch) -> list[bytes]:
    """Insert the rows; return the lines of rejected rows, found by halving."""
    try:
        with connection.begin_nested():
            for table in batch.tables:
                statement = insert_statement(table, connection.dialect)
                connection.exec_driver_sql(statement, table.rows)
                _count(connection, table)
    except (sa.exc.DBAPIError, OverflowError, TypeError, ValueError) as error:
        _raise_if_not_of_record(error)
        if len(batch.lines) == 1:
            return batch.lines
        return [line for half in batch.halves() for line in _insert(connection, half)]
    return []


def _count(connection: sa.Connection, stored: TableRows) -> None:
    """Count rows that were just stored, and find predictions by their metadata."""
    if stored.table == api_metrics.name:
        roll_up(connection, stored.rows)
        add_totals(connection, of_requests(stored.columns_of("success", "response_time")))
    elif stored.table == predictions.name:
        add_metadata(connection, given_metadata(stored))
        answered = stored.columns_of("timestamp", "model_version", SOURCE)
        roll_up_predictions(connection, answered)
    elif stored.table == logs.name:
        add_totals(connection, of_lines(level for (level,) in stored.columns_of("level")))


def _decode_all(lines: Sequence[bytes]) -> tuple[list[SpoolRecord], list[RejectedLine]]:
    records: list[SpoolRecord] = []
    rejected: list[RejectedLine] = []
    for line in lines:
        try:
            records.append(decode(line))
        except ValueError as error:
            rejected.append(RejectedLine(line, str(error)))
    return records, rejected


def _store_all(
    connection: sa.Connection, records: Sequence[SpoolRecord], now: datetime, claim: Claim
) -> list[RejectedLine]:
    """Store the records; return the lines of those that the database refuses.

    A prediction that is stored already is left out.
    """
    refused: list[RejectedLine] = []
    repeated = 0
    in_order = sorted(records, key=lambda record: (isinstance(record, CommandRecord), record.table))
    for _, group in groupby(in_order, key=lambda record: record.table):
        batch = list(group)
        if _refusal(connection, batch, now, claim) is None:
            continue
        for record in batch:
            reason = _refusal(connection, [record], now, claim)
            if reason is None:
                continue
            if _is_stored(connection, record):
                repeated += 1
            else:
                refused.append(RejectedLine(encode(record)[:-1], reason))
    if repeated:
        logger.info("%d predictions were stored before and were left out.", repeated)
    return refused


def _is_stored(connection: sa.Connection, record: SpoolRecord) -> bool:
    """Whether this very prediction is stored, as after a process that was killed while it logged it."""
    if not isinstance(record, PredictionRecord | AnswerRecord):
        return False
    row = predictions.c
    same = row.prediction_id == record.prediction_id, row.request_id == record.request_id
    found = connection.execute(sa.select(row.prediction).where(*same)).scalar()
    return found == record.prediction


def _refusal(
    connection: sa.Connection, records: Sequence[SpoolRecord], now: datetime, claim: Claim
) -> str | None:
    """Store all of the records or none; return why the database refuses them."""
    try:
        with connection.begin_nested():
            if isinstance(records[0], CommandRecord):
                for record in records:
                    carry_out(connection, record, now, claim)
            else:
                _insert_records(connection, records)
    except (sa.exc.DBAPIError, ValueError) as error:
        _raise_if_not_of_record(error)
        reason = error.orig if isinstance(error, sa.exc.DBAPIError) else error
        return str(reason).partition("\n")[0]
    return None


def _raise_if_not_of_record(error: Exception) -> None:
    if isinstance(error, sa.exc.DBAPIError) and not is_fault_of_record(error):
        raise error


def _insert_records(connection: sa.Connection, records: Sequence[SpoolRecord]) -> None:
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for part in (part for record in records for part in record.parts()):
        if not isinstance(part, StagesRecord):
            rows[part.table].append(part.row())
    if staged := [record for record in records if isinstance(record, StagesRecord)]:
        keep_stages(connection, staged)
    for table, of_table in rows.items():
        insert = insert_into(metadata.tables[table], connection.dialect.name)
        connection.execute(insert, of_table)
        _count(connection, TableRows.of(table, of_table))


def insert_into(table: sa.Table, dialect: str) -> sa.Insert:
    """Return the INSERT for a table's rows on ``sqlite`` or ``postgresql``."""
    if ONCE not in table.info:
        return sa.insert(table)
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return insert(table).on_conflict_do_nothing(index_elements=[table.info[ONCE]])
