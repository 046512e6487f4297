"""Commands to the log-writer, the only process that writes to the database.

A command goes through the spool and its result is read from a table, so SQLite never has two writers.
"""

import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal

import sqlalchemy as sa

from storage.database.connection import Database
from storage.errors import CommandUnanswered, CommandUnderWay, DatabaseUnavailable
from storage.schema.records import CommandRecord, new_id, utc_now
from storage.schema.tables import command_results
from storage.spool.command_claim import CommandClaim
from storage.spool.spool import Spool

ANSWER_POLL_SECONDS = 0.05
PATIENCE_SECONDS = 60.0

CommandName = Literal[
    "clear_database", "attach_labels", "change_monitoring_config", "believe_clock"
]


def ask(
    spool: Spool,
    database: Database,
    name: CommandName,
    timeout_seconds: float,
    arguments: Mapping[str, Any] | None = None,
    patience_seconds: float = PATIENCE_SECONDS,
    command_id: str | None = None,
) -> dict[str, Any]:
    """Have the log-writer execute a command, and return its result.

    Parameters
    ----------
    timeout_seconds
        How long the log-writer has to begin.
    patience_seconds
        How long the caller waits for the result of a command that was begun.
    command_id
        One that it has executed before is not executed again: its result is returned.

    Raises
    ------
    CommandUnanswered
        If it was not begun in time. The command has then expired and will not be executed later.
    CommandUnderWay
        If it was begun, and there was no result yet.
    SpoolUnavailable
        If the command could not be written.
    """
    begun = utc_now()
    deadline = begun + timedelta(seconds=timeout_seconds)
    patient = begun + timedelta(seconds=patience_seconds)
    command = CommandRecord(
        command_id=command_id or new_id(),
        name=name,
        arguments=dict(arguments or {}),
        expires_at=deadline,
    )
    claim = CommandClaim(spool.folder)
    if command_id is not None and (decided := _result(database, command_id)) is not None:
        return decided
    spool.append([command])
    while True:
        time.sleep(ANSWER_POLL_SECONDS)
        # In this order: a claim is given up after the result can be read.
        now, is_under_way = utc_now(), claim.names(command.command_id)
        result = _result(database, command.command_id)
        if result is not None:
            return result
        if is_under_way and now >= patient:
            raise CommandUnderWay(
                f"The log-writer is still at work on it after {patience_seconds:g} s. "
                "Look what has changed before you send it again."
            )
        if not is_under_way and now >= deadline:
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
