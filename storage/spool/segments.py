"""Durable hand-off from a process to the database: one append makes the record safe.

Each process appends to spool files ("segments") of its own; only the log-writer reads them. A line is
``<crc32 of the JSON, 8 hexadecimal digits> <JSON>``. The owner holds a lock on the segment that it writes
to: when the log-writer can take the lock, the owner closed the segment or died, and no line will follow.

An append survives the death of the process (the kernel has the bytes), but not a power cut.
"""

import fcntl
import os
import secrets
import threading
import time
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from storage.errors import SpoolUnavailable
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


class Spool:
    """The writer of one process; its threads may share it."""

    def __init__(self, folder: Path, segment_bytes: int) -> None:
        self._folder = folder
        self._segment_bytes = segment_bytes
        self._lock = threading.Lock()
        self._descriptor: int | None = None
        self._size = 0

    def append(self, records: Iterable[SpoolRecord]) -> None:
        """Append all of the records in one write, or none of them.

        Raises
        ------
        SpoolUnavailable
            If they could not be written completely (disk full, no permission); none is kept.
        """
        self.append_lines(b"".join(map(encode, records)))

    def append_lines(self, lines: bytes) -> None:
        """Append encoded spool lines in one write; see ``append``."""
        with self._lock:
            try:
                self._write(lines)
            except OSError as error:
                raise SpoolUnavailable(
                    f"The record could not be written to {self._folder} ({error.strerror}); "
                    "free some disk space or fix its permissions, then try again."
                ) from error

    def close(self) -> None:
        """Close the current segment, so that the log-writer can finish and remove it."""
        with self._lock:
            self._release()

    def _write(self, lines: bytes) -> None:
        if self._descriptor is None:
            self._descriptor, self._size = self._open_segment(), 0
        written = 0
        try:
            written = os.write(self._descriptor, lines)
            if written < len(lines):
                raise OSError(28, "no space left on the device")
        except OSError:
            if written:
                os.ftruncate(self._descriptor, self._size)
            if self._size:
                self._release()  # once it is moved and removed, there is space again
            raise
        self._size += written
        if self._size >= self._segment_bytes:
            self._release()

    def _open_segment(self) -> int:
        # Locked before it gets the name that the log-writer looks for: a segment that can be seen
        # unlocked is one that nobody will write to again.
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{time.time_ns():020d}-{os.getpid()}-{secrets.token_hex(4)}"
        draft = self._folder / f"{name}.new"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        draft.rename(self._folder / f"{name}{SEGMENT_SUFFIX}")
        return descriptor

    def _release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


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
