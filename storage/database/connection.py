"""The log database: engine, transactions and migrations, on SQLite and PostgreSQL alike."""

import logging
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import psycopg
import sqlalchemy as sa

from storage.database import remedies
from storage.database.failures import is_fault_of_record
from storage.database.files import (
    DatabaseFiles,
    Identity,
    OpenedFiles,
    remove_old_journal,
    save_what_only_the_connection_reaches,
)
from storage.errors import DatabaseUnavailable
from storage.schema.records import utc_now
from storage.schema.unreadable import UnreadableValue, decoded

if TYPE_CHECKING:
    from alembic.config import Config

logger = logging.getLogger(__name__)

POSTGRESQL_NAMES = ("postgresql", "postgres")
"""The second is what many providers print, and what SQLAlchemy no longer knows."""
READ_REVISION = "SELECT version_num FROM alembic_version"
BUSY_TIMEOUT_MILLISECONDS = 5_000
WRITER_CACHE_KIBIBYTES = 64 * 1024
CHECKPOINT_PAGES = 8_000
LONGEST_IDLE_WAL_BYTES = 64 * 1024 * 1024


class Database:
    """One database, opened for reading, or for writing by the one process that writes.

    Parameters
    ----------
    url
        SQLAlchemy address; ``postgresql://`` means the psycopg driver.
    writable
        False opens SQLite with ``mode=ro`` and PostgreSQL in read-only transactions.
    """

    def __init__(self, url: str, *, writable: bool = False) -> None:
        self._url = _with_driver(sa.make_url(url))
        self._writable = writable
        self._migrated = False
        self._path = Path(str(self._url.database))
        self._opened: DatabaseFiles | None = None
        self._noticed: Identity | None = (0, 0)
        self._engine = self._create_engine()
        self.reopened = 0
        """How often files that were replaced or removed were opened anew."""
        self.on_reopened: Callable[[], None] = lambda: None

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self._url.get_backend_name()

    @property
    def path(self) -> Path:
        """The file of a SQLite database."""
        return self._path

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """Commit what is done inside, or roll all of it back.

        Raises
        ------
        DatabaseUnavailable
            If the database is missing, locked, full, damaged, unreachable, newer than this code or has no
            tables yet; the message says what to do.
        """
        try:
            with self._engine.begin() as connection:
                yield connection
        except (sa.exc.DBAPIError, sa.exc.TimeoutError) as error:
            if isinstance(error, sa.exc.IntegrityError | sa.exc.DataError) and is_fault_of_record(
                error
            ):
                raise
            raise DatabaseUnavailable(remedies.sentence(error, self._url)) from error
        except UnreadableValue as error:
            raise DatabaseUnavailable(remedies.sentence(error, self._url)) from error

    def migrate(self) -> None:
        """Migrate the tables to the newest schema, creating database and folder if missing.

        Raises
        ------
        DatabaseUnavailable
            If the folder cannot be created, or as in ``transaction``.
        """
        if self.dialect == "sqlite" and self._url.database:
            _make_folder(Path(self._url.database).parent)
        with self.transaction() as connection:
            if not _is_newest(connection):
                # Imported only where tables change: it is a twentieth of the start of a service.
                from alembic import command

                command.upgrade(alembic_config(connection), "head")
        self._migrated = True

    def migrate_if_needed(self) -> None:
        """Migrate unless already done by this object: cheap to call at every step.

        A SQLite file that was replaced or deleted meanwhile is opened, or created, again; see ``close``.

        Raises
        ------
        DatabaseUnavailable
            As in ``migrate`` and ``close``.
        """
        if self._opened is not None and not self.is_in_place():
            self.close()
        if not self._migrated:
            self.migrate()

    def is_in_place(self) -> bool:
        """Whether the files that the writer opened are those that their names mean."""
        return self._opened is None or DatabaseFiles.named(self._path) == self._opened

    def size_bytes(self) -> int:
        """Return the size of the database on disk, in bytes."""
        query = {
            "sqlite": "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
            "postgresql": "SELECT pg_database_size(current_database())",
        }[self.dialect]
        with self.transaction() as connection:
            return int(connection.execute(sa.text(query)).scalar_one())

    def close(self) -> None:
        """Close every connection.

        If the writer's SQLite files were replaced or removed, what only its connection still reaches is saved
        first: in the opened file, or in a copy beside it.

        Raises
        ------
        DatabaseUnavailable
            If readers keep it from being saved now; the connection stays open.
        """
        opened = self._opened
        if opened is None or self.is_in_place():
            self._engine.dispose()
            self._opened = None
            return
        self._migrated = False
        saved = self._save(opened)
        self._engine.dispose()
        self._opened = None
        self.reopened += 1
        self.on_reopened()
        with suppress(OSError):  # set aside before the next opening
            remove_old_journal(self._path, opened)
        logger.error(
            "The log database's files in %s were replaced or removed while open; it is opened anew. %s",
            self._path.parent,
            saved,
        )

    def _save(self, opened: DatabaseFiles) -> str:
        try:
            connection = self._engine.raw_connection()
        except (DatabaseUnavailable, sa.exc.DBAPIError, sqlite3.Error) as error:
            return f"No connection to the old one is left ({error})."
        try:
            driver: Any = connection.dbapi_connection
            return save_what_only_the_connection_reaches(driver, self._path, opened, utc_now())
        finally:
            connection.close()

    def _create_engine(self) -> sa.Engine:
        if self.dialect != "sqlite":
            engine = sa.create_engine(
                self._url,
                pool_pre_ping=True,
                connect_args={"connect_timeout": 5},
                execution_options={} if self._writable else {"postgresql_readonly": True},
            )
            sa.event.listen(engine, "connect", self._prepare_postgresql)
            return engine
        engine = sa.create_engine(self._sqlite_address(), json_deserializer=decoded)
        sa.event.listen(engine, "connect", self._prepare_sqlite)
        if self._writable:
            sa.event.listen(engine, "do_connect", self._before_writing)
        else:
            sa.event.listen(engine, "do_connect", self._before_reading)
            sa.event.listen(engine, "checkout", self._check_files)
        # IMMEDIATE, because a deferred transaction that reads and then writes fails at once if
        # another connection wrote in between, whatever the timeout.
        begin = "BEGIN IMMEDIATE" if self._writable else "BEGIN"
        sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
        return engine

    def _sqlite_address(self) -> sa.URL:
        mode = "rwc" if self._writable else "ro"
        # SQLite reads this as a URI too, so that %, ? and # in a path have to be quoted for it.
        path = quote(os.fsencode(str(self._url.database)))
        return self._url.set(database=f"file:{path}", query={"mode": mode, "uri": "true"})

    def _before_writing(self, *_: Any) -> None:
        try:
            moved = OpenedFiles(self._path).set_foreign_journal_aside(utc_now())
        except OSError as error:
            raise DatabaseUnavailable(
                f"The log database was replaced, and the old one's journal cannot be moved away ({error}); "
                f"fix the permissions of {self._path.parent}."
            ) from error
        if moved is not None:
            logger.error(
                "The log database was replaced while no log-writer ran; the old one's journal is now %s.",
                moved.name,
            )

    def _before_reading(self, *_: Any) -> None:
        if OpenedFiles(self._path).left_foreign_journal():
            raise DatabaseUnavailable(
                "The log database was replaced; it can be read again once the log-writer has noticed."
            )

    def _check_files(self, _connection: Any, record: Any, _proxy: Any) -> None:
        """Have the pool open a reader's connection anew if its files were replaced or removed."""
        opened, found = record.info["files"], DatabaseFiles.named(self._path)
        if found == opened:
            return
        if found.database not in (opened.database, self._noticed):
            self.reopened += 1
            self.on_reopened()
            logger.warning("The log database was replaced or removed; it is opened anew.")
        self._noticed = found.database
        raise sa.exc.DisconnectionError("the files of the database were replaced")

    def _prepare_postgresql(self, connection: Any, _record: Any) -> None:
        try:
            self._check_revision(
                connection, "SELECT 1 WHERE to_regclass('alembic_version') IS NOT NULL"
            )
            connection.rollback()
        except (DatabaseUnavailable, psycopg.Error):
            connection.close()
            raise

    def _check_revision(self, connection: Any, find_table: str) -> None:
        """Refuse a database of newer code, before anything in it is changed or misunderstood."""
        if not connection.execute(find_table).fetchall():
            return
        for (revision,) in connection.execute(READ_REVISION).fetchall():
            if not remedies.is_known(revision):
                raise DatabaseUnavailable(remedies.newer(revision, self._url))

    def _prepare_sqlite(self, connection: Any, record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy's begin event decides, not the driver
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MILLISECONDS}")
        self._check_revision(  # opens the journal too
            connection, "SELECT 1 FROM sqlite_schema WHERE name = 'alembic_version'"
        )
        if self._writable:
            # Before the first table, or never.
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")  # a segment is deleted after its commit
            # Zeros in place of deleted rows, but not where whole pages are given up: clearing millions of
            # rows would write all of their pages to the journal.
            connection.execute("PRAGMA secure_delete = FAST")
            # Ids are random, so inserts touch index pages everywhere: keep them, write them less often.
            connection.execute(f"PRAGMA cache_size = -{WRITER_CACHE_KIBIBYTES}")
            connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
            connection.execute(f"PRAGMA journal_size_limit = {LONGEST_IDLE_WAL_BYTES}")
            connection.execute("SELECT 1 FROM sqlite_schema")  # opens the new journal
        opened = DatabaseFiles.named(self._path)
        if self._writable:
            self._opened = opened
            OpenedFiles(self._path).note(opened)
        record.info["files"] = opened


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnavailable(
            f"The log database's folder {folder} cannot be created ({error.strerror}); fix its permissions."
        ) from error


def _with_driver(url: sa.URL) -> sa.URL:
    is_postgresql = url.drivername.partition("+")[0] in POSTGRESQL_NAMES
    return url.set(drivername="postgresql+psycopg") if is_postgresql else url


def _is_newest(connection: sa.Connection) -> bool:
    if not sa.inspect(connection).has_table("alembic_version"):
        return False
    found = connection.exec_driver_sql(READ_REVISION).scalars().all()
    return found == [remedies.newest_revision()]


def alembic_config(connection: sa.Connection) -> "Config":
    """Return Alembic's configuration for migrating over a connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(remedies.MIGRATIONS))
    config.attributes["connection"] = connection
    return config
