"""What is rare is found by an index that has only that, whatever else is stored."""

import pytest
import sqlalchemy as sa

from storage.database.connection import Database
from storage.database.filters import Filter, LineFilter, RequestFilter, Selection
from storage.log_writer.writer import LogWriter
from storage.schema.records import utc_now
from storage.settings import Settings
from storage.spool.spool import Spool
from tests.storage import records

RARE = {
    "ix_logs_problems": LineFilter(level="ERROR").selection(),
    "ix_api_metrics_failed": RequestFilter(status=404).selection(),
    "ix_api_metrics_other": RequestFilter(endpoint="/predict_batch").selection(),
}


@pytest.mark.parametrize("index", RARE)
def test_sqlite_finds_rare_rows_by_their_index(index: str, settings: Settings) -> None:
    database = Database(settings.database_address, writable=True)
    database.migrate()
    with database.transaction() as connection:
        plan = _plan(connection, RARE[index])
    database.close()
    assert index in plan
    assert "TEMP B-TREE" not in plan


def test_every_level_and_status_is_found_whether_rare_or_not(
    settings: Settings, spool: Spool, writable: Database, readable: Database
) -> None:
    levels = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
    spool.append([*(records.log(level=level) for level in levels)])
    spool.append([records.request("/info", 200), records.request(status=503)])
    LogWriter(settings.paths, writable, settings.log_writer.batch_bytes).drain(utc_now())
    asked: list[Filter] = [
        *(LineFilter(level=level) for level in levels),
        *(RequestFilter(status=status) for status in (200, 503)),
        *(RequestFilter(endpoint=endpoint) for endpoint in ("/info", "/predict")),
    ]
    with readable.transaction() as connection:
        for each in asked:
            found = each.selection()
            count = found.select(sa.func.count())
            assert connection.execute(count).scalar_one() == 1, each


def _plan(connection: sa.Connection, found: Selection) -> str:
    query = found.select(found.table).order_by(*(each.desc() for each in found.ordered()))
    written = query.compile(connection.engine, compile_kwargs={"literal_binds": True})
    rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {written}")
    return " ".join(str(row) for row in rows)
