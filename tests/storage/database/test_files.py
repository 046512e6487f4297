"""SQLite files replaced or removed under open connections: nothing is lost, and all read the new ones."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage.database.connection import Database
from storage.database.files import names
from storage.errors import DatabaseUnavailable
from storage.log_writer.writer import DrainReport, LogWriter
from storage.schema.records import utc_now
from storage.schema.tables import logs
from storage.settings import Settings
from storage.spool.spool import Spool
from tests.storage import records

Move = Callable[[], DrainReport]


@pytest.fixture
def writable(settings: Settings) -> Iterator[Database]:
    database = Database(settings.database_address, writable=True)
    database.migrate_if_needed()
    yield database
    database.close()


@pytest.fixture
def readable(settings: Settings, writable: Database) -> Iterator[Database]:
    database = Database(settings.database_address)
    assert _messages(database) == []
    yield database
    database.close()


@pytest.fixture
def move(settings: Settings, writable: Database) -> Move:
    """Do what the log-writer does in a round."""
    writer = LogWriter(settings.paths, writable, settings.log_writer.batch_bytes)

    def move() -> DrainReport:
        writable.migrate_if_needed()
        return writer.drain(utc_now())

    return move


@pytest.mark.parametrize("with_journal", [False, True], ids=["database", "database and journal"])
def test_a_backup_put_back_gets_what_came_since(
    with_journal: bool,
    settings: Settings,
    spool: Spool,
    move: Move,
    readable: Database,
    tmp_path: Path,
) -> None:
    """The positions in the backup tell from where on to move the spool again; the old file is saved."""
    path = settings.paths.database
    spool.append([records.log("before")])
    move()
    _copy(path, tmp_path / "backup.db")
    spool.append([records.log("since")])
    move()
    assert _messages(readable) == ["before", "since"]
    if with_journal:
        for each in names(path)[1:]:
            each.unlink()
    (tmp_path / "backup.db").replace(path)
    if not with_journal:
        with pytest.raises(DatabaseUnavailable, match="once the log-writer has noticed"):
            _messages(readable)
    spool.append([records.log("after")])
    move()
    assert _messages(readable) == ["after", "before", "since"]
    assert readable.reopened == 1
    (saved,) = path.parent.glob("mlops_logs-replaced-*.db")
    with closing(sqlite3.connect(saved)) as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert copy.execute("SELECT count(*) FROM logs").fetchone() == (2,)
    assert _is_intact(path)


@pytest.mark.parametrize("with_folder", [False, True], ids=["files", "folder"])
def test_a_deleted_database_is_saved_and_made_anew(
    with_folder: bool, settings: Settings, spool: Spool, move: Move, readable: Database
) -> None:
    spool.append([records.log("before")])
    spool.close()
    move()
    assert list(settings.paths.spool.glob("*.spool")) == []
    for each in names(settings.paths.database):
        each.unlink()
    if with_folder:
        shutil.rmtree(settings.paths.database_folder)
    with pytest.raises(DatabaseUnavailable):
        _messages(readable)
    move()
    assert _messages(readable) == []
    (saved,) = settings.paths.database_folder.glob("mlops_logs-replaced-*.db")
    with closing(sqlite3.connect(saved)) as copy:
        assert copy.execute("SELECT message FROM logs").fetchall() == [("before",)]


def test_without_room_for_a_copy_the_loss_is_said(
    settings: Settings,
    move: Move,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("storage.database.files.SPARE_BYTES", 1 << 60)
    for each in names(settings.paths.database):
        each.unlink()
    move()
    assert "There is no room for a copy of the old one" in caplog.text


def test_a_database_moved_elsewhere_is_whole_there(
    settings: Settings, spool: Spool, move: Move, tmp_path: Path
) -> None:
    spool.append([records.log("before")])
    move()
    settings.paths.database.rename(tmp_path / "elsewhere.db")
    move()
    with closing(sqlite3.connect(tmp_path / "elsewhere.db")) as there:
        assert there.execute("SELECT message FROM logs").fetchall() == [("before",)]
    assert list(settings.paths.database_folder.glob("*replaced*")) == []


@pytest.mark.parametrize("which", [(1,), (2,), (1, 2)], ids=["journal", "index", "both"])
def test_a_removed_journal_loses_nothing(
    which: tuple[int, ...], settings: Settings, spool: Spool, move: Move, readable: Database
) -> None:
    spool.append([records.log("before")])
    move()
    for each in which:
        names(settings.paths.database)[each].unlink()
    spool.append([records.log("after")])
    move()
    assert _messages(readable) == ["after", "before"]
    move()
    spool.append([records.log("later")])
    move()
    assert _messages(readable) == ["after", "before", "later"]
    assert _is_intact(settings.paths.database)


def test_what_is_committed_to_a_file_just_replaced_is_moved_again(
    settings: Settings, spool: Spool, writable: Database, move: Move, tmp_path: Path
) -> None:
    """The file is replaced between the log-writer's look and its commit."""
    path = settings.paths.database
    _copy(path, tmp_path / "backup.db")
    spool.append([records.log("in between")])
    spool.close()

    def replace(_connection: sa.Connection) -> None:
        if (tmp_path / "backup.db").exists():
            (tmp_path / "backup.db").replace(path)

    sa.event.listen(writable._engine, "commit", replace)
    with pytest.raises(DatabaseUnavailable, match="written again"):
        move()
    assert move() == DrainReport(records=1, segments_removed=1)
    assert _messages(writable) == ["in between"]


def test_a_database_replaced_while_no_writer_ran_is_kept_from_the_old_journal(
    settings: Settings, spool: Spool, readable: Database, writable: Database, tmp_path: Path
) -> None:
    """Readers keep the journal in place when the log-writer ends; SQLite would add it to the backup."""
    path = settings.paths.database
    LogWriter(settings.paths, writable, 1 << 20).drain(utc_now())
    _copy(path, tmp_path / "backup.db")
    spool.append([records.log("x" * 2_000) for _ in range(200)])
    LogWriter(settings.paths, writable, 1 << 20).drain(utc_now())
    writable.close()
    assert names(path)[1].stat().st_size > 0, "the reader has it open"
    (tmp_path / "backup.db").replace(path)
    with closing(Database(settings.database_address, writable=True)) as next_one:
        next_one.migrate_if_needed()
        assert _is_intact(path)
        LogWriter(settings.paths, next_one, 1 << 20).drain(utc_now())
        assert len(_messages(readable)) == 200
    assert len(list(path.parent.glob("mlops_logs.db-wal-replaced-*"))) == 1


def _messages(database: Database) -> list[str]:
    with database.transaction() as connection:
        return sorted(connection.execute(sa.select(logs.c.message)).scalars())


def _copy(path: Path, target: Path) -> None:
    """Copy a database while it is used, as ``sqlite3 ... .backup`` does."""
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)


def _is_intact(path: Path) -> bool:
    with closing(sqlite3.connect(path)) as connection:
        return bool(connection.execute("PRAGMA integrity_check").fetchone() == ("ok",))
