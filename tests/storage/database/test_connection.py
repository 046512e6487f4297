"""Migrations, transactions and reading, on both databases."""

from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from storage.database.commands import ask
from storage.database.connection import Database
from storage.errors import CommandUnanswered, DatabaseUnavailable
from storage.schema.records import new_id, new_suffix
from storage.schema.tables import RECORD_TABLES, api_metrics, logs, metadata
from storage.settings import Settings
from storage.spool.spool import Spool


def differences(database: Database) -> list[object]:
    """Return where the tables differ from their definition."""
    with database.transaction() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))


def test_migrations_lead_to_the_tables_as_defined(writable: Database) -> None:
    assert differences(writable) == []


def test_migrating_again_changes_nothing(
    writable: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor does it take the time of reading all migrations."""
    monkeypatch.setattr("alembic.command.upgrade", pytest.fail)
    writable.migrate()
    assert differences(writable) == []


def test_each_way_to_look_for_a_record_has_its_index(writable: Database) -> None:
    """Page and window, version, id; of request ids only log lines' and those that clients chose."""
    with writable.transaction() as connection:
        for table in RECORD_TABLES:
            columns = {
                column
                for index in sa.inspect(connection).get_indexes(table.name)
                for column in index["column_names"]
            }
            assert "timestamp" in columns
            assert ("request_id" in columns) == (table in (logs, api_metrics))
        if writable.dialect == "sqlite":
            for condition in ("prediction_id = 'x'", "model_version = 'x'", "timestamp < 'x'"):
                query = f"EXPLAIN QUERY PLAN SELECT id FROM predictions WHERE {condition}"  # noqa: S608
                (plan,) = connection.execute(sa.text(query)).scalars("detail")
                assert plan.startswith("SEARCH predictions USING"), plan


def test_ids_are_in_order_of_time_so_that_an_index_grows_at_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    milliseconds = iter(range(1, 10**15, 10**12))
    monkeypatch.setattr("time.time_ns", lambda: next(milliseconds) * 1_000_000)
    ids = [new_id() for _ in range(100)]
    assert ids == sorted(set(ids))
    assert {len(one) for one in ids} == {32}


def test_two_names_of_one_moment_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time_ns", lambda: 10**18)
    assert len({new_suffix() for _ in range(10)}) > 1
    assert len({new_id() for _ in range(1000)}) == 1000


def test_a_failed_transaction_leaves_nothing(writable: Database) -> None:
    def fail_half_way() -> None:
        with writable.transaction() as connection:
            _insert(connection, "gone", datetime.now(UTC))
            raise KeyError

    with pytest.raises(KeyError):
        fail_half_way()
    with writable.transaction() as connection:
        assert connection.execute(sa.select(logs)).all() == []


def test_times_come_back_aware_and_in_utc(writable: Database, readable: Database) -> None:
    moment = datetime(2026, 7, 1, 12, 30, 0, 123456, timezone(timedelta(hours=-7)))
    with writable.transaction() as connection:
        _insert(connection, "noon", moment)
    with readable.transaction() as connection:
        stored = connection.execute(sa.select(logs.c.timestamp)).scalar_one()
    assert stored == moment
    assert stored.utcoffset() == timedelta(0)


def test_a_reader_cannot_write(readable: Database) -> None:
    def write() -> None:
        with readable.transaction() as connection:
            _insert(connection, "no", datetime.now(UTC))

    with pytest.raises(DatabaseUnavailable, match=r"read-?only"):
        write()


def test_a_missing_database_is_said_in_a_sentence(settings: Settings) -> None:
    database = Database(settings.database_address)
    with pytest.raises(DatabaseUnavailable, match="check that the log-writer runs"):
        database.size_bytes()


def test_an_unreachable_server_is_said_in_a_sentence(free_port: int) -> None:
    database = Database(f"postgresql://nobody@127.0.0.1:{free_port}/nothing")
    with pytest.raises(DatabaseUnavailable, match=r"check that the server of .* runs"):
        database.size_bytes()


def test_a_deleted_file_is_made_anew(settings: Settings) -> None:
    with closing(Database(settings.database_address, writable=True)) as database:
        database.migrate_if_needed()
        for file in settings.paths.database_folder.iterdir():
            file.unlink()
        database.migrate_if_needed()
    with closing(Database(settings.database_address)) as found:
        assert differences(found) == []


def test_a_command_that_nobody_carries_out_expires(
    settings: Settings, spool: Spool, readable: Database
) -> None:
    with pytest.raises(CommandUnanswered, match="nothing was changed"):
        ask(spool, readable, "clear_database", timeout_seconds=0.2)


def _insert(connection: sa.Connection, message: str, moment: datetime) -> None:
    connection.execute(
        sa.insert(logs).values(
            timestamp=moment, level="INFO", module="test", message=message, process="test"
        )
    )
