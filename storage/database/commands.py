"""What another process asks of the log-writer, which alone writes to the database.

A command travels through the spool and its result comes back in a table, so SQLite never has two writers.
"""

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

import sqlalchemy as sa

from storage.database.connection import Database
from storage.database.monitoring_config import store_change
from storage.errors import CommandUnanswered, DatabaseUnavailable
from storage.predictions.labels import store_labels
from storage.schema.records import CommandRecord, EventRecord, SpoolRecord, utc_now
from storage.schema.tables import DERIVED_TABLES, RECORD_TABLES, command_results, events
from storage.spool.segments import Spool

ANSWER_POLL_SECONDS = 0.05

CommandName = Literal["clear_database", "attach_labels", "change_monitoring_config"]


def carry_out(connection: sa.Connection, record: SpoolRecord, now: datetime) -> None:
    """Carry out one command inside the log-writer's transaction, unless it is too old."""
    if not isinstance(record, CommandRecord) or now > record.expires_at:
        return
    result = COMMANDS[record.name](connection, record.arguments, now)
    connection.execute(
        sa.insert(command_results).values(
            command_id=record.command_id, timestamp=now, result=result
        )
    )


def clear_records(
    connection: sa.Connection, arguments: Mapping[str, Any], now: datetime
) -> dict[str, int]:
    """Delete every record; return the number of deleted rows by table. The timeline keeps that it was."""
    for table in DERIVED_TABLES:
        connection.execute(sa.delete(table))
    deleted = {table.name: connection.execute(sa.delete(table)).rowcount for table in RECORD_TABLES}
    event = EventRecord(
        timestamp=now,
        event_kind="clear",
        actor=arguments.get("asked_by", "unknown"),
        summary=f"The database was cleared of {sum(deleted.values())} records.",
        figures={"deleted": deleted},
    )
    connection.execute(sa.insert(events).values(event.row()))
    return deleted


COMMANDS: Mapping[
    CommandName, Callable[[sa.Connection, Mapping[str, Any], datetime], dict[str, Any]]
] = {
    "clear_database": clear_records,
    "attach_labels": store_labels,
    "change_monitoring_config": store_change,
}


def ask(
    spool: Spool,
    database: Database,
    name: CommandName,
    timeout_seconds: float,
    arguments: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Have the log-writer carry out a command, and return its result.

    Raises
    ------
    CommandUnanswered
        If no result came in time. The command has expired by then and will not be carried out later.
    SpoolUnavailable
        If the command could not be written.
    """
    deadline = utc_now() + timedelta(seconds=timeout_seconds)
    command = CommandRecord(name=name, arguments=dict(arguments or {}), expires_at=deadline)
    spool.append([command])
    while utc_now() < deadline:
        time.sleep(ANSWER_POLL_SECONDS)
        result = _result(database, command.command_id)
        if result is not None:
            return result
    raise CommandUnanswered(
        f"The log-writer did not answer within {timeout_seconds:g} s; nothing was changed. "
        "Start it, then try again."
    )


def _result(database: Database, command_id: str) -> dict[str, Any] | None:
    query = sa.select(command_results.c.result).where(command_results.c.command_id == command_id)
    try:
        with database.transaction() as connection:
            return connection.execute(query).scalar()
    except DatabaseUnavailable:
        return None
