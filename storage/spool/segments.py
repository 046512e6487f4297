"""Durable hand-off from a process to the database: one append makes the record safe.

Each process appends to spool files ("segments") of its own; only the log-writer reads them. A line is
``<crc32 of the JSON, 8 hexadecimal digits> <JSON>``. The owner holds a lock on the segment that it writes
to: when the log-writer can take the lock, the owner closed the segment or died, and no line will follow.

An append survives the death of the process (the kernel has the bytes), but not a power cut.
"""

import contextlib
import errno
import fcntl
import logging
import os
import secrets
import tempfile
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from storage.errors import SpoolUnavailable
from storage.process.loop import REMINDER_SECONDS
from storage.schema.records import SPOOL_RECORD, AnySpoolRecord, SpoolRecord
from storage.spool.open_segment import OpenSegment

logger = logging.getLogger(__name__)

SEGMENT_SUFFIX = ".spool"
CHECK_SECONDS = 0.2
"""How long a removed spool folder may go unnoticed."""
ROOM_BYTES = 64 * 1024
"""The disk counts as full if it has no room for this."""


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
    """The writer of one process; its threads may share it.

    A segment whose name no longer leads to it, because the folder was removed, moved or put back, is noticed
    within ``CHECK_SECONDS`` of an append and written anew under its name: byte for byte, so that the
    log-writer goes on where it was. ``on_restored`` is then called, and ``on_refused`` at each append that
    fails; callers need not log that.
    """

    def __init__(self, folder: Path, segment_bytes: int) -> None:
        self._folder = folder
        self._segment_bytes = segment_bytes
        self._lock = threading.Lock()
        self._segment: OpenSegment | None = None
        self._next_check = 0.0
        self._closed = threading.Event()
        self._next_told = 0.0
        self.on_restored: Callable[[], None] = lambda: None
        self.on_refused: Callable[[], None] = lambda: None

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
        restored = False
        try:
            with self._lock:
                if (
                    time.monotonic() >= self._next_check
                ):  # the file system is asked now and then only
                    restored = self._restore()
                self._write(lines)
        except OSError as error:
            refusal = self._refusal(error)
            self._tell_refusal(refusal)
            raise refusal from error
        if restored:
            self._tell()

    def check_room(self) -> None:
        """Check that records can be written now, by writing a file without a name.

        Raises
        ------
        SpoolUnavailable
            If there is no room for ``ROOM_BYTES``, or no permission.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self._folder, buffering=0) as file:
                if file.write(bytes(ROOM_BYTES)) < ROOM_BYTES:
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError as error:
            raise self._refusal(error) from error

    def check(self) -> None:
        """Write the current segment anew if its name no longer leads to it, now or at the next check."""
        restored = False
        with self._lock, contextlib.suppress(OSError):
            restored = self._restore()
        if restored:
            self._tell()

    def keep_checking(self) -> None:
        """Check in a thread until closed: an idle process must not leave its last records out of reach."""
        threading.Thread(target=self._check_until_closed, name="spool-check", daemon=True).start()

    def close(self) -> None:
        """Close the current segment, so that the log-writer can finish and remove it."""
        self._closed.set()
        with self._lock:
            with contextlib.suppress(OSError):
                self._restore()
            self._release()

    def _check_until_closed(self) -> None:
        while not self._closed.wait(CHECK_SECONDS):
            self.check()

    def _refusal(self, error: OSError) -> SpoolUnavailable:
        return SpoolUnavailable(
            f"The record could not be written to {self._folder} ({error.strerror}); "
            "free some disk space or fix its permissions, then try again."
        )

    def _tell_refusal(self, refusal: SpoolUnavailable) -> None:
        """Count it and, once a minute, log it; outside the lock, because the log line is appended too."""
        self.on_refused()
        with self._lock:
            now = time.monotonic()
            is_due = now >= self._next_told
            if is_due:
                self._next_told = now + REMINDER_SECONDS
        if is_due:
            logger.error("%s", refusal)

    def _tell(self) -> None:
        """Alarm; outside the lock, because the log line itself is appended here."""
        self.on_restored()
        logger.error(
            "The spool folder %s was removed or replaced while it was in use; this process has written its "
            "open file there anew.",
            self._folder,
        )

    def _write(self, lines: bytes) -> None:
        if self._segment is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._segment = OpenSegment.create(self._folder / new_name())
        try:
            self._segment.append(lines)
        except OSError:
            if self._segment.size:
                self._finish()  # once it is moved and removed, there is space again
            raise
        if self._segment.size >= self._segment_bytes:
            self._finish()

    def _restore(self) -> bool:
        self._next_check = time.monotonic() + CHECK_SECONDS
        if self._segment is None or self._segment.is_reachable():
            return False
        self._folder.mkdir(parents=True, exist_ok=True)
        self._segment = self._segment.written_anew()
        return True

    def _finish(self) -> None:
        """Close the segment, unless it is out of reach and cannot be written anew: then it grows."""
        with contextlib.suppress(OSError):
            self._restore()
            self._release()

    def _release(self) -> None:
        if self._segment is not None:
            self._segment.close()
            self._segment = None


def new_name() -> str:
    """Return the name of a new segment; names sort by time."""
    return f"{time.time_ns():020d}-{os.getpid()}-{secrets.token_hex(4)}{SEGMENT_SUFFIX}"


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
