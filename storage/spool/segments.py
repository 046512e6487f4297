"""Durable hand-off from a process to the database: one append makes the record safe.

Each process appends to spool files ("segments") of its own; only the log-writer reads them. A line is
``<crc32 of the JSON, 8 hexadecimal digits> <JSON>``. The owner holds a lock on the segment that it writes
to: when the log-writer can take the lock, the owner closed the segment or died, and no line will follow.

An append survives the death of the process (the kernel has the bytes); ``Spool`` decides what survives a
power cut.
"""

import fcntl
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from storage.schema.records import SPOOL_RECORD, AnySpoolRecord, SpoolRecord

SEGMENT_SUFFIX = ".spool"


def encode(record: SpoolRecord) -> bytes:
    """Return the record as one spool line, newline included."""
    return line_of(record.model_dump_json().encode())


def line_of(payload: bytes) -> bytes:
    """Return a record's JSON as one spool line, newline included."""
    return b"%08x %b\n" % (zlib.crc32(payload), payload)


def decode(line: bytes) -> AnySpoolRecord:
    """Return the record of one spool line, newline excluded.

    Raises
    ------
    ValueError
        If the line is torn, its checksum is wrong, or it is not a known record.
    """
    checksum, _, payload = line.partition(b" ")
    if len(checksum) != 8 or int(checksum, 16) != zlib.crc32(payload):
        raise ValueError("the checksum does not match")
    try:
        return SPOOL_RECORD.validate_json(payload)
    except ValidationError as error:
        raise ValueError(f"not a known record: {error.error_count()} problems") from error


@dataclass(frozen=True)
class Chunk:
    """Complete lines of a segment from one position on, and where the next chunk begins."""

    lines: tuple[bytes, ...]
    torn_tail: bytes
    end: int
    at_end: bool
    finished: bool

    def all_lines(self) -> tuple[bytes, ...]:
        """Return the complete lines, and the torn tail as one."""
        return (*self.lines, self.torn_tail) if self.torn_tail else self.lines


@dataclass(frozen=True)
class Segment:
    """The reader of one spool file."""

    path: Path

    @property
    def name(self) -> str:
        """The file's unique name."""
        return self.path.name

    def read(self, position: int, limit_bytes: int) -> Chunk:
        """Read complete lines from ``position`` on, about ``limit_bytes`` and at least one line.

        The chunk is ``finished`` when the owner released the segment and nothing follows the chunk; only
        then are bytes without a newline a torn tail.
        """
        with self.path.open("rb") as stream:
            closed = _is_unlocked(stream.fileno())
            stream.seek(position)
            content = stream.read(limit_bytes) + (stream.readline() if limit_bytes else b"")
            at_end = stream.read(1) == b""
        whole, newline, tail = content.rpartition(b"\n")
        finished = closed and at_end
        return Chunk(
            lines=tuple(whole.split(b"\n")) if newline else (),
            torn_tail=tail if finished else b"",
            end=position + len(whole) + len(newline) + (len(tail) if finished else 0),
            at_end=at_end,
            finished=finished,
        )

    def size_bytes(self) -> int:
        """Return the size of the file."""
        return self.path.stat().st_size

    def is_idle(self, position: int) -> bool:
        """Whether nothing follows ``position`` and the owner may still write more."""
        if self.size_bytes() != position:
            return False
        with self.path.open("rb") as stream:
            return not _is_unlocked(stream.fileno())

    def backlog_bytes(self, position: int) -> int:
        """Return how many bytes follow ``position``."""
        return max(0, self.path.stat().st_size - position)


def segments(folder: Path) -> Iterator[Segment]:
    """Yield the segments in a spool folder, oldest first."""
    for path in sorted(folder.glob(f"*{SEGMENT_SUFFIX}")):
        yield Segment(path)


def _is_unlocked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
