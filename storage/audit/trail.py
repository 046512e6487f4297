"""The audit log: who changed what, appended to one file and chained by hash so that edits are detected.

The chain proves that no entry was changed, removed, inserted or moved after it was written, unless everything
that follows, and the head file with the newest entry, were rewritten too. Like any chain without an external
anchor, it cannot prove that somebody with write access to both files did not replace or truncate both; nor,
after a kill that left the head file one entry behind, that this entry was not removed. Each entry's sequence
and hash are therefore also logged, to the console and the database: an end recorded elsewhere is such an
anchor. An act is appended after it succeeded; a kill in between loses the entry, but the timeline and the
request log still show the act.
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
"""The actor of entries about the audit log itself."""


TAIL_BYTES = 131_072
"""More than the longest entry plus an incomplete one after it."""


class AuditTrail:
    """The audit log of one runtime folder; any number of processes may append to it."""

    def __init__(self, paths: RuntimePaths) -> None:
        self._log = paths.audit_log
        self._head = paths.audit_head
        self._lock = paths.audit_lock

    def record(self, act: AuditAct) -> bool:
        """Append an act that has happened, or log that this failed; return whether it was appended."""
        try:
            self.append(act)
        except AuditUnavailable as error:
            logger.error(
                "Missing from the audit log (%s): %s by %s, %s, %s",
                error,
                act.action,
                act.actor,
                act.subject,
                act.reason,
            )
            return False
        return True

    def append(self, act: AuditAct) -> AuditEntry:
        """Append one entry; it is on disk when this returns.

        What a kill left is repaired first: an incomplete line is set aside, which is itself an entry. If
        entries were removed, the gap stays: the next one continues the numbering after the missing ones.

        Raises
        ------
        AuditUnavailable
            If it could not be written (disk full, no permission); the audit log is unchanged.
        """
        try:
            with exclusive(self._lock):
                self._set_unfinished_aside()
                return self._append(act)
        except OSError as error:
            raise AuditUnavailable(
                f"The audit log cannot be written ({error.strerror or error}); free some disk space or fix "
                "the permissions."
            ) from error

    def newest(self, limit: int) -> list[AuditEntry]:
        """Return up to ``limit`` entries, newest first, skipping invalid lines (see ``verify``).

        Raises
        ------
        AuditUnavailable
            If it cannot be read.
        """
        with _reading():
            lines = self._log.read_bytes().split(b"\n") if self._size() else []
        return list(itertools.islice(_entries(reversed(lines)), limit))

    def verify(self) -> Verification:
        """Verify the whole chain up to its recorded end; entries may be appended meanwhile.

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
        """Return the end to append to: the recorded one, or the one entry beyond it."""
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
            "The record of the newest audit entry is missing; entries may have been removed."
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
        logger.error(
            "The audit log ended with an incomplete line, which was set aside as %s.", kept.name
        )
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
                    raise OSError("only part of the entry was written")
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
        """Return the entry in the last, complete line; None if it is not an entry."""
        try:
            return unseal(self._tail().removesuffix(b"\n").rpartition(b"\n")[2])
        except ValueError:
            return None

    def _size(self) -> int:
        return self._log.stat().st_size if self._log.exists() else 0

    def _tail(self) -> bytes:
        """Return the end of the file: more than an entry plus an incomplete one."""
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
    """Yield the lines of the first ``size`` bytes; what is appended later is ignored."""
    while size > 0 and (line := stream.readline(size)):
        size -= len(line)
        yield line


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise AuditUnavailable(
            f"The audit log cannot be read ({error.strerror or error}); fix its permissions."
        ) from error
