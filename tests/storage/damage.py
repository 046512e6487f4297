"""Ways in which a database file is damaged; each leaves something at the path that is no whole database."""

import os
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

from storage.database.connection import Database
from storage.log_writer.writer import LogWriter
from storage.paths import RuntimePaths
from storage.schema.records import utc_now
from storage.spool.spool import Spool
from tests.storage import records

PAGE_BYTES = 4096
ROWS = 400


def whole(path: Path) -> None:
    """Make a database of some hundred pages."""
    paths = RuntimePaths(path.parent / "elsewhere")
    with (
        closing(Database(f"sqlite:///{path}", writable=True)) as database,
        closing(Spool(paths.spool, 2**24)) as spool,
    ):
        database.migrate()
        spool.append([records.log("x" * 500) for _ in range(ROWS)])
        spool.append([records.answer(str(number)) for number in range(ROWS)])
        LogWriter(paths, database, 2**20).drain(utc_now())


def _random(path: Path) -> None:
    path.write_bytes(os.urandom(50_000))


def _text(path: Path) -> None:
    path.write_text("This is no database.\n" * 500)


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _headless(path: Path) -> None:
    _overwrite(path, 0, bytes(100))


def _without_schema(path: Path) -> None:
    _overwrite(path, 100, b"\xa5" * (PAGE_BYTES - 100))


def _with_destroyed_pages(path: Path) -> None:
    """From the middle to the end: which page holds what, SQLite decides."""
    size = path.stat().st_size
    _overwrite(path, size // 2 // PAGE_BYTES * PAGE_BYTES, b"\xa5" * (size // 2))


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _overwrite(path: Path, position: int, content: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(position)
        file.write(content)


DAMAGES: Mapping[str, Callable[[Path], None]] = {
    "random bytes": _random,
    "a text file": _text,
    "cut in the middle": _cut,
    "no header": _headless,
    "no schema": _without_schema,
    "destroyed pages": _with_destroyed_pages,
    "a folder": _folder,
}
