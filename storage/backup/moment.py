"""One moment of what is recorded: a snapshot of the database, and the spool files that belong to it.

A record goes from a spool file into the database; its position there and the record are committed together,
then the file is removed, then the position. A backup needs each record once, so the order is:

1. Open the spool files. An open file can be read to its end although it is removed meanwhile.
2. Begin the snapshot. What was acknowledged before 1 is in one of the files or, if its file had been removed,
   in the snapshot. What both have, the snapshot's position tells apart: a restored log-writer goes on there.
3. A file that is not in the snapshot by its position was not begun, or else finished and forgotten before 2.
   If it still has its name now, it was not begun. If it has none, nobody can tell: start again.

Rejected records are listed after 2: what was set aside before a commit that the snapshot has is there. What
was set aside after it is left out, because a restored log-writer rejects it again.
"""

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import sqlalchemy as sa

from storage.database.backlog import read_positions
from storage.database.connection import Database
from storage.errors import BackupUnavailable
from storage.paths import RuntimePaths
from storage.process.lock import exclusive
from storage.schema.records import utc_now
from storage.spool.rejected import UNCOMMITTED, WHY
from storage.spool.segments import SEGMENT_SUFFIX

ATTEMPTS = 50
PAUSE_SECONDS = 0.02


@dataclass(frozen=True)
class Moment:
    """The database as it was at ``at``, and the open spool files and rejected records by name."""

    at: datetime
    connection: sa.Connection
    positions: Mapping[str, int]
    spool: Mapping[str, BinaryIO]
    rejected: Mapping[str, BinaryIO]


@contextmanager
def recorded_moment(database: Database, paths: RuntimePaths) -> Iterator[Moment]:
    """Hold one moment of the running system; the log-writer goes on.

    Raises
    ------
    BackupUnavailable
        If spool files were removed in each of many attempts.
    DatabaseUnavailable
        If the database cannot be read.
    """
    with ExitStack() as stack:
        with exclusive(paths.reingest_lock):  # which moves rejected records back into the spool
            moment = _attempted(stack, database, paths)
        yield moment


def _attempted(stack: ExitStack, database: Database, paths: RuntimePaths) -> Moment:
    for _ in range(ATTEMPTS):
        with ExitStack() as attempt:
            moment = _taken(attempt, database, paths)
            if moment is not None:
                stack.enter_context(attempt.pop_all())
                return moment
        time.sleep(PAUSE_SECONDS)
    raise BackupUnavailable(
        "The log-writer removes spool files faster than they can be listed; wait until the backlog in "
        "GET /database/stats is small, then try again."
    )


def _taken(stack: ExitStack, database: Database, paths: RuntimePaths) -> Moment | None:
    """Return the moment; None if a file was removed in between and nobody can tell whether it was stored."""
    now = utc_now()
    spool = _opened(stack, sorted(paths.spool.glob(f"*{SEGMENT_SUFFIX}")))
    connection = stack.enter_context(database.transaction())
    if database.dialect == "postgresql":
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    positions = read_positions(connection)
    unknown = [stream for name, stream in spool.items() if name not in positions]
    if any(os.fstat(stream.fileno()).st_nlink == 0 for stream in unknown):
        return None
    rejected = [
        path
        for path in sorted(paths.rejected_records.glob("[!.]*"))
        if not _comes_again(path.name, spool, positions)
    ]
    return Moment(now, connection, positions, spool, _opened(stack, rejected))


def _opened(stack: ExitStack, found: list[Path]) -> dict[str, BinaryIO]:
    opened: dict[str, BinaryIO] = {}
    for path in found:
        committed = path.with_name(path.name.removesuffix(UNCOMMITTED))
        for named in dict.fromkeys((path, committed)):  # it may just have been renamed
            with suppress(FileNotFoundError):  # or moved into the database, and removed
                opened[named.name] = stack.enter_context(named.open("rb"))
                break
    return opened


def _comes_again(name: str, spool: Mapping[str, BinaryIO], positions: Mapping[str, int]) -> bool:
    """Whether a restored log-writer sets this file aside again, from the spool file it came from."""
    kept = name.removesuffix(WHY).removesuffix(UNCOMMITTED)
    segment, _, begun = kept.rpartition("@")
    return segment in spool and begun.isdecimal() and positions.get(segment, 0) <= int(begun)
