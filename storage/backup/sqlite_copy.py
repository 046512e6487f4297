"""Copies of SQLite databases that are in use, and what a copy holds.

SQLite's own backup starts again whenever another process writes, so on a busy database it would not end.
Over a connection that holds a read transaction it does not: it copies that snapshot. Writers go on
meanwhile; their journal grows by what they write, and shrinks afterwards.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from storage.backup.display import Display
from storage.errors import BackupUnavailable

STEP_PAGES = 2_000
BUSY_SECONDS = 30.0
STEPS_BETWEEN_LOOKS = 1_000_000
"""Of SQLite's own machine: a few milliseconds."""


def copy_sqlite(source: sqlite3.Connection, target: Path, shown: Display) -> dict[str, int]:
    """Copy the snapshot that ``source`` holds, and return the rows of each table.

    Raises
    ------
    BackupUnavailable
        If the copy is not sound, or has other numbers of rows.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(target)) as copy:
        source.backup(
            copy,
            pages=STEP_PAGES,
            progress=lambda _, left, total: shown.advance(total - left, total),
        )
    rows = row_counts(source)
    with unchanging(target) as copied:
        problem = str(copied.execute("PRAGMA quick_check(1)").fetchone()[0])
        if problem != "ok":
            raise BackupUnavailable(
                f"The copy of {target.name} is damaged ({problem}); the database itself may be, or the disk."
            )
        if row_counts(copied) != rows:
            raise BackupUnavailable(f"The copy of {target.name} has other numbers of rows.")
    return rows


def copy_sqlite_file(source: Path, target: Path, shown: Display) -> dict[str, int]:
    """Copy a database that other processes may be writing to; see ``copy_sqlite``."""
    address = f"{source.absolute().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS)) as connection:
        connection.isolation_level = None
        connection.execute("BEGIN")
        connection.execute("SELECT 1 FROM sqlite_schema").fetchone()  # only reading begins it
        return copy_sqlite(connection, target, shown)


@contextmanager
def unchanging(path: Path) -> Iterator[sqlite3.Connection]:
    """Read a copy that nobody writes to, without leaving a file beside it; Ctrl-C ends its longest query."""
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(address, uri=True)) as connection:
        # Only in code of Python is Ctrl-C noticed; SQLite then ends the query with an error of its own.
        connection.set_progress_handler(lambda: 0, STEPS_BETWEEN_LOOKS)
        try:
            yield connection
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname == "SQLITE_INTERRUPT":
                raise KeyboardInterrupt from error
            raise


def row_counts(connection: sqlite3.Connection) -> dict[str, int]:
    """Return the number of rows of each table."""
    query = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    names = sorted(name for (name,) in connection.execute(query))
    return {name: _count(connection, name) for name in names}


def _count(connection: sqlite3.Connection, name: str) -> int:
    quoted = name.replace('"', '""')
    return int(connection.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()[0])  # noqa: S608
