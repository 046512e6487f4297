"""Rejected records come back, each once, however often it is asked for and wherever it is interrupted."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from storage.database.connection import Database
from storage.log_writer.writer import LogWriter
from storage.schema.records import utc_now
from storage.schema.tables import logs
from storage.settings import Settings
from storage.spool import reingest as module
from storage.spool.__main__ import main
from storage.spool.reingest import Reingested, reingest
from storage.spool.rejected import RejectedLine, RejectedRecords
from storage.spool.segments import encode
from tests.storage import records

OLD_SEGMENT = "00000000000000000001-1-dead.spool"


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    database = Database(settings.database_address, writable=True)
    database.migrate()
    yield database
    database.close()


@pytest.fixture
def writer(settings: Settings, database: Database) -> LogWriter:
    return LogWriter(settings.paths, database, settings.log_writer.batch_bytes)


@pytest.fixture
def rejected(settings: Settings) -> RejectedRecords:
    """What releases set aside: lines as they were, and records without their checksum; some of them twice."""
    folder = settings.paths.rejected_records
    folder.mkdir(parents=True)
    lines = [encode(records.log(str(number)))[:-1] for number in range(20)]
    bare = [records.log(str(number)).model_dump_json().encode() for number in range(20, 30)]
    content = b"".join(line + b"\n" for line in (*lines, *bare, *lines[:3], *bare[:3], b"torn \r"))
    (folder / OLD_SEGMENT).write_bytes(content)
    return RejectedRecords(folder)


def test_each_record_comes_in_once_and_the_rest_says_why(
    settings: Settings, database: Database, writer: LogWriter, rejected: RejectedRecords
) -> None:
    rejected.commit(rejected.prepare("other.spool", 7, [RejectedLine(b"junk", "it is junk")]))
    with _moving(writer):
        first = reingest(settings.paths, 30)
        second = reingest(settings.paths, 30)
    assert (first.came_in, first.waiting) == (30, 0)
    assert first.refused == {"the checksum does not match": 2}
    assert second == Reingested(refused=first.refused)
    assert _messages(database) == list(range(30))
    assert rejected.count() == 2


@pytest.mark.parametrize("step", ["write_atomically", "flush_folder", "_wait_until_gone"])
@pytest.mark.parametrize("is_done", [False, True])
def test_an_interruption_anywhere_doubles_nothing(
    step: str,
    is_done: bool,
    settings: Settings,
    database: Database,
    writer: LogWriter,
    rejected: RejectedRecords,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    really = getattr(module, step)

    def die(*arguments: object) -> None:
        if is_done:
            really(*arguments)
        raise InterruptedError("killed")

    monkeypatch.setattr(module, step, die)
    with pytest.raises(InterruptedError):
        reingest(settings.paths, 0)
    writer.drain(utc_now())
    monkeypatch.undo()
    for _ in range(2):
        reingest(settings.paths, 0)
        writer.drain(utc_now())
    assert _messages(database) == list(range(30))
    assert rejected.count() == 1


def test_what_a_writer_was_killed_over_is_set_aside_once(
    settings: Settings, database: Database
) -> None:
    """The rejected lines are written, and then the commit fails, three times."""
    settings.paths.spool.mkdir(parents=True)
    (settings.paths.spool / OLD_SEGMENT).write_bytes(b"junk\n" + encode(records.log("1")))
    rejected = RejectedRecords(settings.paths.rejected_records)

    def die(_connection: sa.Connection) -> None:
        raise InterruptedError("the power went before the commit")

    sa.event.listen(database._engine, "commit", die)
    for _ in range(3):
        with pytest.raises(InterruptedError):
            LogWriter(settings.paths, database, 1 << 20).drain(utc_now())
        assert rejected.count() == 0
    sa.event.remove(database._engine, "commit", die)
    LogWriter(settings.paths, database, 1 << 20).drain(utc_now())
    assert rejected.count() == 1
    assert _messages(database) == [1]


def test_the_command_says_what_came_of_it(
    settings: Settings,
    writer: LogWriter,
    rejected: RejectedRecords,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("HOUSING_RUNTIME_DIRECTORY", str(settings.paths.root))
    assert main(["reingest", "--wait", "0"]) == 1
    assert "31 wait in the spool: check that the log-writer runs" in capsys.readouterr().out
    writer.drain(utc_now())
    assert main(["reingest"]) == 1
    assert "1 refused: the checksum does not match" in capsys.readouterr().out
    rejected.remove(rejected.files()[0])
    assert main(["reingest"]) == 0
    assert capsys.readouterr().out == "0 records came in, 0 are still refused.\n"


@contextmanager
def _moving(writer: LogWriter) -> Iterator[None]:
    """Move the spool until the block ends, as the log-writer does."""
    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(_move, writer, stop := [])
        try:
            yield
        finally:
            stop.append(True)
            work.result()


def _move(writer: LogWriter, stop: list[bool]) -> None:
    while not stop:
        writer.run_once(utc_now())


def _messages(database: Database) -> list[int]:
    with database.transaction() as connection:
        return sorted(map(int, connection.execute(sa.select(logs.c.message)).scalars()))
