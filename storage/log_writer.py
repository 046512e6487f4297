"""The log-writer: the one process that writes to the database. Moves spool records, exactly once.

Each transaction inserts the records of one chunk of one segment and stores how far it read. A crash before
the commit repeats the chunk, a crash after it does not; a segment is removed only after its last commit.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

import sqlalchemy as sa

from storage.commands import carry_out
from storage.database import Database
from storage.log_handler import configure_logging, open_spool
from storage.paths import RuntimePaths
from storage.process_lock import AlreadyRunning, only_process
from storage.process_loop import run_until_stopped
from storage.request_rollup import roll_up
from storage.schema.records import CommandRecord, SpoolRecord
from storage.schema.tables import api_metrics, metadata, spool_positions
from storage.settings import settings_or_exit
from storage.spool import Segment, decode, segments

logger = logging.getLogger("storage.log_writer")  # __name__ is __main__ when it runs


LOG_WRITER = "log-writer"


@dataclass(frozen=True)
class DrainReport:
    """What one round moved."""

    records: int = 0
    rejected: int = 0
    segments_removed: int = 0

    def __add__(self, other: "DrainReport") -> "DrainReport":
        return DrainReport(
            self.records + other.records,
            self.rejected + other.rejected,
            self.segments_removed + other.segments_removed,
        )


class LogWriter:
    """Moves records from the spool folder into the database."""

    def __init__(self, paths: RuntimePaths, database: Database, batch_bytes: int) -> None:
        self._paths = paths
        self._database = database
        self._batch_bytes = batch_bytes

    def run_once(self, now: datetime) -> DrainReport:
        """Move one chunk of every segment.

        Raises
        ------
        DatabaseUnavailable
            If the database cannot be written now; nothing of the chunk at hand was kept or lost.
        """
        report = DrainReport()
        for segment in segments(self._paths.spool):
            report += self._move_chunk(segment, now)
        return report

    def drain(self, now: datetime) -> DrainReport:
        """Move everything that is there, chunk by chunk."""
        total = DrainReport()
        while (report := self.run_once(now)) != DrainReport():
            total += report
        return total

    def _move_chunk(self, segment: Segment, now: datetime) -> DrainReport:
        with self._database.transaction() as connection:
            position = _position(connection, segment)
            chunk = segment.read(position, self._batch_bytes)
            if chunk.end == position and not chunk.finished:
                return DrainReport()
            lines = [*chunk.lines, *([chunk.torn_tail] if chunk.torn_tail else [])]
            records, rejected = _decode_all(lines)
            rejected += _store_all(connection, records, now)
            _set_position(connection, segment, chunk.end)
            # Before the commit: a crash in between sets a line aside twice, which loses nothing.
            self._set_aside(segment, rejected)
        if chunk.finished:
            self._remove(segment)
        return DrainReport(len(lines) - len(rejected), len(rejected), int(chunk.finished))

    def _remove(self, segment: Segment) -> None:
        segment.path.unlink()
        with self._database.transaction() as connection:
            connection.execute(
                sa.delete(spool_positions).where(spool_positions.c.segment == segment.name)
            )

    def _set_aside(self, segment: Segment, rejected: Sequence[bytes]) -> None:
        if not rejected:
            return
        self._paths.rejected_records.mkdir(parents=True, exist_ok=True)
        target = self._paths.rejected_records / segment.name
        with target.open("ab") as stream:
            stream.writelines(line + b"\n" for line in rejected)
        logger.error(
            "%d unreadable records of a spool file were set aside in %s", len(rejected), target
        )


def count_rejected(folder: Path) -> int:
    """Return how many records lie set aside in ``folder``."""
    return sum(path.read_bytes().count(b"\n") for path in folder.glob("*"))


def _position(connection: sa.Connection, segment: Segment) -> int:
    query = sa.select(spool_positions.c.position).where(spool_positions.c.segment == segment.name)
    return int(connection.execute(query).scalar() or 0)


def _set_position(connection: sa.Connection, segment: Segment, position: int) -> None:
    connection.execute(sa.delete(spool_positions).where(spool_positions.c.segment == segment.name))
    connection.execute(sa.insert(spool_positions).values(segment=segment.name, position=position))


def _decode_all(lines: Sequence[bytes]) -> tuple[list[SpoolRecord], list[bytes]]:
    records: list[SpoolRecord] = []
    rejected: list[bytes] = []
    for line in lines:
        try:
            records.append(decode(line))
        except ValueError:
            rejected.append(line)
    return records, rejected


def _store_all(
    connection: sa.Connection, records: Sequence[SpoolRecord], now: datetime
) -> list[bytes]:
    """Store the records; return, as JSON, those that the database refuses."""
    refused: list[bytes] = []
    in_order = sorted(records, key=lambda record: (isinstance(record, CommandRecord), record.table))
    for table, group in groupby(in_order, key=lambda record: record.table):
        batch = list(group)
        if not _store(connection, table, batch, now):
            refused += [
                record.model_dump_json().encode()
                for record in batch
                if not _store(connection, table, [record], now)
            ]
    return refused


def _store(
    connection: sa.Connection, table: str, records: Sequence[SpoolRecord], now: datetime
) -> bool:
    try:
        with connection.begin_nested():
            if isinstance(records[0], CommandRecord):
                for record in records:
                    carry_out(connection, record, now)
            else:
                rows = [record.row() for record in records]
                connection.execute(sa.insert(metadata.tables[table]), rows)
                if table == api_metrics.name:
                    roll_up(connection, rows, now)
    except (sa.exc.IntegrityError, sa.exc.DataError, ValueError):
        return False
    return True


def main() -> None:
    """Run the log-writer until it is told to stop (``python -m storage.log_writer``)."""
    settings = settings_or_exit()
    spool = open_spool(settings)
    configure_logging(settings, spool, LOG_WRITER)
    database = Database(settings.database_address, writable=True)
    writer = LogWriter(settings.paths, database, settings.log_writer_batch_bytes)

    def step(now: datetime) -> None:
        database.migrate_if_needed()
        writer.run_once(now)

    try:
        with only_process(settings.paths.log_writer_lock, LOG_WRITER):
            logger.info("The log-writer moves %s into the database.", settings.paths.spool)
            run_until_stopped(step, settings.log_writer_poll_seconds)
    except AlreadyRunning as error:
        raise SystemExit(str(error)) from error


if __name__ == "__main__":
    main()
