"""The monitoring configuration in the database: versioned rows, the newest in force.

Every change is a new row that says who changed what, when, and an event on the timeline, all in one
transaction of the log-writer (``storage/database/commands.py``). Reading never fails: without a usable
row the defaults are in force.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from pydantic import ValidationError

from storage.database.connection import Database
from storage.errors import DatabaseUnavailable
from storage.schema.monitoring_config import MonitoringConfig
from storage.schema.records import EventRecord
from storage.schema.tables import events, monitoring_config

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class StoredConfig:
    """The configuration in force, and where it comes from.

    Attributes
    ----------
    version
        Number of the change, from 1; 0 means the defaults.
    readable
        False while the database is unavailable and the defaults are used instead.
    """

    config: MonitoringConfig
    version: int = 0
    changed_at: datetime | None = None
    changed_by: str | None = None
    readable: bool = True


def read_config(database: Database) -> StoredConfig:
    """Return the configuration in force; the defaults if the database has none or is unavailable."""
    try:
        with database.transaction() as connection:
            return newest(connection)
    except DatabaseUnavailable:
        return StoredConfig(MonitoringConfig(), readable=False)


def newest(connection: sa.Connection) -> StoredConfig:
    """Return the newest row's configuration, or the defaults when there is none.

    A row of another release may hold values that this one does not know or accept: unknown values are
    ignored, and a row with invalid ones is logged and ignored.
    """
    query = sa.select(monitoring_config).order_by(monitoring_config.c.id.desc()).limit(1)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        return StoredConfig(MonitoringConfig())
    known = {
        name: value
        for name, value in row["config"].items()
        if name in MonitoringConfig.model_fields
    }
    try:
        config = MonitoringConfig(**known)
    except ValidationError as error:
        logger.error(
            "The stored monitoring configuration is invalid, so the defaults apply: %s", error
        )
        config = MonitoringConfig()
    return StoredConfig(config, row["id"], row["timestamp"], row["changed_by"])


def store_change(
    connection: sa.Connection, arguments: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """Put ``arguments["changes"]`` in force, inside the log-writer's transaction.

    Parameters
    ----------
    arguments
        ``changes``: new values by name; ``changed_by``: who changed them.
    now
        When it takes effect.

    Returns
    -------
    dict
        ``version`` and ``changed`` (name: [before, after]); or ``refused``, a sentence, if the changes
        conflict with another change made in the meantime.
    """
    before = newest(connection).config.model_dump()
    try:
        config = MonitoringConfig(**(before | arguments["changes"]))
    except ValidationError as error:
        return {"refused": error.errors(include_url=False)[0]["msg"]}
    after = config.model_dump()
    changed = {
        name: [before[name], value] for name, value in after.items() if value != before[name]
    }
    row = {"timestamp": now, "changed_by": arguments["changed_by"], "changes": changed}
    insert = sa.insert(monitoring_config).returning(monitoring_config.c.id)
    version = int(connection.execute(insert.values(config=after, **row)).scalar_one())
    connection.execute(sa.insert(events).values(_event(row, version).row()))
    return {"version": version, "changed": changed}


def _event(row: Mapping[str, Any], version: int) -> EventRecord:
    changes = ", ".join(f"{name} {old} -> {new}" for name, (old, new) in row["changes"].items())
    return EventRecord(
        timestamp=row["timestamp"],
        event_kind="configuration",
        actor=row["changed_by"],
        subject=str(version),
        summary=f"Monitoring configuration {version}: {changes or 'nothing changed'}.",
        figures={"changed": row["changes"]},
    )
