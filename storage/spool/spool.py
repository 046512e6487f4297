"""What a process appends its records to; the files and their lines are in ``storage/spool/segments.py``."""

import contextlib
import errno
import logging
import os
import secrets
import tempfile
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from storage.errors import SpoolUnavailable
from storage.process.loop import REMINDER_SECONDS
from storage.schema.records import SpoolRecord
from storage.spool.open_segment import OpenSegment
from storage.spool.segments import SEGMENT_SUFFIX, encode

logger = logging.getLogger(__name__)

CHECK_SECONDS = 0.2
"""How long a removed spool folder may go unnoticed."""
ROOM_BYTES = 64 * 1024
"""The disk counts as full if it has no room for this."""


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
                # The file system is asked now and then only.
                if time.monotonic() >= self._next_check:
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
