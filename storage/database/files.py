"""The files of a SQLite database: replaced or removed under a connection, they are noticed and reopened.

A connection goes on with the files that it opened, whatever their names mean by now: what it writes to a file
that was replaced or removed, no one will read.
"""

import json
import os
import shutil
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from storage.errors import DatabaseUnavailable

Identity = tuple[int, int]
"""Device and inode of a file."""

CHECKPOINT_ATTEMPTS = 3
WORTH_WAITING_FOR = ("SQLITE_FULL", "SQLITE_BUSY", "SQLITE_LOCKED")
SPARE_BYTES = 256 * 1024 * 1024
"""Disk space that a copy of a removed database leaves free."""


@dataclass(frozen=True)
class DatabaseFiles:
    """Which files the names of a database mean; None: there is none.

    ``journal`` is SQLite's write-ahead log, ``index`` the index of it that all connections share.
    """

    database: Identity | None
    journal: Identity | None = None
    index: Identity | None = None

    @classmethod
    def named(cls, path: Path) -> "DatabaseFiles":
        """Return the files that have the names now."""
        return cls(*(_identity(each) for each in names(path)))

    def kept_journal_of(self, other: "DatabaseFiles") -> bool:
        """Whether the database is another one, but the journal still that of ``other``.

        SQLite would take what is in the journal for changes of the new database.
        """
        return self.database != other.database and self.journal == other.journal is not None


def names(path: Path) -> tuple[Path, Path, Path]:
    """Return the paths of a database, its journal and the journal's index."""
    return path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")


def save_what_only_the_connection_reaches(
    connection: sqlite3.Connection, path: Path, opened: DatabaseFiles, now: datetime
) -> str:
    """Complete the opened database, whatever its name means now; return what was done, in a sentence.

    Its journal is moved into it. If it has no name any more, it is copied to a file beside ``path``.

    Raises
    ------
    DatabaseUnavailable
        If readers or a full disk keep the journal from being moved; try again.
    """
    try:
        _move_journal(connection)
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorname", "") in WORTH_WAITING_FOR:
            raise DatabaseUnavailable(
                f"The log database was replaced or removed, and the old one cannot be saved yet ({error}); "
                "free some disk space. Nothing is lost, and this is tried again."
            ) from error
        return f"The old one cannot be read ({error})."
    if _names_left(opened.database) or path_means(path, opened.database):
        return "Nothing of the old one is lost."
    copy = path.with_name(f"{path.stem}-replaced-{now:%Y%m%dT%H%M%SZ}.db")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)  # it may have been removed with the files
        if shutil.disk_usage(path.parent).free < _bytes(connection) + SPARE_BYTES:
            return "There is no room for a copy of the old one; what only it held is lost."
        with closing(sqlite3.connect(copy)) as target:
            connection.backup(target)
    except (OSError, sqlite3.Error) as error:
        copy.unlink(missing_ok=True)
        return f"The old one could not be copied ({error}); what only it held is lost."
    return f"The old one was saved as {copy.name}."


def remove_old_journal(path: Path, opened: DatabaseFiles) -> None:
    """Remove the journal of a database that was opened, saved and closed, if its name still means it."""
    for named, identity in zip(names(path)[1:], (opened.journal, opened.index), strict=True):
        if path_means(named, identity):
            named.unlink()


class OpenedFiles:
    """Which files the log-writer has open, noted beside the database for its readers and the next log-writer.

    Only so can they tell that the database was replaced and the journal is still that of the old one.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._note = path.with_name(path.name + "-opened")

    def note(self, opened: DatabaseFiles) -> None:
        """Note the files; if the note cannot be written, only the next start knows less."""
        with suppress(OSError):
            self._note.write_text(json.dumps([opened.database, opened.journal]), encoding="utf-8")

    def left_foreign_journal(self) -> bool:
        """Whether the database was replaced since, and its journal is still that of the old one."""
        found = DatabaseFiles.named(self._path)
        return found.database is not None and found.kept_journal_of(self._noted())

    def set_foreign_journal_aside(self, now: datetime) -> Path | None:
        """Rename a journal that is not of this database; return its new path."""
        if not self.left_foreign_journal():
            return None
        _, journal, index = names(self._path)
        index.unlink(missing_ok=True)
        return journal.rename(journal.with_name(f"{journal.name}-replaced-{now:%Y%m%dT%H%M%SZ}"))

    def _noted(self) -> DatabaseFiles:
        try:
            noted = json.loads(self._note.read_text(encoding="utf-8"))
            database, journal = (tuple(each) if each else None for each in noted)
        except (OSError, ValueError, TypeError):
            return DatabaseFiles(None)
        return DatabaseFiles(database, journal)


def path_means(path: Path, identity: Identity | None) -> bool:
    """Whether a path leads to this file."""
    return identity is not None and _identity(path) == identity


def _identity(path: Path) -> Identity | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - half the time of Path.stat
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _move_journal(connection: sqlite3.Connection) -> None:
    for _ in range(CHECKPOINT_ATTEMPTS):
        busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if not busy:
            return
    raise DatabaseUnavailable(
        "The log database's files were replaced or removed, and readers still use the old ones; "
        "nothing is lost, and this is tried again."
    )


def _names_left(identity: Identity | None) -> bool:
    """Whether a file that this process has open still has a name somewhere."""
    for entry in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            found = entry.stat()
            if (found.st_dev, found.st_ino) == identity:
                return found.st_nlink > 0
    return False


def _bytes(connection: sqlite3.Connection) -> int:
    query = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
    return int(connection.execute(query).fetchone()[0])
