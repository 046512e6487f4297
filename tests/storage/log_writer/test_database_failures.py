"""When the database fails, no record is to blame: all wait in the spool and arrive once it works."""

import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from storage.database.connection import Database
from storage.errors import DatabaseUnavailable
from storage.log_writer.writer import DrainReport, LogWriter
from storage.schema.records import utc_now
from storage.schema.tables import predictions, request_rollup
from storage.settings import Settings
from storage.spool.rejected import RejectedRecords
from storage.spool.spool import Spool
from tests.storage import records

LAST_OF_64_BITS = 2**63 - 1
SMALL_DISK_BYTES = 768 * 1024
MANY = 6_000

Drain = Callable[[], DrainReport]


@pytest.fixture
def drain(settings: Settings, writable: Database) -> Drain:
    writer = LogWriter(settings.paths, writable, settings.log_writer.batch_bytes)
    return lambda: writer.drain(utc_now())


@pytest.fixture
def waits(settings: Settings, spool: Spool, drain: Drain) -> Callable[[str], None]:
    """Append one record of each kind, long way and short, and see that none is moved nor set aside."""

    def waits(reason: str) -> None:
        spool.append([records.answer(), records.shadow(), *records.one_of_each()])
        for _ in range(2):
            with pytest.raises(DatabaseUnavailable, match=reason):
                drain()
        assert RejectedRecords(settings.paths.rejected_records).files() == []

    return waits


ARRIVED = DrainReport(records=6)


def test_an_exhausted_sequence(
    writable: Database, waits: Callable[[str], None], drain: Drain
) -> None:
    """PostgreSQL counts this among the errors of the data."""
    _number_from(writable, LAST_OF_64_BITS)
    waits("maximum value of sequence|full")
    _number_from(writable, 10)
    assert drain() == ARRIVED


def test_a_number_given_twice(
    settings: Settings, spool: Spool, writable: Database, drain: Drain
) -> None:
    """As after tables were restored without their sequences; each attempt takes new numbers."""
    if writable.dialect == "sqlite":
        return  # it looks at the largest id itself
    spool.append([records.log(), records.log()])
    drain()
    _number_from(writable, 0, is_used=False)
    spool.append([records.log()])
    with pytest.raises(DatabaseUnavailable, match="logs_pkey"):
        drain()
    assert RejectedRecords(settings.paths.rejected_records).files() == []
    _number_from(writable, 10)
    assert drain() == DrainReport(records=1)


def test_a_missing_table(writable: Database, waits: Callable[[str], None], drain: Drain) -> None:
    _execute(writable, "ALTER TABLE predictions RENAME TO elsewhere")
    waits("predictions")
    _execute(writable, "ALTER TABLE elsewhere RENAME TO predictions")
    assert drain() == ARRIVED


def test_a_damaged_total(
    spool: Spool, writable: Database, waits: Callable[[str], None], drain: Drain
) -> None:
    spool.append([records.answer()])
    drain()
    with writable.transaction() as connection:
        connection.execute(sa.update(request_rollup).values(latency=b"\xff"))
    waits("histogram was cut off")
    with writable.transaction() as connection:
        connection.execute(sa.delete(request_rollup))
    assert drain() == ARRIVED


def test_a_lost_connection(
    writable: Database, database_url: str, waits: Callable[[str], None], drain: Drain
) -> None:
    """The connection is closed by the server while rows are inserted."""
    if writable.dialect == "sqlite":
        return
    other = sa.create_engine(sa.make_url(database_url).set(drivername="postgresql+psycopg"))

    def cut(connection: sa.Connection, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith("INSERT INTO api_metrics"):
            driver: Any = connection.connection.dbapi_connection
            process = driver.info.backend_pid
            with other.connect() as admin:
                admin.exec_driver_sql(f"SELECT pg_terminate_backend({process}, 5000)")

    sa.event.listen(writable._engine, "before_cursor_execute", cut)
    waits("terminating connection|closed")
    sa.event.remove(writable._engine, "before_cursor_execute", cut)
    other.dispose()
    assert drain() == ARRIVED


def test_a_full_disk(settings: Settings, spool: Spool, writable: Database, drain: Drain) -> None:
    """SQLite's own limit of pages fails as a full disk does; PostgreSQL gets a small disk."""
    with _full_disk(writable):
        spool.append(records.answer(str(number)) for number in range(MANY))
        for _ in range(2):
            with pytest.raises(DatabaseUnavailable, match=r"full|No space left"):
                drain()
        assert RejectedRecords(settings.paths.rejected_records).files() == []
    drain()
    with writable.transaction() as connection:
        count = sa.select(sa.func.count()).select_from(predictions)
        assert connection.execute(count).scalar_one() == MANY


def test_a_value_that_the_database_refuses_is_the_records_own(spool: Spool, drain: Drain) -> None:
    spool.append(
        [
            records.log("before"),
            records.log("a\0b").model_copy(update={"level": "L" * 17}),
            records.log("after"),
        ]
    )
    report = drain()
    assert (report.records, report.rejected) in {(2, 1), (3, 0)}, "SQLite takes any length"


def _number_from(database: Database, last: int, *, is_used: bool = True) -> None:
    """Let the next row of each table have the number after ``last``."""
    for table in ("predictions", "api_metrics", "logs", "shadow_answers", "model_metrics"):
        if database.dialect == "sqlite":
            _execute(database, f"DELETE FROM sqlite_sequence WHERE name = '{table}'")  # noqa: S608
            _execute(database, f"INSERT INTO sqlite_sequence VALUES ('{table}', {last})")  # noqa: S608
        else:
            number = last if is_used else last + 1
            _execute(database, f"SELECT setval('{table}_id_seq', {number}, {is_used})")


@contextmanager
def _full_disk(database: Database) -> Iterator[None]:
    if database.dialect == "sqlite":
        with database.transaction() as connection:
            pages = int(connection.exec_driver_sql("PRAGMA page_count").scalar_one())
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 50}")
        yield
        database.close()
        return
    with database.transaction() as connection:
        data = Path(str(connection.exec_driver_sql("SHOW data_directory").scalar_one()))
    with _small_disk(data.stat().st_uid) as disk:
        _alone(database, f"CREATE TABLESPACE small LOCATION '{disk}'")
        _alone(database, "ALTER TABLE predictions SET TABLESPACE small")
        yield
        _alone(database, "ALTER TABLE predictions SET TABLESPACE pg_default")
        _alone(database, "DROP TABLESPACE small")


@contextmanager
def _small_disk(owner: int) -> Iterator[Path]:
    disk = Path(tempfile.mkdtemp(prefix="small-disk-"))
    options = f"size={SMALL_DISK_BYTES},mode=700,uid={owner}"
    mount = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(disk)]
    result = subprocess.run(mount, capture_output=True, text=True)
    if result.returncode != 0:
        pytest.skip(f"A full disk needs the right to mount a small one ({result.stderr.strip()}).")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)
        disk.rmdir()


def _execute(database: Database, statement: str) -> None:
    with database.transaction() as connection:
        connection.exec_driver_sql(statement)


def _alone(database: Database, statement: str) -> None:
    """Execute what cannot be part of a transaction."""
    with database._engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql(statement)
