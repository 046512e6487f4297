"""Commands from other processes, executed inside the log-writer's transaction."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.database.commands import CommandName
from storage.database.monitoring_config import store_change
from storage.log_writer.retention_clock import believe
from storage.predictions.labels import store_labels
from storage.schema.records import CommandRecord, EventRecord, SpoolRecord, utc_now
from storage.schema.tables import DERIVED_TABLES, RECORD_TABLES, command_results, events

Claim = Callable[[str], None]


def unclaimed(_command_id: str) -> None:
    """Claim nothing: no one waits for the result."""


def carry_out(
    connection: sa.Connection, record: SpoolRecord, now: datetime, claim: Claim = unclaimed
) -> None:
    """Claim a command and execute it in the log-writer's transaction, unless it expired or was before."""
    if not isinstance(record, CommandRecord) or now > record.expires_at:
        return
    claim(record.command_id)
    same = command_results.c.command_id == record.command_id
    if connection.execute(sa.select(command_results.c.command_id).where(same)).first():
        return
    if utc_now() > record.expires_at:
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
        _empty(connection, table)
    deleted = {table.name: _empty(connection, table) for table in RECORD_TABLES}
    event = EventRecord(
        timestamp=now,
        event_kind="clear",
        actor=arguments.get("asked_by", "unknown"),
        summary=f"The database was cleared: {sum(deleted.values())} records deleted.",
        figures={"deleted": deleted},
    )
    connection.execute(sa.insert(events).values(event.row()))
    return deleted


def _empty(connection: sa.Connection, table: sa.Table) -> int:
    """Delete all rows of a table; return how many there were."""
    if connection.dialect.name == "sqlite":  # gives up whole pages without looking at their rows
        return connection.execute(sa.delete(table)).rowcount
    rows = connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
    if rows:
        connection.exec_driver_sql(f"TRUNCATE {table.name}")
    return int(rows)


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
