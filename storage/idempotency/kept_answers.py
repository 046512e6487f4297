"""Answers kept for a day by the caller's own key, so that a request that is sent again is answered once.

A file of its own, shared by all worker processes. A request goes through three steps, each durable before
the next: it is claimed; its answer and the spool lines that log it are drafted; once these lines are in the
spool, the answer is finished. Whoever finds a claim of a process that has ended goes on after its last step:
without a draft nothing was logged; with one, the same lines are appended again, and the log-writer keeps one
row of each prediction's id.
"""

import hashlib
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storage.errors import AnswersUnavailable, KeyReused, RequestInFlight
from storage.idempotency.owner import Owner
from storage.process.atomic_files import make_folder

KEPT_SECONDS = 24 * 3600.0
SWEPT_AT_ONCE = 20
"""Old answers that each new claim removes; so many more than it adds that none stay."""
BUSY_SECONDS = 5.0
SCHEMA = """
CREATE TABLE IF NOT EXISTS answers (
    identity BLOB PRIMARY KEY,
    asked BLOB NOT NULL,
    claimed_at REAL NOT NULL,
    owner TEXT NOT NULL,
    content BLOB,
    lines BLOB,
    finished INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS answers_by_time ON answers (claimed_at);
"""
FIND = "SELECT asked, claimed_at, owner, content, lines, finished FROM answers WHERE identity = ?"
CLAIM = "INSERT OR REPLACE INTO answers (identity, asked, claimed_at, owner) VALUES (?, ?, ?, ?)"
SWEEP = (
    "DELETE FROM answers WHERE rowid IN "
    "(SELECT rowid FROM answers WHERE claimed_at < ? ORDER BY claimed_at LIMIT ?)"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that has a key: whose key it is, and what was asked, both as hashes."""

    identity: bytes
    fingerprint: bytes

    @classmethod
    def of(cls, caller: str, key: str, *parts: bytes) -> "Asked":
        """Return the request of a caller; ``parts`` are all that must be the same when it is sent again."""
        lengths = b",".join(b"%d" % len(part) for part in parts)
        return cls(
            hashlib.sha256(f"{caller}\0{key}".encode()).digest(),
            hashlib.sha256(b"\0".join((lengths, *parts))).digest(),
        )


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer and the spool lines that log it; without lines there is nothing to append."""

    content: bytes
    lines: bytes


@dataclass(frozen=True, slots=True)
class Turn:
    """The right to answer a request.

    ``claimed_at`` is when it was first claimed, in seconds since 1970.
    ``draft`` is the answer of a process that ended before it was finished; ``taken_over`` if there was one.
    """

    asked: Asked
    claimed_at: float
    draft: Draft | None = None
    taken_over: bool = False

    @property
    def command_id(self) -> str:
        """Of the one command that the request may stand for: 32 hexadecimal characters."""
        once = f"{self.asked.identity.hex()} {self.claimed_at!r}"
        return hashlib.sha256(once.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Kept:
    """The answer that was given."""

    content: bytes


class KeptAnswers:
    """The answers of one runtime folder, opened when the first key comes; its threads may share it.

    ``flushes``: each step waits for the disk, so that it survives a power cut and not only a killed process.
    ``on_swept`` is called with the number of old answers that were removed.
    """

    def __init__(self, path: Path, *, flushes: bool) -> None:
        self._path = path
        self._flushes = flushes
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._file: tuple[int, int] | None = None
        self._owner: Owner | None = None
        self._own: set[bytes] = set()
        """What this process works on now."""
        self.on_swept: Callable[[int], None] = lambda _: None

    def claim(self, asked: Asked, now: float | None = None) -> Turn | Kept:
        """Return the kept answer, or the right to answer.

        Raises
        ------
        KeyReused
            If the key was used for another request within a day.
        RequestInFlight
            If a living process works on it.
        AnswersUnavailable
            If nothing can be kept now.
        """
        moment = time.time() if now is None else now
        oldest = moment - KEPT_SECONDS
        with self._writing() as connection:
            swept = connection.execute(SWEEP, (oldest, SWEPT_AT_ONCE)).rowcount
            row = connection.execute(FIND, (asked.identity,)).fetchone()
            known = row is not None and row[1] >= oldest
            found = self._found(asked, row) if known else Turn(asked, moment)
            if isinstance(found, Turn):
                self._take(connection, found)
        if swept:
            self.on_swept(swept)
        return found

    def keep(self, turn: Turn, draft: Draft) -> None:
        """Keep the answer before what logs it is appended.

        Raises
        ------
        AnswersUnavailable
            If it could not be kept; then nothing may be appended.
        """
        values = (draft.content, draft.lines, turn.asked.identity)
        with self._writing() as connection:
            connection.execute(
                "UPDATE answers SET content = ?, lines = ? WHERE identity = ?", values
            )

    def finish(self, turn: Turn) -> None:
        """Say that the kept answer is logged; it may be given now."""
        with self._writing() as connection:
            connection.execute(
                "UPDATE answers SET finished = 1, lines = NULL WHERE identity = ?",
                (turn.asked.identity,),
            )
        self._own.discard(turn.asked.identity)

    def give_back(self, turn: Turn) -> None:
        """Let the next one that asks have the turn: a draft stays, for it may be logged."""
        identity = (turn.asked.identity,)
        with suppress(AnswersUnavailable), self._writing() as connection:
            connection.execute(
                "DELETE FROM answers WHERE identity = ? AND content IS NULL", identity
            )
            connection.execute("UPDATE answers SET owner = '' WHERE identity = ?", identity)
        self._own.discard(turn.asked.identity)

    def forget(self) -> None:
        """Remove the answers that were given, as the rows that they stand for are removed.

        Raises
        ------
        AnswersUnavailable
            If they cannot be removed now.
        """
        if self._path.exists():
            with self._writing() as connection:
                connection.execute("DELETE FROM answers WHERE finished = 1")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            if self._owner is not None:
                self._owner.close()
            self._connection = self._owner = None

    def _found(self, asked: Asked, row: tuple[Any, ...]) -> Turn | Kept:
        fingerprint, claimed_at, owner, content, lines, finished = row
        if fingerprint != asked.fingerprint:
            raise KeyReused(
                "This Idempotency-Key was used for another request within the last 24 hours; send a "
                "new key with a new request, or the first request again unchanged."
            )
        if finished:
            return Kept(content)
        if self._is_worked_on(asked, owner):
            raise RequestInFlight(
                "The request with this Idempotency-Key is still being answered; send it again in a moment."
            )
        draft = None if content is None else Draft(content, lines)
        return Turn(asked, claimed_at, draft, taken_over=True)

    def _is_worked_on(self, asked: Asked, owner: str) -> bool:
        own = self._owner
        if own is None or not own.lives(owner):
            return False
        return owner != own.name or asked.identity in self._own

    def _take(self, connection: sqlite3.Connection, turn: Turn) -> None:
        owner = self._owner.name if self._owner is not None else ""
        identity, fingerprint = turn.asked.identity, turn.asked.fingerprint
        if turn.draft is None:
            connection.execute(CLAIM, (identity, fingerprint, turn.claimed_at, owner))
        else:
            connection.execute("UPDATE answers SET owner = ? WHERE identity = ?", (owner, identity))
        self._own.add(identity)

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """Provide the file inside a transaction."""
        try:
            with self._lock:
                connection = self._opened()
                connection.execute("BEGIN IMMEDIATE")
                try:
                    yield connection
                    connection.execute("COMMIT")
                except BaseException:
                    with suppress(sqlite3.Error):
                        connection.execute("ROLLBACK")
                    raise
        except (OSError, sqlite3.Error) as error:
            raise AnswersUnavailable(
                f"The answer could not be kept in {self._path} ({error}); free some disk space, fix its "
                "permissions, or move a damaged file away. Without Idempotency-Key it is not needed."
            ) from error

    def _opened(self) -> sqlite3.Connection:
        """Return the connection; a file that was removed or replaced is opened anew."""
        if self._connection is not None and self._file == _identity_of(self._path):
            return self._connection
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        make_folder(self._path.parent)
        if self._owner is None or self._file is not None:
            self._owner = Owner(self._path.parent)
        self._connection = _connected(self._path, flushes=self._flushes)
        self._file = _identity_of(self._path)
        return self._connection


def _connected(path: Path, *, flushes: bool) -> sqlite3.Connection:
    connection = sqlite3.connect(path, BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        path.chmod(0o600)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {'FULL' if flushes else 'NORMAL'}")
        connection.executescript(SCHEMA)
    except BaseException:
        connection.close()
        raise
    return connection


def _identity_of(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
