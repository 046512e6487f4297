"""Old records go, oldest first, in small steps, and the file shrinks; on both databases."""

import logging
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage.database.connection import Database
from storage.database.free_pages import PAGES_IN_ONE_STEP
from storage.log_writer.commands import clear_records
from storage.log_writer.housekeeping import SWEEP_INTERVAL, Housekeeping
from storage.log_writer.retention import (
    Pruned,
    Retention,
    RetentionPolicy,
    used_bytes,
)
from storage.log_writer.retention_clock import RetentionClock
from storage.log_writer.status import read_status
from storage.log_writer.writer import LogWriter
from storage.schema.records import SpoolRecord, utc_now
from storage.schema.tables import (
    api_metrics,
    label_corrections,
    labels,
    logs,
    model_metrics,
    predictions,
)
from storage.settings import Settings
from storage.spool.spool import Spool
from tests.migrated import migrated
from tests.settings import changed
from tests.storage import records
from tests.system import wait_for

NOW = utc_now()
POLICY = RetentionPolicy(
    {
        predictions: timedelta(days=90),
        api_metrics: timedelta(days=30),
        logs: timedelta(days=10),
    }
)

Keep = Callable[..., None]


@pytest.fixture
def keep(settings: Settings, spool: Spool, writable: Database) -> Keep:
    """Store records of a given age in days."""
    writer = LogWriter(settings.paths, writable, settings.log_writer.batch_bytes)

    def keep(*kept: SpoolRecord, days: float = 0.0) -> None:
        moment = NOW - timedelta(days=days)
        spool.append(record.model_copy(update={"timestamp": moment}) for record in kept)
        writer.drain(NOW)

    return keep


def test_each_table_has_its_own_age(keep: Keep, writable: Database) -> None:
    for days in (100, 60, 20, 5):
        keep(*records.one_of_each(), days=days)
    rows = Retention(writable, POLICY).step(NOW, 1000).rows
    assert (rows["predictions"], rows["api_metrics"], rows["logs"]) == (1, 2, 3)
    assert _counts(writable) == {"predictions": 3, "api_metrics": 2, "logs": 1}
    with writable.transaction() as connection:
        count = sa.select(sa.func.count()).select_from(model_metrics)
        assert connection.execute(count).scalar() == 4, "what was trained is kept"


def test_a_step_is_small_and_takes_the_oldest(keep: Keep, writable: Database) -> None:
    for days in (11, 13, 12):
        keep(records.log(str(days)), days=days)
    retention = Retention(writable, POLICY)
    left = []
    while retention.step(NOW, 1).rows["logs"]:
        left.append(_messages(writable))
    assert left == [["11", "12"], ["11"], []]


def test_what_came_after_something_younger_stays_as_long_as_that(
    keep: Keep, writable: Database
) -> None:
    """A service whose clock was two years behind; what waited for long; a clock that was ahead."""
    keep(records.log("ahead"), days=-700)
    keep(records.log("old"), days=11)
    keep(records.log("young"), days=9)
    keep(records.log("behind"), days=700)
    retention = Retention(writable, POLICY)
    assert retention.step(NOW, 1000).rows["logs"] == 1
    assert _messages(writable) == ["ahead", "behind", "young"]
    assert retention.step(NOW + timedelta(days=2), 1000).rows["logs"] == 2
    assert _messages(writable) == ["ahead"]


