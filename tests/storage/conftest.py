"""Both databases, for the one suite that runs on each."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.database.connection import Database
from storage.settings import Settings
from storage.spool.spool import Spool
from tests.migrated import migrated
from tests.postgresql import empty_database


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'runtime' / 'database' / 'mlops_logs.db'}"
        return
    name = f"test_{tmp_path.name.lower()[:40]}_{os.getpid()}".replace("-", "_")
    with empty_database(request.getfixturevalue("postgresql"), name) as url:
        yield url


@pytest.fixture
def writable(database_url: str) -> Iterator[Database]:
    """The migrated database, opened by its one writer."""
    database = migrated(database_url)
    yield database
    database.close()


@pytest.fixture
def readable(database_url: str, writable: Database) -> Iterator[Database]:
    """The same database, opened for reading."""
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def spool(settings: Settings) -> Iterator[Spool]:
    """A process's spool."""
    spool = Spool(settings.paths.spool, settings.spool.segment_bytes)
    yield spool
    spool.close()
