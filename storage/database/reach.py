"""How far back rows are looked at where no index finds what matches: no search reads everything."""

from datetime import datetime

import sqlalchemy as sa

from storage.database.filters import Selection

MOST_READ = 1_000_000
"""Rows that one search looks at."""


def end_of_reach(
    connection: sa.Connection, table: sa.Table, since: datetime | None, until: datetime | None
) -> datetime | None:
    """Return the time of the oldest row that is looked at; None if all of the window are."""
    time = table.c.timestamp
    window = Selection.of(table).within(since, until)
    query = window.select(time).order_by(time.desc()).offset(MOST_READ).limit(1)
    oldest: datetime | None = connection.execute(query).scalar()
    return oldest
