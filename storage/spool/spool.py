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
from storage.process.atomic_files import flush_folder, make_folder
from storage.process.loop import REMINDER_SECONDS
from storage.schema.records import SpoolRecord
from storage.setting_groups.records import SpoolSync
from storage.spool.group_flush import GroupFlush
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
    log-writer goes on where it was. ``on_restored`` is then called. While it cannot be written, appends are
    refused. ``on_refused`` is called at each append that fails; callers need not log that.

    Parameters
    ----------
    folder
        Of all processes' files.
    segment_bytes
        Size at which a new file is begun.
    sync
        When appended records are flushed to the disk: when the kernel does it (``off``), every
        ``sync_seconds`` by the thread of ``keep_checking`` (``interval``), or before an append that waits
        returns (``answer``).
    """

    def __init__(
        self,
        folder: Path,
        segment_bytes: int,
        sync: SpoolSync = "off",
        sync_seconds: float = 1.0,
    ) -> None:
        self._folder = folder
        self._segment_bytes = segment_bytes
        self._sync = sync
        self._sync_seconds = sync_seconds
        self._lock = threading.Lock()
        self._segment: OpenSegment | None = None
        self._appended = 0
        self._to_flush: list[int] = []
        """Descriptors of complete segments."""
        self._flushed = 0
        self._group = GroupFlush(self._flush, lambda: self._appended)
        self._next_check = 0.0
        self._out_of_reach: OSError | None = None
        """Why a segment without a name could not be written anew."""
        self._closed = threading.Event()
        self._next_told = 0.0
        self.on_restored: Callable[[], None] = lambda: None
        self.on_refused: Callable[[], None] = lambda: None

    @property
    def folder(self) -> Path:
        """Of all processes' files."""
        return self._folder

    @property
    def flushes_answers(self) -> bool:
        """Whether an append waits for the disk."""
        return self._sync == "answer"

    def append(self, records: Iterable[SpoolRecord], *, waits: bool = True) -> None:
        """Append all of the records in one write, or none of them.

        ``waits``: for the disk, if the spool flushes before answers.

        Raises
        ------
        SpoolUnavailable
            If they could not be written completely (disk full, no permission), and none is kept; or if the
            disk failed to flush them, and they may be lost.
        """
        self.append_lines(b"".join(map(encode, records)), waits=waits)

    def append_lines(self, lines: bytes, *, waits: bool = True) -> None:
        """Append encoded spool lines in one write; see ``append``."""
        restored = False
        try:
            with self._lock:
                # The file system is asked now and then only.
                if time.monotonic() >= self._next_check:
                    restored = self._restore()
                elif self._out_of_reach is not None:
                    raise OSError(self._out_of_reach.errno, self._out_of_reach.strerror)
                self._write(lines)
                position = self._appended
            if waits and self._sync == "answer":
                self._group.wait(position)
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
            make_folder(self._folder)
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
        if self._sync != "off":
            self.flush()

    def _check_until_closed(self) -> None:
        pause, next_sync = min(CHECK_SECONDS, self._sync_seconds), time.monotonic()
        while not self._closed.wait(pause):
            self.check()
            if self._sync == "interval" and time.monotonic() >= next_sync:
                next_sync = time.monotonic() + self._sync_seconds
                self.flush()

    def flush(self) -> None:
        """Flush what was appended since the last call to the disk; a failure is told as for an append."""
        position = self._appended
        if position == self._flushed:
            return
        self._flushed = position
        try:
            self._group.wait(position)
        except OSError as error:
            self._tell_refusal(self._refusal(error))

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
            make_folder(self._folder)
            self._segment = self._created()
        try:
            self._segment.append(lines)
            self._appended += len(lines)
        except OSError:
            if self._segment.size:
                self._finish()  # once it is moved and removed, there is space again
            raise
        if self._segment.size >= self._segment_bytes:
            self._finish()

    def _created(self) -> OpenSegment:
        segment = OpenSegment.create(self._folder / new_name())
        try:
            self._keep(segment)
        except OSError:
            segment.close()
            raise
        return segment

    def _restore(self) -> bool:
        self._next_check = time.monotonic() + CHECK_SECONDS
        if self._segment is None or self._segment.is_reachable():
            self._out_of_reach = None
            return False
        try:
            make_folder(self._folder)
            self._segment = self._segment.written_anew()
            self._keep(self._segment)
        except OSError as error:
            self._out_of_reach = error
            raise
        self._out_of_reach = None
        return True

    def _keep(self, segment: OpenSegment) -> None:
        """Flush the name of a new segment, and what it begins with."""
        if self._sync != "off":
            segment.flush()
            flush_folder(self._folder)

    def _flush(self) -> int:
        """Flush the files that have been appended to, while others append; return the position reached."""
        with self._lock:
            position = self._appended
            files, self._to_flush = self._to_flush, []
            if self._segment is not None:
                files.append(self._segment.duplicate())
        try:
            for file in files:
                os.fsync(file)
        except OSError:
            with self._lock:
                self._release()  # what it holds is moved as it is; what follows goes to another file
            raise
        finally:
            for file in files:
                os.close(file)
        return position

    def _finish(self) -> None:
        """Close the segment, unless it is out of reach and cannot be written anew: then it grows."""
        with contextlib.suppress(OSError):
            self._restore()
            self._release()

    def _release(self) -> None:
        if self._segment is not None:
            if self._sync != "off":
                self._to_flush.append(self._segment.duplicate())
            self._segment.close()
            self._segment = None


def new_name() -> str:
    """Return the name of a new segment; names sort by time."""
    return f"{time.time_ns():020d}-{os.getpid()}-{secrets.token_hex(4)}{SEGMENT_SUFFIX}"
