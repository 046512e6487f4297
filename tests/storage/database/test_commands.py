"""Commands to the log-writer: what the caller hears of one that is quick, slow, or carried out by nobody."""

import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from storage.database.commands import ask
from storage.database.connection import Database
from storage.errors import CommandUnanswered, CommandUnderWay
from storage.log_writer import commands
from storage.log_writer.writer import LogWriter
from storage.schema.records import utc_now
from storage.settings import Settings
from storage.spool.command_claim import CLAIM_FILE
from storage.spool.spool import Spool
from tests.migrated import migrated

SLOW_SECONDS = 0.6


@pytest.fixture
def _slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the log-writer need longer than its callers give it to begin."""

    def slow(
        connection: sa.Connection, arguments: Mapping[str, Any], now: datetime
    ) -> dict[str, Any]:
        time.sleep(SLOW_SECONDS)
        return commands.believe_clock(connection, arguments, now)

    monkeypatch.setitem(commands.COMMANDS, "believe_clock", slow)


@pytest.fixture
def writing(settings: Settings) -> Iterator[None]:
    """A log-writer at work."""
    with closing(migrated(settings.database_address)) as database, ThreadPoolExecutor(1) as pool:
        writer = LogWriter(settings.paths, database, 1 << 20)
        done: list[bool] = []
        running = pool.submit(_write_until, writer, done)
        yield
        done.append(True)
        running.result()


def _write_until(writer: LogWriter, done: list[bool]) -> None:
    while not done:
        writer.run_once(utc_now())
        time.sleep(0.01)


@pytest.mark.usefixtures("_slow", "writing")
def test_a_command_that_was_begun_in_time_is_waited_for(settings: Settings, spool: Spool) -> None:
    with closing(Database(settings.database_address)) as reader:
        result = ask(spool, reader, "believe_clock", timeout_seconds=SLOW_SECONDS / 2)
    assert result.keys() == {"believed"}
    assert not (settings.paths.spool / CLAIM_FILE).exists()


@pytest.mark.usefixtures("_slow", "writing")
def test_of_one_that_takes_long_nobody_says_that_nothing_was_changed(
    settings: Settings, spool: Spool
) -> None:
    with closing(Database(settings.database_address)) as reader:
        with pytest.raises(CommandUnderWay, match=r"still at work on it after 0.3 s"):
            ask(spool, reader, "believe_clock", 10.0, patience_seconds=0.3)
        # The next one waits its turn.
        assert ask(spool, reader, "believe_clock", 10.0).keys() == {"believed"}


def test_what_a_log_writer_that_was_killed_had_claimed_holds_up_nobody(
    settings: Settings, spool: Spool
) -> None:
    migrated(settings.database_address).close()
    settings.paths.spool.mkdir(parents=True, exist_ok=True)
    (settings.paths.spool / CLAIM_FILE).write_text("f" * 32)
    reader = Database(settings.database_address)
    with closing(reader), pytest.raises(CommandUnanswered, match="nothing was changed"):
        ask(spool, reader, "believe_clock", timeout_seconds=0.2)


def test_one_that_expired_before_it_was_claimed_is_not_carried_out(
    settings: Settings, spool: Spool
) -> None:
    with closing(migrated(settings.database_address)) as database:
        with pytest.raises(CommandUnanswered):
            ask(spool, database, "clear_database", timeout_seconds=0.1)
        round_began = utc_now().replace(year=2020)  # the clock said so before the claim
        assert LogWriter(settings.paths, database, 1 << 20).run_once(round_began).records == 1
        with database.transaction() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM command_results").scalar() == 0
            assert connection.exec_driver_sql("SELECT count(*) FROM events").scalar() == 0