def test_the_oldest_of_all_go_when_it_is_too_large(keep: Keep, writable: Database) -> None:
    keep(*(records.log("x" * 5_000) for _ in range(400)), days=3)
    keep(*(records.request() for _ in range(50)), days=2)
    keep(*(records.prediction() for _ in range(50)), days=1)
    with writable.transaction() as connection:
        full = used_bytes(connection)
    policy = RetentionPolicy({}, largest_bytes=full // 2)
    retention = Retention(writable, policy)
    while retention.step(NOW, 50):
        pass
    counts = _counts(writable)
    assert 0 < counts["logs"] < 400
    assert (counts["api_metrics"], counts["predictions"]) == (50, 50)
    with writable.transaction() as connection:
        assert used_bytes(connection) <= full // 2


def test_a_limit_of_next_to_nothing_ends(keep: Keep, writable: Database) -> None:
    keep(*records.one_of_each())
    retention = Retention(writable, RetentionPolicy({}, largest_bytes=1))
    while any(retention.step(NOW, 10).rows.values()):
        pass
    assert set(_counts(writable).values()) == {0}


def test_a_label_goes_with_its_prediction(keep: Keep, writable: Database) -> None:
    old, new = records.prediction(), records.prediction()
    keep(old, days=100)
    keep(new)
    with writable.transaction() as connection:
        rows = [
            {"timestamp": NOW, "prediction_id": record.prediction_id, "actual": 2.5}
            for record in (old, new)
        ]
        connection.execute(sa.insert(labels), rows)
        corrected = {"earlier": 1.0, "earlier_at": NOW, "actor": "a", "person": "b", "reason": "c"}
        connection.execute(sa.insert(label_corrections), [row | corrected for row in rows])
    Retention(writable, POLICY).step(NOW, 10)
    with writable.transaction() as connection:
        for table in (labels, label_corrections):
            left = connection.execute(sa.select(table.c.prediction_id)).scalars().all()
            assert left == [new.prediction_id]


def test_nothing_to_do_is_false(writable: Database) -> None:
    assert not Retention(writable, POLICY).step(NOW, 10)
    assert Pruned({"logs": 1})


def test_the_estimate_for_postgresql_is_near_the_truth(keep: Keep, writable: Database) -> None:
    if writable.dialect != "postgresql":
        return  # exact there
    keep(*(record for _ in range(2_000) for record in (records.prediction(), records.request())))
    with writable.transaction() as connection:
        sizes = "SELECT sum(pg_total_relation_size(c)) FROM unnest(ARRAY['predictions', 'api_metrics']) c"
        truth = int(connection.exec_driver_sql(sizes).scalar_one())
        assert truth / 2 < used_bytes(connection) < truth * 2


def test_the_file_shrinks(settings: Settings, spool: Spool) -> None:
    database = Database(settings.database_address, writable=True)
    database.migrate()
    spool.append(records.log("x" * 10_000) for _ in range(2_000))
    LogWriter(settings.paths, database, settings.log_writer.batch_bytes).drain(NOW)
    _checkpoint(database)
    before = settings.paths.database.stat().st_size
    retention = Retention(database, POLICY)
    later = NOW + timedelta(days=11)
    released = 0
    while pruned := retention.step(later, 500):
        released += pruned.pages
    assert before > 20_000_000
    path = settings.paths.database
    wait_for(lambda: _checkpointed(database, path) < 1_000_000, what="a file that was cut off")
    after = path.stat().st_size
    database.close()
    assert before - after == released * 4096


def test_sweeps_are_counted_logged_and_paused(
    settings: Settings, keep: Keep, writable: Database, caplog: pytest.LogCaptureFixture
) -> None:
    keep(records.log("old"), days=11)
    keeping = Housekeeping(settings.paths, Retention(writable, POLICY), RetentionClock(writable))
    with caplog.at_level(logging.INFO):
        for second in range(4):
            keeping.run_once(NOW + timedelta(seconds=second), moved=0)
        assert caplog.messages == ["Removed by retention: 1 rows of logs."]
        keep(records.log("old too"), days=11)
        keeping.run_once(NOW + timedelta(seconds=10), moved=0)
        assert _messages(writable) == ["old too"]
        keeping.run_once(NOW + 2 * SWEEP_INTERVAL, moved=0)
    assert _messages(writable) == []
    keeping.run_once(NOW + 2 * SWEEP_INTERVAL + timedelta(seconds=2), moved=0)
    status = read_status(settings.paths.log_writer_status)
    assert status is not None
    assert status.rows_pruned["logs"] == 2


def test_the_settings_make_a_policy() -> None:
    policy = RetentionPolicy.of(changed(Settings(), log_retention_days=2, database_limit_bytes=0))
    assert policy.ages[logs] == timedelta(days=2)
    assert policy.largest_bytes is None


def _counts(database: Database) -> dict[str, int]:
    with database.transaction() as connection:
        return {
            table.name: connection.execute(
                sa.select(sa.func.count()).select_from(table)
            ).scalar_one()
            for table in (predictions, api_metrics, logs)
        }


def _messages(database: Database) -> list[str]:
    with database.transaction() as connection:
        return sorted(connection.execute(sa.select(logs.c.message)).scalars())


def _checkpointed(database: Database, path: Path) -> int:
    _checkpoint(database)
    return path.stat().st_size


def _checkpoint(database: Database) -> None:
    with database._engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")  # a checkpoint cannot run inside a transaction
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")


def test_the_space_of_a_cleared_database_is_back_in_one_step(settings: Settings) -> None:
    """On SQLite: page by page, that of millions of rows would take hours."""
    with closing(migrated(settings.database_address)) as database:
        rows = [records.log("x" * 900).row() for _ in range(8_000)]
        with database.transaction() as connection:
            connection.execute(sa.insert(logs), rows)
        with closing(Database(settings.database_address)) as reader:
            full = reader.size_bytes()
            with database.transaction() as connection:
                clear_records(connection, {}, utc_now())
            pruned = Retention(database, RetentionPolicy({})).step(utc_now(), 100)
            assert pruned.pages > PAGES_IN_ONE_STEP
            assert reader.size_bytes() < full / 10
            path = settings.paths.database
            wait_for(lambda: path.stat().st_size < full / 10, what="a file that was cut off")
