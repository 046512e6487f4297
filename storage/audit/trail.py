"""The audit: who changed what, appended to one file and chained by hash so that an edit shows.

What the chain proves: no entry was changed, removed, inserted or moved since it was written, by anyone who
did not also write anew everything that follows, and the note of the newest entry beside it. What it cannot
prove, as no chain without an anchor outside can: that nobody with the right to write both files replaced the
whole, or cut it and its note back together; and while the newest entry is not noted yet, after a kill, that
nobody took that one away. Each entry's sequence and hash are therefore also a line of the log, which goes to
the console and the database: an end noted anywhere else is such an anchor. An act is appended after it
succeeded; a kill between the two loses its entry, and the timeline and the request log still tell of it.
"""

import hashlib
import itertools
import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from pydantic import ValidationError

from storage.audit.chain import (
    AuditAct,
    AuditEntry,
    ChainEnd,
    Verification,
    check,
    follows,
    seal,
    unseal,
)
from storage.errors import AuditUnavailable
from storage.paths import RuntimePaths
from storage.process.atomic_files import flush_folder, write_atomically
from storage.process.lock import exclusive, in_turn

logger = logging.getLogger(__name__)


AUDIT = "audit"
"""Who appends what the audit has to say about itself."""


TAIL_BYTES = 131_072
"""More than the longest entry and an unfinished one after it."""


class AuditTrail:
    """The audit of one runtime folder; any number of processes may append to it."""

    def __init__(self, paths: RuntimePaths) -> None:
        self._log = paths.audit_log
        self._head = paths.audit_head
        self._lock = paths.audit_lock

    def record(self, act: AuditAct) -> bool:
        """Append what has happened already, or say in the log that it could not be; return which."""
        try:
            self.append(act)
        except AuditUnavailable as error:
            logger.error(
                "This is missing in the audit (%s): %s by %s, %s, %s",
                error,
                act.action,
                act.actor,
                act.subject,
                act.reason,
            )
            return False
        return True

    def append(self, act: AuditAct) -> AuditEntry:
        """Append one entry; it is on the disk when this returns.

        What a kill left behind is mended first: an unfinished line is set aside, which is an entry too. Of
        entries that were removed, the gap stays: the next one counts on from the one that is missing.

        Raises
        ------
        AuditUnavailable
            If it could not be kept (disk full, no permission); the audit is as it was.
        """
        try:
            with exclusive(self._lock):
                self._set_unfinished_aside()
                return self._append(act)
        except OSError as error:
            raise AuditUnavailable(
                f"The audit cannot be written ({error.strerror or error}); free some disk space or mend "
                "the permissions."
            ) from error

    def newest(self, limit: int) -> list[AuditEntry]:
        """Return up to ``limit`` entries, newest first, without lines that are none (see ``verify``).

        Raises
        ------
        AuditUnavailable
            If it cannot be read.
        """
        with _reading():
            lines = self._log.read_bytes().split(b"\n") if self._size() else []
        return list(itertools.islice(_entries(reversed(lines)), limit))

    def verify(self) -> Verification:
        """Check the whole chain, from its first entry to its noted end; entries may be added meanwhile.

        Raises
        ------
        AuditUnavailable
            If it cannot be read.
        """
        with _reading():
            with in_turn(self._lock):
                head, size = self._noted_end(), self._size()
            if size == 0:
                return check([], head)
            with self._log.open("rb") as stream:
                return check(_first_bytes(stream, size), head)

    def _append(self, act: AuditAct) -> AuditEntry:
        line = seal(act, self._end())
        self._write(line)
        entry = unseal(line[:-1])
        self._note(entry.end)
        logger.info(
            "Audit entry %d: %s by %s (%s).", entry.sequence, act.action, act.actor, entry.hash
        )
        return entry

    def _end(self) -> ChainEnd:
        """Return where the next entry goes: after the noted end, or the one entry that is beyond it."""
        noted, last = self._noted_end(), self._last_entry()
        if noted is None:
            noted = self._noted_anew(last)
        elif last is not None and follows(last, noted):
            noted = last.end
            self._note(noted)
        return noted

    def _noted_anew(self, last: AuditEntry | None) -> ChainEnd:
        if self._size() == 0:
            self._note(ChainEnd())
            return ChainEnd()
        logger.error(
            "The note of the newest audit entry is missing; entries may have been removed."
        )
        self._note(last.end if last is not None else ChainEnd())
        return self._append(AuditAct(actor=AUDIT, action="note missing")).end

    def _set_unfinished_aside(self) -> None:
        rest = self._tail().rpartition(b"\n")[2]
        if not rest:
            return
        digest = hashlib.sha256(rest).hexdigest()
        kept = self._log.with_name(f"unfinished-{digest[:12]}")
        write_atomically(kept, rest)
        os.truncate(self._log, self._size() - len(rest))
        logger.error("The audit ended with an unfinished line; it is set aside as %s.", kept.name)
        figures = {"bytes": len(rest), "sha256": digest}
        act = AuditAct(actor=AUDIT, action="set aside", subject=kept.name, figures=figures)
        self._append(act)

    def _write(self, line: bytes) -> None:
        is_new = not self._log.exists()
        descriptor = os.open(self._log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            before = os.fstat(descriptor).st_size
            try:
                if os.write(descriptor, line) < len(line):
                    raise OSError("the disk took a part of the entry only")
            except OSError:
                os.ftruncate(descriptor, before)
                raise
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if is_new:
            flush_folder(self._log.parent)

    def _note(self, end: ChainEnd) -> None:
        write_atomically(self._head, end.model_dump_json().encode())

    def _noted_end(self) -> ChainEnd | None:
        try:
            return ChainEnd.model_validate_json(self._head.read_bytes())
        except (FileNotFoundError, ValidationError):
            return None

    def _last_entry(self) -> AuditEntry | None:
        """Return the entry in the last line, which is finished; None where it is not an entry."""
        try:
            return unseal(self._tail().removesuffix(b"\n").rpartition(b"\n")[2])
        except ValueError:
            return None

    def _size(self) -> int:
        return self._log.stat().st_size if self._log.exists() else 0

    def _tail(self) -> bytes:
        """Return the end of the file: more than an entry and an unfinished one."""
        size = self._size()
        if size == 0:
            return b""
        with self._log.open("rb") as stream:
            stream.seek(max(0, size - TAIL_BYTES))
            return stream.read()


def _entries(lines: Iterable[bytes]) -> Iterator[AuditEntry]:
    for line in lines:
        try:
            yield unseal(line)
        except ValueError:
            continue


def _first_bytes(stream: BinaryIO, size: int) -> Iterator[bytes]:
    """Yield the lines of the first ``size`` bytes; what was added later is not looked at."""
    while size > 0 and (line := stream.readline(size)):
        size -= len(line)
        yield line


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise AuditUnavailable(
            f"The audit cannot be read ({error.strerror or error}); mend its permissions."
        ) from error
