"""The spool's backlog: how much waits for the log-writer, and since when."""

import contextlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from storage.database.connection import Database
from storage.errors import DatabaseUnavailable
from storage.paths import RuntimePaths
from storage.schema.tables import spool_positions
from storage.spool.segments import Segment, segments

TIMESTAMP = re.compile(rb'"timestamp":"([^"]+)"')
LINE_BEGINNING_BYTES = 64 * 1024

# Built once: building a statement costs more than executing it.
_READ_POSITIONS = sa.select(spool_positions.c.segment, spool_positions.c.position)


@dataclass(frozen=True)
class Backlog:
    """Bytes waiting, and the age of the oldest waiting record in seconds (0: none waits)."""

    bytes: int
    oldest_age_seconds: float


class BacklogReader:
    """Compares the spool's files with how far the database says they were moved.

    While the database cannot be read, the last known positions are used, so that a growing backlog stays
    visible when it matters most.
    """

    def __init__(self, database: Database, paths: RuntimePaths) -> None:
        self._database = database
        self._paths = paths
        self._positions: Mapping[str, int] = {}

    def read(self, now: datetime) -> Backlog:
        """Return the backlog as it is now; works without the database too."""
        with contextlib.suppress(DatabaseUnavailable), self._database.transaction() as connection:
            self._positions = read_positions(connection)
        total, oldest = 0, now
        for segment in segments(self._paths.spool):
            try:
                waiting, since = _waiting(segment, self._positions.get(segment.name, 0))
            except FileNotFoundError:
                continue  # moved and removed in the meantime
            total += waiting
            oldest = min(oldest, since or oldest)
        return Backlog(total, (now - oldest).total_seconds())


def moment_of(line: bytes) -> datetime | None:
    """Return the time of the record in a spool line; None if the line has none."""
    found = TIMESTAMP.search(line)
    try:
        moment = datetime.fromisoformat(found[1].decode()) if found else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


def read_positions(connection: sa.Connection) -> dict[str, int]:
    """Return how far each spool segment was moved into the database, in bytes."""
    return {row.segment: row.position for row in connection.execute(_READ_POSITIONS)}


def _waiting(segment: Segment, position: int) -> tuple[int, datetime | None]:
    backlog = segment.backlog_bytes(position)
    if not backlog:
        return 0, None
    with segment.path.open("rb") as stream:
        stream.seek(position)
        return backlog, moment_of(stream.readline(LINE_BEGINNING_BYTES))
