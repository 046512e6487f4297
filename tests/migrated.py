"""Databases with their tables: an empty one is made once for each pytest process, and copied."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from storage.database.connection import Database


def migrated(url: str) -> Database:
    """Return a database opened by its one writer, with its tables; a new SQLite file is a copied one."""
    address = sa.make_url(url)
    if address.get_backend_name() == "sqlite":
        path = Path(str(address.database))
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(_empty())
    database = Database(url, writable=True)
    database.migrate()
    return database


@cache
def _empty() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        database = Database(f"sqlite:///{path}", writable=True)
        database.migrate()
        database.close()
        return path.read_bytes()
