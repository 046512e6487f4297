"""A log-writer for tests, and what it has stored."""

from collections.abc import Callable

import pytest

from storage.database.connection import Database
from storage.database.record_log import RecordLog
from storage.log_writer.writer import DrainReport, LogWriter
from storage.schema.records import utc_now
from storage.settings import Settings

Write = Callable[[], DrainReport]


@pytest.fixture
def write(settings: Settings, writable: Database) -> Write:
    """Move everything from the spool into the database."""
    writer = LogWriter(settings.paths, writable, settings.log_writer.batch_bytes)
    return lambda: writer.drain(utc_now())


@pytest.fixture
def record_log(settings: Settings, readable: Database) -> RecordLog:
    return RecordLog(readable, settings.paths)
