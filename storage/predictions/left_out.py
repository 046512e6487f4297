"""How many predictions of a time window are from other sources than those that are judged."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from storage.database.connection import Database
from storage.schema.source import MOST_LEFT_OUT, SOURCES, Source
from storage.schema.source_filter import is_from
from storage.schema.tables import predictions


def count_left_out(
    database: Database, since: datetime, until: datetime, judged: Collection[Source]
) -> dict[Source, int]:
    """Count the predictions of a span of time that are not of the judged sources, by source.

    Raises
    ------
    DatabaseUnavailable
        If the database is missing, locked or unreachable.
    """
    others = [source for source in SOURCES if source not in judged]
    with database.transaction() as connection:
        counts = {
            source: int(connection.execute(_counted(source, since, until)).scalar_one())
            for source in others
        }
    return {source: count for source, count in counts.items() if count}


def _counted(source: Source, since: datetime, until: datetime) -> sa.Select[Any]:
    moment = predictions.c.timestamp
    some = sa.select(sa.literal(1)).where(
        is_from(predictions.c.source, (source,)), moment >= since, moment < until
    )
    return sa.select(sa.func.count()).select_from(some.limit(MOST_LEFT_OUT).subquery())
