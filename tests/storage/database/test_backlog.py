"""What waits, and since when: with the database and without it."""

from datetime import timedelta

import pytest

from storage.database.backlog import Backlog, BacklogReader, moment_of
from storage.database.connection import Database
from storage.log_writer.status import LogWriterStatus, publish, read_status
from storage.log_writer.writer import LogWriter
from storage.schema.records import SpoolRecord, utc_now
from storage.settings import Settings
from storage.spool.segments import encode
from storage.spool.spool import Spool
from tests.storage import records

NOW = utc_now()


@pytest.fixture
def writer(settings: Settings, writable: Database) -> LogWriter:
    return LogWriter(settings.paths, writable, settings.log_writer.batch_bytes)


def test_the_oldest_waiting_record_tells_the_age(
    settings: Settings, spool: Spool, writer: LogWriter, readable: Database
) -> None:
    reader = BacklogReader(readable, settings.paths)
    assert reader.read(NOW) == Backlog(0, 0.0)
    spool.append([_aged(500)])
    writer.drain(NOW)
    assert reader.read(NOW) == Backlog(0, 0.0)
    spool.append([_aged(60), _aged(5)])
    other = Spool(settings.paths.spool, 1 << 20)
    other.append([_aged(30)])
    backlog = reader.read(NOW)
    assert backlog.oldest_age_seconds == 60
    assert backlog.bytes == sum(len(encode(_aged(age))) for age in (60, 5, 30))
    other.close()


def test_without_the_database_the_last_known_positions_count(
    settings: Settings, spool: Spool
) -> None:
    database = Database(settings.database_address, writable=True)
    database.migrate()
    spool.append([_aged(60)])
    LogWriter(settings.paths, database, 65536).drain(NOW)
    known = Database(settings.database_address)
    reader = BacklogReader(known, settings.paths)
    assert reader.read(NOW).bytes == 0
    database.close()
    known.close()
    settings.paths.database_folder.rename(settings.runtime_directory / "elsewhere")
    spool.append([_aged(7)])
    assert reader.read(NOW).oldest_age_seconds == 7
    unaware = BacklogReader(Database(settings.database_address), settings.paths)
    assert unaware.read(NOW).oldest_age_seconds == 60


@pytest.mark.parametrize(
    "line", [b"", b"junk", b'"timestamp":"x"', b'"timestamp":"2026-01-01"', b'"timestamp":"\xff"']
)
def test_a_line_that_does_not_say_when_is_no_defect(line: bytes) -> None:
    assert moment_of(line) is None


def test_the_status_is_read_back_or_absent(settings: Settings) -> None:
    path = settings.paths.log_writer_status
    assert read_status(path) is None
    path.parent.mkdir(parents=True)
    status = LogWriterStatus(updated_at=NOW, records_moved=3, rows_pruned={"logs": 1})
    publish(path, status)
    assert read_status(path) == status
    path.write_text("{half")
    assert read_status(path) is None


def _aged(seconds: float) -> SpoolRecord:
    return records.log().model_copy(update={"timestamp": NOW - timedelta(seconds=seconds)})
