"""Commands from other processes, executed inside the log-writer's transaction."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.database.commands import CommandName
from storage.database.monitoring_config import store_change
from storage.log_writer.retention_clock import believe
from storage.predictions.labels import store_labels
from storage.schema.records import CommandRecord, EventRecord, SpoolRecord
from storage.schema.tables import DERIVED_TABLES, RECORD_TABLES, command_results, events


def carry_out(connection: sa.Connection, record: SpoolRecord, now: datetime) -> None:
    """Execute one command inside the log-writer's transaction, unless it has expired."""
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
    """Delete every record; return the number of deleted rows by table. The timeline records it."""
    for table in DERIVED_TABLES:
        connection.execute(sa.delete(table))
    deleted = {table.name: connection.execute(sa.delete(table)).rowcount for table in RECORD_TABLES}
    event = EventRecord(
        timestamp=now,
        event_kind="clear",
        actor=arguments.get("asked_by", "unknown"),
        summary=f"The database was cleared: {sum(deleted.values())} records deleted.",
        figures={"deleted": deleted},
    )
    connection.execute(sa.insert(events).values(event.row()))
    return deleted


def believe_clock(
    connection: sa.Connection, arguments: Mapping[str, Any], now: datetime
) -> dict[str, str]:
    """Let retention believe the clock as it is now."""
    believe(connection, now)
    return {"believed": now.isoformat()}


COMMANDS: Mapping[
    CommandName, Callable[[sa.Connection, Mapping[str, Any], datetime], dict[str, Any]]
] = {
    "clear_database": clear_records,
    "attach_labels": store_labels,
    "change_monitoring_config": store_change,
    "believe_clock": believe_clock,
}
