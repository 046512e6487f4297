"""Free pages of a SQLite database, given back to the file system; PostgreSQL reuses its own."""

import logging
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from storage.database.connection import Database

logger = logging.getLogger(__name__)

SLACK_SHARE = 0.1
"""Share of pages that stay free for the next records."""
PAGES_IN_ONE_STEP = 1_000
MOST_PAGES_REWRITTEN = 8_000
"""What is left of a database that was cleared; with pages of 4 KiB, 32 MB are written in a second."""


def release_pages(database: Database) -> int:
    """Give back a step's number of free pages, or all if little else is left; return how many.

    Raises
    ------
    DatabaseUnavailable
        If the database cannot be written now.
    """
    if database.dialect != "sqlite":
        return 0
    with database.transaction() as connection:
        free, pages = pragma(connection, "freelist_count"), pragma(connection, "page_count")
    if free <= SLACK_SHARE * pages:
        return 0
    # Page by page, SQLite looks for the last one in the list of all that are free: hours for a million.
    rewrites = free >= PAGES_IN_ONE_STEP and pages - free <= MOST_PAGES_REWRITTEN
    if rewrites:
        _rewrite(database.path)
    with database.transaction() as connection:
        # The driver steps the statement once, which frees one page whatever number is requested.
        for _ in range(0 if rewrites else min(free, PAGES_IN_ONE_STEP)):
            connection.exec_driver_sql("PRAGMA incremental_vacuum(1)")
        return pages - pragma(connection, "page_count")


def pragma(connection: sa.Connection, name: str) -> int:
    """Return a number that SQLite tells of itself."""
    return int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())


def _rewrite(path: Path) -> None:
    """Write a database anew. Its file is cut off in a thread: of gigabytes that takes seconds."""
    if _execute(path, "VACUUM"):
        arguments = (path, "PRAGMA wal_checkpoint(PASSIVE)")
        threading.Thread(target=_execute, args=arguments, name="cut-off", daemon=True).start()


def _execute(path: Path, statement: str) -> bool:
    """Execute what SQLite allows in no transaction; return whether it could be done now."""
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute(statement)
    except sqlite3.Error as error:
        logger.warning("The space of deleted records is not given back yet (%s).", error)
        return False
    return True
