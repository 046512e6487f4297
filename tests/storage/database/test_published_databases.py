"""Databases that earlier releases wrote, kept as they were: they are migrated, and no row is lost.

Made by the migrations of each revision in its own checkout, with three rows in each table.
"""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from storage.database.connection import Database
from storage.database.record_log import PageRequest, RecordLog
from storage.log_writer.writer import DrainReport, LogWriter
from storage.schema.records import utc_now
from storage.settings import Settings
from storage.spool.spool import Spool
from tests.storage import records
from tests.system import REPOSITORY

KEPT = REPOSITORY / "tests" / "published_databases"
TABLES = {"schema_0001": 6, "release_0_2_0": 12}
"""Tables of each database."""
ROWS = 3

Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture(params=TABLES)
def kept(request: pytest.FixtureRequest) -> Path:
    return KEPT / f"{request.param}.db"


def test_every_database_is_kept() -> None:
    assert {path.stem for path in KEPT.glob("*.db")} == TABLES.keys()


def test_each_row_is_still_there_and_new_ones_are_added(
    settings: Settings, spool: Spool, kept: Path
) -> None:
    path = settings.paths.database
    path.parent.mkdir(parents=True)
    shutil.copy(kept, path)
    before = _rows(path)
    assert [len(rows) for rows in before.values()] == [ROWS] * TABLES[kept.stem]
    with closing(Database(settings.database_address, writable=True)) as database:
        database.migrate()
        after = _rows(path)
        for table, rows in before.items():
            same_columns = [{name: row[name] for name in rows[0]} for row in after[table]]
            assert same_columns == rows, table
        spool.append([records.answer()])
        report = LogWriter(settings.paths, database, 1 << 20).drain(utc_now())
        assert report == DrainReport(records=1)
        page = RecordLog(database, settings.paths).predictions(PageRequest())
        assert len(page.rows) == ROWS + 1


def _rows(path: Path) -> Rows:
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        named = connection.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
        tables = [name for (name,) in named if name != "alembic_version"]
        return {
            table: [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]  # noqa: S608
            for table in tables
        }
