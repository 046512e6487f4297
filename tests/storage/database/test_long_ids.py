"""More rows than 32 bits can number: every table takes them, on both databases."""

import pytest
import sqlalchemy as sa
from alembic import command

from storage.database.connection import Database, alembic_config
from storage.log_writer.writer import DrainReport, LogWriter
from storage.schema.records import EventRecord, utc_now
from storage.schema.tables import api_metrics, events, metadata, predictions
from storage.settings import Settings
from storage.spool.spool import Spool
from tests.storage import records

LAST_OF_32_BITS = 2**31 - 1
NUMBERED = [table for table in metadata.sorted_tables if "id" in table.columns]


def test_records_arrive_after_the_last_number_of_32_bits(
    settings: Settings, spool: Spool, writable: Database
) -> None:
    _number_from(writable, LAST_OF_32_BITS)
    event = EventRecord(event_kind="check", actor="test", summary="It works.")
    spool.append([records.answer(), records.shadow(), event, *records.one_of_each()])
    report = LogWriter(settings.paths, writable, 1 << 20).drain(utc_now())
    assert (report.records, report.rejected) == (7, 0)
    with writable.transaction() as connection:
        for table in (predictions, api_metrics, events):
            assert connection.execute(sa.select(sa.func.max(table.c.id))).scalar_one() > 2**31 - 1


def test_what_was_stored_with_short_ids_keeps_them(
    settings: Settings, spool: Spool, database_url: str
) -> None:
    database = Database(database_url, writable=True)
    database.migrate()
    spool.append([records.prediction("old")])
    LogWriter(settings.paths, database, 1 << 20).drain(utc_now())
    with database.transaction() as connection:
        command.downgrade(alembic_config(connection), "0008")
    database.migrate()
    spool.append([records.prediction("new")])
    assert LogWriter(settings.paths, database, 1 << 20).drain(utc_now()) == DrainReport(records=1)
    with database.transaction() as connection:
        rows = connection.execute(sa.select(predictions.c.id, predictions.c.request_id)).all()
    assert sorted(rows) == [(1, "old"), (2, "new")]
    database.close()


@pytest.mark.parametrize("table", NUMBERED, ids=lambda table: str(table.name))
def test_every_number_has_64_bits(table: sa.Table, writable: Database) -> None:
    with writable.transaction() as connection:
        (found,) = (
            column["type"]
            for column in sa.inspect(connection).get_columns(table.name)
            if column["name"] == "id"
        )
    expected = sa.BigInteger if writable.dialect == "postgresql" else sa.Integer
    assert isinstance(found, expected)


def _number_from(database: Database, last: int) -> None:
    """Let the next row of each table have the number after ``last``."""
    with database.transaction() as connection:
        for table in NUMBERED:
            name = {"table": table.name, "last": last}
            if database.dialect == "postgresql":
                query = "SELECT setval(pg_get_serial_sequence(:table, 'id'), :last)"
            else:
                query = "INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :last)"
            connection.execute(sa.text(query), name)
