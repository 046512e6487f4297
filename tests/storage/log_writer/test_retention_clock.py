"""A clock that jumps ahead removes nothing; time that really passes does."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from alembic import command
from hypothesis import given
from hypothesis import strategies as st

from storage.database.connection import Database, alembic_config
from storage.log_writer.commands import believe_clock
from storage.log_writer.housekeeping import SWEEP_INTERVAL, Housekeeping
from storage.log_writer.retention import Retention, RetentionPolicy
from storage.log_writer.retention_clock import (
    CATCH_UP,
    LONGEST_CATCH_UP,
    TOLERANCE,
    BelievedTime,
    RetentionClock,
)
from storage.log_writer.status import LogWriterStatus, read_status
from storage.log_writer.writer import LogWriter
from storage.schema.records import utc_now
from storage.schema.tables import (
    api_metrics,
    logs,
    predictions,
    request_rollup,
    retention_clock,
    slowest_requests,
)
from storage.settings import Settings
from storage.spool.spool import Spool
from tests.storage import records

NOW = utc_now()
POLICY = RetentionPolicy({table: timedelta(days=30) for table in (predictions, api_metrics, logs)})
KEPT = (predictions, api_metrics, logs, request_rollup, slowest_requests)

moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
spans = st.timedeltas(timedelta(0), timedelta(days=3650))
steps = st.lists(st.tuples(spans, st.timedeltas(timedelta(0), timedelta(days=30))), max_size=30)


@given(moments, spans, moments)
def test_the_believed_time_is_never_later_than_the_clock_nor_faster_than_it_may_be(
    believed: datetime, ran: timedelta, now: datetime
) -> None:
    after = BelievedTime.after(believed, ran, now)
    assert after.believed <= now
    assert after.believed <= believed + (1 + CATCH_UP) * ran
    assert after.believed == now or after.believed >= believed + ran


@given(moments, st.lists(st.timedeltas(timedelta(0), timedelta(days=400)), max_size=20))
def test_a_clock_that_runs_steadily_is_always_believed(
    moment: datetime, intervals: list[timedelta]
) -> None:
    """A service without traffic, too: only the time that passes counts."""
    believed = now = moment
    for interval in intervals:
        now += interval
        judged = BelievedTime.after(believed, interval, now)
        believed = judged.believed
        assert (judged.is_plausible, judged.problem, believed) == (True, None, now)


@given(moments, st.timedeltas(LONGEST_CATCH_UP + timedelta(days=1), timedelta(days=3650)), steps)
def test_a_clock_far_ahead_is_not_believed_however_long_it_runs(
    moment: datetime, ahead: timedelta, intervals: list[tuple[timedelta, timedelta]]
) -> None:
    believed, now, ran = moment, moment + ahead, timedelta(0)
    for more, interval in intervals:
        ran += interval
        now += interval + more  # and it may jump again
        judged = BelievedTime.after(believed, interval, now)
        believed = judged.believed
        assert not judged.is_plausible
        assert believed == moment + ran, "nothing is older than by the time that passed"


@given(moments, st.timedeltas(TOLERANCE, LONGEST_CATCH_UP))
def test_a_machine_that_was_off_is_believed_after_an_hour_for_each_day(
    moment: datetime, off: timedelta
) -> None:
    enough = (off - TOLERANCE) / CATCH_UP + timedelta(seconds=1)
    assert BelievedTime.after(moment, enough, moment + off + enough).is_plausible
    if off > TOLERANCE + timedelta(minutes=2):
        short = (off - TOLERANCE) / CATCH_UP - timedelta(seconds=2)
        assert not BelievedTime.after(moment, short, moment + off + short).is_plausible


@given(moments, spans, spans)
def test_a_clock_put_back_is_believed_at_once(
    moment: datetime, back: timedelta, ran: timedelta
) -> None:
    assert BelievedTime.after(moment, ran, moment - back) == BelievedTime(
        moment - back, moment - back
    )


class Keeper:
    """The log-writer's housekeeping, a minute at a time, on a clock that the test sets."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database
        self._ran = 0.0
        self.now = NOW
        self.start()

    def start(self) -> None:
        """Begin as after a start of the process."""
        clock = RetentionClock(self._database, lambda: self._ran)
        retention = Retention(self._database, POLICY)
        self._housekeeping = Housekeeping(self._settings.paths, retention, clock)

    def run(self, time: timedelta, step: timedelta = SWEEP_INTERVAL) -> None:
        """Let time pass."""
        for _ in range(time // step):
            self.now += step
            self._ran += step.total_seconds()
            for second in range(3):  # a sweep takes steps until nothing is due
                self._housekeeping.run_once(self.now + timedelta(seconds=second), 0)

    @property
    def status(self) -> LogWriterStatus:
        """What it published last."""
        status = read_status(self._settings.paths.log_writer_status)
        assert status is not None
        return status

    def counts(self) -> list[int]:
        """Return the number of rows of each table that is pruned."""
        with self._database.transaction() as connection:
            queries = [sa.select(sa.func.count()).select_from(table) for table in KEPT]
            return [connection.execute(query).scalar_one() for query in queries]


@pytest.fixture
def keeper(settings: Settings, spool: Spool, writable: Database) -> Keeper:
    """With a record of each kind from now."""
    spool.append([records.answer(), records.log()])
    LogWriter(settings.paths, writable, 1 << 20).drain(NOW)
    return Keeper(settings, writable)


def test_two_years_ahead_removes_nothing_until_the_clock_is_put_right(keeper: Keeper) -> None:
    keeper.run(timedelta(minutes=2))
    all_rows = keeper.counts()
    for _ in range(2):  # while it runs, and at the next start
        keeper.now += timedelta(days=730)
        keeper.run(timedelta(minutes=3))
        keeper.start()
        keeper.run(timedelta(minutes=3))
        assert keeper.counts() == all_rows
        assert "does not end by itself" in keeper.status.problems[0]
        assert keeper.status.alarms["clock"] == 3
    keeper.now -= timedelta(days=1460)
    keeper.run(timedelta(minutes=2))
    assert (keeper.counts(), keeper.status.problems) == (all_rows, ())


def test_forty_days_without_traffic_remove_what_is_old(keeper: Keeper) -> None:
    keeper.run(timedelta(days=40), step=timedelta(hours=8))
    assert keeper.counts()[:3] == [0, 0, 0]
    assert keeper.status.problems == ()


def test_forty_days_switched_off_remove_what_is_old_after_forty_hours(keeper: Keeper) -> None:
    keeper.run(timedelta(minutes=2))
    keeper.now += timedelta(days=40)
    keeper.start()
    keeper.run(timedelta(minutes=1))
    keeper.run(timedelta(hours=38), step=timedelta(hours=1))
    assert keeper.counts()[:3] == [1, 1, 1]
    assert "this ends by itself" in keeper.status.problems[0]
    keeper.run(timedelta(hours=2), step=timedelta(hours=1))
    assert keeper.counts()[:3] == [0, 0, 0]


def test_a_person_may_say_that_the_clock_is_right(keeper: Keeper, writable: Database) -> None:
    keeper.run(timedelta(minutes=2))
    keeper.now += timedelta(days=730)
    keeper.run(timedelta(minutes=2))
    with writable.transaction() as connection:
        believe_clock(connection, {}, keeper.now)
    keeper.run(timedelta(hours=3))
    assert sum(keeper.counts()) == 0


def test_a_database_of_an_older_release_begins_with_its_newest_record(
    settings: Settings, spool: Spool, writable: Database
) -> None:
    moment = NOW - timedelta(days=3)
    spool.append([records.log().model_copy(update={"timestamp": moment})])
    LogWriter(settings.paths, writable, 1 << 20).drain(NOW)
    with writable.transaction() as connection:
        command.downgrade(alembic_config(connection), "0009")
    writable.migrate()
    with writable.transaction() as connection:
        assert connection.execute(sa.select(retention_clock.c.believed)).scalar_one() == moment
