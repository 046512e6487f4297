"""The log-writer: the one process that writes to the database. Moves spool records, exactly once.

Each transaction inserts the records of one chunk of one segment and stores how far it read. A crash before
the commit repeats the chunk, a crash after it does not; a segment is removed only after its last commit.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from pathlib import Path

import sqlalchemy as sa

from storage.commands import carry_out
from storage.database import Database
from storage.errors import DatabaseUnavailable, SpoolUnavailable
from storage.housekeeping import Housekeeping
from storage.idempotent_insert import insert_into
from storage.log_handler import configure_logging, open_spool
from storage.paths import RuntimePaths
from storage.process_lock import AlreadyRunning, only_process
from storage.process_loop import run_until_stopped
from storage.request_rollup import roll_up
from storage.retention import Retention, RetentionPolicy
from storage.schema.records import CommandRecord, SpoolRecord, utc_now
from storage.schema.tables import api_metrics, metadata, spool_positions
from storage.settings import settings_or_exit
from storage.spool import Segment, decode, segments
from storage.spool_backlog import moment_of
from storage.spool_rows import RowBatch, insert_statement, read_rows

logger = logging.getLogger("storage.log_writer")  # __name__ is __main__ when it runs


LOG_WRITER = "log-writer"
LARGE_BACKLOG_BATCHES = 8
LARGE_BATCH_FACTOR = 4


@dataclass(frozen=True)
class DrainReport:
    """What one round moved. ``more``: a segment had more than one chunk, so the next round is due now."""

    records: int = 0
    rejected: int = 0
    segments_removed: int = 0
    more: bool = False
    lag_seconds: float = field(default=0.0, compare=False)
    """The longest that a moved record had waited."""

    def __add__(self, other: "DrainReport") -> "DrainReport":
        return DrainReport(
            self.records + other.records,
            self.rejected + other.rejected,
            self.segments_removed + other.segments_removed,
            self.more or other.more,
            max(self.lag_seconds, other.lag_seconds),
        )


class LogWriter:
    """Moves records from the spool folder into the database."""

    def __init__(self, paths: RuntimePaths, database: Database, batch_bytes: int) -> None:
        self._paths = paths
        self._database = database
        self._batch_bytes = batch_bytes
        self._moved: dict[str, int] = {}

    def run_once(self, now: datetime) -> DrainReport:
        """Move one chunk of every segment.

        Raises
        ------
        DatabaseUnavailable
            If the database cannot be written now; nothing of the chunk at hand was kept or lost.
        SpoolUnavailable
            If a segment could not be read or its bad lines not be set aside; the others were moved.
        """
        report = DrainReport()
        problem: SpoolUnavailable | None = None
        for segment in segments(self._paths.spool):
            try:
                report += self._move_chunk(segment, now)
            except SpoolUnavailable as error:
                problem = error  # the other segments do not wait for it
        if problem is not None:
            raise problem
        return report

    def drain(self, now: datetime) -> DrainReport:
        """Move everything that is there, chunk by chunk."""
        total = DrainReport()
        while (report := self.run_once(now)) != DrainReport():
            total += report
        return total

    def _move_chunk(self, segment: Segment, now: datetime) -> DrainReport:
        # Most segments are idle most of the time: one look at the file, and no transaction.
        if segment.is_idle(self._moved.get(segment.name, -1)):
            return DrainReport()
        with self._database.transaction() as connection:
            position = _position(connection, segment)
            with _file_problems():
                chunk = segment.read(position, self._chunk_bytes(segment.backlog_bytes(position)))
            if chunk.end == position and not chunk.finished:
                return DrainReport()
            lines = [*chunk.lines, *([chunk.torn_tail] if chunk.torn_tail else [])]
            rejected = _store_lines(connection, lines, now)
            _set_position(connection, segment, chunk.end)
            # Before the commit: a crash in between sets a line aside twice, which loses nothing.
            self._set_aside(segment, rejected)
        if chunk.finished:
            self._remove(segment)
        else:
            self._moved[segment.name] = chunk.end
        return DrainReport(
            records=len(lines) - len(rejected),
            rejected=len(rejected),
            segments_removed=int(chunk.finished),
            more=not chunk.at_end,
            lag_seconds=_lag_seconds(lines),
        )

    def _chunk_bytes(self, backlog_bytes: int) -> int:
        """Return the size of the next chunk: a long backlog moves faster in larger transactions."""
        large = backlog_bytes > LARGE_BACKLOG_BATCHES * self._batch_bytes
        return self._batch_bytes * (LARGE_BATCH_FACTOR if large else 1)

    def _remove(self, segment: Segment) -> None:
        segment.path.unlink()
        self._moved.pop(segment.name, None)
        with self._database.transaction() as connection:
            connection.execute(
                sa.delete(spool_positions).where(spool_positions.c.segment == segment.name)
            )

    def _set_aside(self, segment: Segment, rejected: Sequence[bytes]) -> None:
        if not rejected:
            return
        target = self._paths.rejected_records / segment.name
        with _file_problems():
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("ab") as stream:
                stream.writelines(line + b"\n" for line in rejected)
        logger.error(
            "%d unreadable records of a spool file were set aside in %s", len(rejected), target
        )


@contextmanager
def _file_problems() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SpoolUnavailable(
            f"A spool file could not be moved ({error}); free some disk space or mend its permissions. "
            "Nothing of it is lost."
        ) from error


def count_rejected(folder: Path) -> int:
    """Return how many records lie set aside in ``folder``."""
    return sum(path.read_bytes().count(b"\n") for path in folder.glob("*"))


def _lag_seconds(lines: Sequence[bytes]) -> float:
    oldest = moment_of(lines[0]) if lines else None
    return 0.0 if oldest is None else max(0.0, (utc_now() - oldest).total_seconds())


def _position(connection: sa.Connection, segment: Segment) -> int:
    query = sa.select(spool_positions.c.position).where(spool_positions.c.segment == segment.name)
    return int(connection.execute(query).scalar() or 0)


def _set_position(connection: sa.Connection, segment: Segment, position: int) -> None:
    connection.execute(sa.delete(spool_positions).where(spool_positions.c.segment == segment.name))
    connection.execute(sa.insert(spool_positions).values(segment=segment.name, position=position))


def _store_lines(connection: sa.Connection, lines: Sequence[bytes], now: datetime) -> list[bytes]:
    """Store what the lines say; return those that cannot be read or that the database refuses."""
    batches, others = read_rows(lines, connection.dialect.name)
    for batch in batches:
        others += _insert(connection, batch, now)
    records, rejected = _decode_all(others)
    return rejected + _store_all(connection, records, now)


def _insert(connection: sa.Connection, batch: RowBatch, now: datetime) -> list[bytes]:
    """Insert the rows; return the lines of those that are refused, found by halving."""
    try:
        with connection.begin_nested():
            connection.exec_driver_sql(insert_statement(batch, connection.dialect), batch.rows)
            if batch.table == api_metrics.name:
                roll_up(connection, batch.mappings(), now)
    except (sa.exc.OperationalError, sa.exc.InternalError):
        raise  # the database, not a row
    except (sa.exc.DBAPIError, OverflowError, TypeError, ValueError):
        if len(batch.rows) == 1:
            return batch.lines
        return [line for half in batch.halves() for line in _insert(connection, half, now)]
    return []


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
                insert = insert_into(metadata.tables[table], connection.dialect.name)
                connection.execute(insert, rows)
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
    housekeeping = Housekeeping(settings.paths, Retention(database, RetentionPolicy.of(settings)))

    def step(now: datetime) -> bool:
        try:
            database.migrate_if_needed()
            report = writer.run_once(now)
            housekeeping.count(report.records, report.rejected, report.lag_seconds)
            housekeeping.run_once(now, report.records)
        except DatabaseUnavailable:
            database.close()  # a connection made while the file was read-only would stay so
            raise
        return report.more

    try:
        with only_process(settings.paths.log_writer_lock, LOG_WRITER):
            logger.info("The log-writer moves %s into the database.", settings.paths.spool)
            run_until_stopped(step, settings.log_writer_poll_seconds)
    except AlreadyRunning as error:
        raise SystemExit(str(error)) from error


if __name__ == "__main__":
    main()
