"""Moving spool records into the database, exactly once.

Each transaction inserts the records of chunks of one or more segments and stores the position in each.
A crash before the commit repeats the chunks, a crash after it does not; a segment is removed only after its
last commit. If a line or file is bad, each segment gets its own transaction.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from storage.database.backlog import moment_of, read_positions
from storage.database.connection import Database
from storage.errors import DatabaseUnavailable, SpoolUnavailable
from storage.log_writer.row_store import store_lines
from storage.paths import RuntimePaths
from storage.process.atomic_files import flush_folder
from storage.schema.records import utc_now
from storage.schema.tables import spool_positions
from storage.spool.command_claim import CommandClaim
from storage.spool.rejected import RejectedLine, RejectedRecords
from storage.spool.segments import Chunk, Segment, segments

logger = logging.getLogger(__name__)

LARGE_BACKLOG_BATCHES = 8
LARGE_BATCH_FACTOR = 4

# Built once: building a statement costs more than executing it.
_ADD_POSITION = sa.insert(spool_positions)
_MOVE_POSITION = sa.update(spool_positions).where(spool_positions.c.segment == sa.bindparam("key"))


@dataclass(frozen=True)
class DrainReport:
    """What one round moved. ``more``: a segment had more than one chunk, so the next round is due now."""

    records: int = 0
    rejected: int = 0
    segments_removed: int = 0
    more: bool = False
    lag_seconds: float = field(default=0.0, compare=False)
    """The longest wait of a moved record."""

    def __add__(self, other: "DrainReport") -> "DrainReport":
        return DrainReport(
            self.records + other.records,
            self.rejected + other.rejected,
            self.segments_removed + other.segments_removed,
            self.more or other.more,
            max(self.lag_seconds, other.lag_seconds),
        )


class _BadLines(Exception):
    """Lines of a joint transaction were rejected: each segment must set its own aside."""


class LogWriter:
    """Moves records from the spool folder into the database."""

    def __init__(self, paths: RuntimePaths, database: Database, batch_bytes: int) -> None:
        self._paths = paths
        self._database = database
        self._batch_bytes = batch_bytes
        self._rejected = RejectedRecords(paths.rejected_records)
        self._claim = CommandClaim(paths.spool)
        self._is_settled = False
        self._reopened = database.reopened
        self._moved: dict[str, int] = {}

    def run_once(self, now: datetime) -> DrainReport:
        """Move one chunk of every segment.

        Raises
        ------
        DatabaseUnavailable
            If the database cannot be written now; these chunks stay in the spool.
        SpoolUnavailable
            If a segment could not be read or its bad lines could not be set aside; the others were moved.
        """
        if self._reopened != self._database.reopened:  # its positions are its own
            self._reopened = self._database.reopened
            self._moved.clear()
        report = DrainReport()
        problem: SpoolUnavailable | None = None
        for group in self._groups():
            try:
                report += self._move(group, now)
                continue
            except (SpoolUnavailable, _BadLines) as error:
                logger.debug("Moving one segment at a time: %s", error)
            for segment in group:
                try:
                    report += self._move([segment], now)
                except SpoolUnavailable as error:
                    problem = error  # the other segments do not wait for it
        if problem is not None:
            raise problem
        return report

    def drain(self, now: datetime) -> DrainReport:
        """Move the whole backlog, chunk by chunk."""
        total = DrainReport()
        while (report := self.run_once(now)) != DrainReport():
            total += report
        return total

    def _groups(self) -> Iterator[list[Segment]]:
        """Yield groups of segments whose next chunks make about one batch: commits cost more than rows.

        Most segments are idle most of the time: these cost one check of the file and no transaction.
        """
        group: list[Segment] = []
        size = 0
        for segment in segments(self._paths.spool):
            moved = self._moved.get(segment.name, -1)
            with _file_problems():
                if segment.is_idle(moved):
                    continue
                waiting = segment.backlog_bytes(max(0, moved))
            if group and size + waiting > self._batch_bytes:
                yield group
                group, size = [], 0
            group.append(segment)
            size += waiting
        if group:
            yield group

    def _move(self, group: Sequence[Segment], now: datetime) -> DrainReport:
        """Move a chunk of each of the segments, in one transaction."""
        try:
            return self._move_in_one(group, now)
        finally:
            self._claim.release()

    def _move_in_one(self, group: Sequence[Segment], now: datetime) -> DrainReport:
        with self._database.transaction() as connection:
            positions = read_positions(connection)
            chunks = self._read_chunks(group, positions)
            lines = [line for chunk in chunks.values() for line in chunk.all_lines()]
            with _file_problems():
                rejected = store_lines(connection, lines, now, self._claim.take)
            if rejected and len(group) > 1:
                raise _BadLines
            _set_positions(connection, positions, chunks)
            draft = self._prepare(group[0], positions, rejected)
        self._check_place()
        self._set_aside(draft, len(rejected))
        self._let_go(chunks)
        return DrainReport(
            records=len(lines) - len(rejected),
            rejected=len(rejected),
            segments_removed=sum(chunk.finished for chunk in chunks.values()),
            more=any(not chunk.at_end for chunk in chunks.values()),
            lag_seconds=max((_lag_seconds(chunk.lines) for chunk in chunks.values()), default=0.0),
        )

    def _read_chunks(
        self, group: Sequence[Segment], positions: Mapping[str, int]
    ) -> dict[Segment, Chunk]:
        """Return the next chunk of each segment that has one."""
        chunks: dict[Segment, Chunk] = {}
        for segment in group:
            position = positions.get(segment.name, 0)
            with _file_problems():
                chunk = segment.read(position, self._chunk_bytes(segment.backlog_bytes(position)))
            if chunk.finished or chunk.end != position:
                chunks[segment] = chunk
        return chunks

    def _chunk_bytes(self, backlog_bytes: int) -> int:
        """Return the size of the next chunk: a long backlog is moved faster in larger transactions."""
        large = backlog_bytes > LARGE_BACKLOG_BATCHES * self._batch_bytes
        return self._batch_bytes * (LARGE_BATCH_FACTOR if large else 1)

    def _let_go(self, chunks: Mapping[Segment, Chunk]) -> None:
        """Store the position in each segment, and remove segments that are finished."""
        self._moved |= {segment.name: chunk.end for segment, chunk in chunks.items()}
        finished = [segment for segment, chunk in chunks.items() if chunk.finished]
        for segment in finished:
            segment.path.unlink(missing_ok=True)  # the folder may have been removed meanwhile
            del self._moved[segment.name]
        if finished:
            self._flush_removal()
            names = [segment.name for segment in finished]
            with self._database.transaction() as connection:
                gone = spool_positions.c.segment.in_(names)
                connection.execute(sa.delete(spool_positions).where(gone))

    def _flush_removal(self) -> None:
        """Before their positions are forgotten: files that a power cut brings back would be moved again."""
        with suppress(OSError):  # the folder may have been removed meanwhile
            flush_folder(self._paths.spool)

    def _check_place(self) -> None:
        """After a commit: what went to a file that was replaced meanwhile must go to the new one too."""
        if not self._database.is_in_place():
            self._is_settled = False
            raise DatabaseUnavailable(
                "The log database was replaced while records were written; they are written again."
            )

    def _prepare(
        self, segment: Segment, positions: Mapping[str, int], rejected: Sequence[RejectedLine]
    ) -> Path | None:
        """Write the rejected lines before the commit, so that a crash after it cannot lose them."""
        with _file_problems():
            if not self._is_settled:
                names = {each.name for each in segments(self._paths.spool)}
                self._rejected.settle(positions, names)
            self._is_settled = not rejected
            if not rejected:
                return None
            return self._rejected.prepare(segment.name, positions.get(segment.name, 0), rejected)

    def _set_aside(self, draft: Path | None, number: int) -> None:
        if draft is None:
            return
        with _file_problems():
            target = self._rejected.commit(draft)
        logger.error("%d unreadable records of a spool file were set aside in %s", number, target)


@contextmanager
def _file_problems() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SpoolUnavailable(
            f"A spool file could not be moved ({error}); free some disk space or fix its permissions. "
            "Nothing in it is lost."
        ) from error


def _lag_seconds(lines: Sequence[bytes]) -> float:
    oldest = moment_of(lines[0]) if lines else None
    return 0.0 if oldest is None else max(0.0, (utc_now() - oldest).total_seconds())


def _set_positions(
    connection: sa.Connection, known: Mapping[str, int], chunks: Mapping[Segment, Chunk]
) -> None:
    moved = {segment.name: chunk.end for segment, chunk in chunks.items()}
    new = [{"segment": name, "position": end} for name, end in moved.items() if name not in known]
    old = [{"key": name, "position": end} for name, end in moved.items() if name in known]
    if new:
        connection.execute(_ADD_POSITION, new)
    if old:
        connection.execute(_MOVE_POSITION, old)
