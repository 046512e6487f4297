"""Commands to the log-writer, the only process that writes to the database.

A command goes through the spool and its result is read from a table, so SQLite never has two writers.
"""

import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal

import sqlalchemy as sa

from storage.database.connection import Database
from storage.errors import CommandUnanswered, DatabaseUnavailable
from storage.schema.records import CommandRecord, utc_now
from storage.schema.tables import command_results
from storage.spool.spool import Spool

ANSWER_POLL_SECONDS = 0.05

CommandName = Literal[
    "clear_database", "attach_labels", "change_monitoring_config", "believe_clock"
]


def ask(
    spool: Spool,
    database: Database,
    name: CommandName,
    timeout_seconds: float,
    arguments: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Have the log-writer execute a command, and return its result.

    Raises
    ------
    CommandUnanswered
        If there was no result in time. The command has then expired and will not be executed later.
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
