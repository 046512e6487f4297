"""Requests in figures: the rollup says what the rows say, on both databases, each request once."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.database.connection import Database
from storage.log_writer.commands import clear_records
from storage.log_writer.writer import DrainReport, LogWriter
from storage.requests.histogram import RELATIVE_ERROR
from storage.requests.rollup import GRACE, PRUNED_SECONDS, prune_steps, roll_up
from storage.requests.slowest import read_slowest
from storage.requests.stored import StoredRequest
from storage.requests.summary import Range, Summary, summarize
from storage.schema.records import RequestRecord
from storage.schema.rollup import RESOLUTIONS, SLOWEST_KEPT, SLOWEST_RESOLUTIONS
from storage.schema.tables import request_rollup, slowest_requests
from storage.schema.traffic import Figures
from storage.settings import Settings
from storage.spool.spool import Spool

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ENDPOINTS = ("/predict", "/predict_batch", "/health")


def _request(
    before: timedelta = timedelta(seconds=1),
    milliseconds: float = 2.0,
    status: int = 200,
    endpoint: str = "/predict",
    version: str | None = "one",
) -> RequestRecord:
    return RequestRecord(
        timestamp=NOON - before,
        endpoint=endpoint,
        method="POST",
        status_code=status,
        response_time=milliseconds / 1_000,
        success=status < 400,
        request_id="request",
        model_version=version,
    )


def _many(number: int, within: timedelta) -> list[RequestRecord]:
    chance = random.Random(number)  # noqa: S311 - a sample, not a secret
    return [
        _request(
            within * chance.random(),
            chance.lognormvariate(1, 1),
            chance.choice([200, 200, 200, 400, 503]),
            chance.choice(ENDPOINTS),
            chance.choice(["one", "two", None]),
        )
        for _ in range(number)
    ]


def _store(database: Database, requests: Sequence[RequestRecord], batch: int = 100) -> None:
    for begin in range(0, len(requests), batch):
        rows = [StoredRequest.of(one.row()) for one in requests[begin : begin + batch]]
        with database.transaction() as connection:
            roll_up(connection, rows)


def _summary(database: Database, window: timedelta = HOUR, *endpoints: str) -> Summary:
    return summarize(database, Range.before(NOON, window, None), endpoints)


@pytest.mark.parametrize("days", [1 / 96, 1 / 24, 1, 7, 60])
def test_the_figures_are_those_of_the_rows(
    writable: Database, readable: Database, days: float
) -> None:
    window = timedelta(days=days)
    requests = _many(700, window)
    _store(writable, requests)
    summary = _summary(readable, window)
    _expect(summary.totals, requests)
    assert summary.series[0].time == summary.since
    for figures in summary.series:
        assert figures.until - figures.time == timedelta(seconds=summary.step_seconds)
        assert figures.unfinished == (figures.until > NOON)
        _expect(figures, [one for one in requests if figures.time <= one.timestamp < figures.until])
    assert summary.requests_by_endpoint == Counter(request.endpoint for request in requests)
    assert all(summary.requests_by_endpoint.values())


def test_an_endpoint_alone_or_some_together(writable: Database, readable: Database) -> None:
    requests = _many(300, HOUR)
    _store(writable, requests)
    for endpoints in (ENDPOINTS[:1], ENDPOINTS[:2]):
        totals = _summary(readable, HOUR, *endpoints).totals
        _expect(totals, [request for request in requests if request.endpoint in endpoints])
    _expect(_summary(readable, HOUR, "/nothing").totals, [])


def _expect(figures: Figures, requests: Sequence[RequestRecord]) -> None:
    failed = Counter(one.status_code for one in requests if one.status_code >= 400)
    assert figures.requests == len(requests)
    assert figures.errors_by_status == failed
    assert figures.errors == failed.total()
    if not requests:
        assert (figures.p50, figures.p95, figures.p99) == (None, None, None)
        return
    milliseconds = [request.response_time * 1_000 for request in requests]
    exact = np.percentile(milliseconds, [50, 95, 99], method="inverted_cdf")
    estimated = [figures.p50, figures.p95, figures.p99]
    assert estimated == pytest.approx(exact.tolist(), rel=RELATIVE_ERROR * 1.0001)


def test_a_change_of_version_is_marked_where_it_began(
    writable: Database, readable: Database
) -> None:
    minutes = {"one": (50, 40, 31), "two": (31, 20), "three": (19,)}
    _store(
        writable,
        [
            _request(timedelta(minutes=minute), version=version)
            for version, times in minutes.items()
            for minute in times
        ]
        + [_request(timedelta(minutes=5), version=None), _request(version="two")],
    )
    changes = _summary(readable).version_changes
    assert [(one.previous_version, one.model_version) for one in changes] == [
        ("one", "two"),
        ("two", "three"),
        ("three", "two"),
    ]
    assert changes[0].time == NOON - timedelta(minutes=31)


@pytest.mark.parametrize("days", [1 / 500, 1 / 24, 7])
def test_the_slowest_are_those_of_the_rows(
    writable: Database, readable: Database, days: float
) -> None:
    window = timedelta(days=days)
    requests = _many(900, window)
    _store(writable, requests, batch=30)
    for endpoints in ((), ENDPOINTS[:1]):
        rows = read_slowest(readable, NOON, window, endpoints, SLOWEST_KEPT)
        counted = [one for one in requests if not endpoints or one.endpoint in endpoints]
        exact = sorted((one.response_time for one in counted), reverse=True)[:SLOWEST_KEPT]
        assert [row["response_time"] for row in rows] == exact
    by_time = {request.response_time: request for request in requests}
    row = read_slowest(readable, NOON, window, (), 1)[0]
    assert by_time[row["response_time"]].timestamp == row["timestamp"]


def test_the_slowest_of_an_earlier_range_are_of_that_range(
    writable: Database, readable: Database
) -> None:
    requests = _many(900, HOUR)
    _store(writable, requests)
    until = NOON - timedelta(minutes=20)
    rows = read_slowest(readable, NOON, timedelta(minutes=10), (), SLOWEST_KEPT, until=until)
    whole_steps = until - timedelta(minutes=10), until + timedelta(minutes=1)
    inside = [one for one in requests if whole_steps[0] <= one.timestamp < whole_steps[1]]
    exact = sorted((one.response_time for one in inside), reverse=True)[:SLOWEST_KEPT]
    assert [row["response_time"] for row in rows] == exact


def test_the_spread_of_latencies_counts_every_request_in_its_step_and_row(
    writable: Database, readable: Database
) -> None:
    requests = _many(900, HOUR)
    _store(writable, requests)
    asked = Range.before(NOON, HOUR, None)
    assert summarize(readable, asked).heat is None, "only if it is asked for"
    heat = summarize(readable, asked, with_heat=True).heat
    assert heat is not None
    spread = np.array(heat.counts)
    assert spread.shape == (len(asked.steps.each()), len(heat.edges_ms) - 1)
    milliseconds = [1_000 * one.response_time for one in requests]
    expected, _ = np.histogram(milliseconds, heat.edges_ms)
    assert np.abs(spread.sum(axis=0) - expected).sum() <= 2, "but for rounding at an edge"
    steps = [step.requests for step in summarize(readable, asked).series]
    assert spread.sum(axis=1).tolist() == steps
    assert np.divide(heat.edges_ms[1:], heat.edges_ms[:-1]) == pytest.approx(2, rel=0.01)


def test_no_list_of_the_slowest_grows_beyond_what_is_kept(writable: Database) -> None:
    _store(writable, _many(900, timedelta(minutes=3)), batch=50)
    table = slowest_requests.c
    place = (table.resolution_seconds, table.step_start, table.endpoint)
    query = sa.select(sa.func.count()).select_from(slowest_requests).group_by(*place)
    with writable.transaction() as connection:
        sizes = set(connection.execute(query).scalars())
    assert sizes == {SLOWEST_KEPT}


def test_old_steps_go_a_few_at_a_time(writable: Database) -> None:
    oldest = timedelta(days=200)
    old = [_request(oldest - timedelta(minutes=minute)) for minute in range(0, 360, 10)]
    _store(writable, [*old, _request()])
    widths, lists = len(RESOLUTIONS), len(SLOWEST_RESOLUTIONS)
    a_time = PRUNED_SECONDS // 600
    for _ in range(36 // a_time):
        assert _prune(writable) == {
            "request_rollup": a_time * widths,
            "slowest_requests": a_time * lists,
        }
    assert _prune(writable) == {}
    assert _steps(writable) == (widths, lists)


def test_what_is_still_asked_for_stays(writable: Database, readable: Database) -> None:
    ages = [resolution.kept for resolution in RESOLUTIONS]
    _store(writable, [_request(age + GRACE - timedelta(minutes=20)) for age in ages])
    _prune(writable)
    for resolution in RESOLUTIONS:
        window = resolution.kept
        step = max(timedelta(seconds=resolution.seconds), window / 1_000 // HOUR * HOUR)
        with readable.transaction() as connection:
            begin = sa.select(sa.func.min(request_rollup.c.step_start)).where(
                request_rollup.c.resolution_seconds == resolution.seconds
            )
            first = int(connection.execute(begin).scalar_one())
        assert first < (NOON - window).timestamp() - step.total_seconds()


def test_clearing_empties_the_rollup_too(writable: Database) -> None:
    _store(writable, [_request()])
    with writable.transaction() as connection:
        clear_records(connection, {}, NOON)
    assert _steps(writable) == (0, 0)


def _prune(database: Database) -> dict[str, int]:
    with database.transaction() as connection:
        return prune_steps(connection, NOON)


def _steps(database: Database) -> tuple[int, ...]:
    with database.transaction() as connection:
        return tuple(
            connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for table in (request_rollup, slowest_requests)
        )


@pytest.fixture
def write(settings: Settings, writable: Database) -> Callable[[], DrainReport]:
    """Move everything from the spool into the database."""
    writer = LogWriter(settings.paths, writable, settings.log_writer.batch_bytes)
    return lambda: writer.drain(NOON)


def test_a_crash_before_the_commit_counts_nothing_twice(
    spool: Spool, write: Callable[[], DrainReport], writable: Database, readable: Database
) -> None:
    spool.append([_request() for _ in range(10)])

    def die(_connection: sa.Connection) -> None:
        sa.event.remove(writable._engine, "commit", die)
        raise InterruptedError("the power went before the commit")

    sa.event.listen(writable._engine, "commit", die)
    with pytest.raises(InterruptedError):
        write()
    assert _summary(readable).totals.requests == 0
    write()
    write()
    assert _summary(readable).totals.requests == 10


def test_a_request_that_the_database_refuses_is_not_counted(
    spool: Spool, write: Callable[[], DrainReport], writable: Database, readable: Database
) -> None:
    if writable.dialect == "sqlite":
        pytest.skip("SQLite takes a text of any length.")
    spool.append([_request(), _request(endpoint="x" * 300), _request()])
    assert write() == DrainReport(records=2, rejected=1)
    assert _summary(readable).totals.requests == 2


def test_days_of_a_zone_are_counted_from_its_midnight(
    writable: Database, readable: Database
) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    midnight = datetime(2026, 11, 20, tzinfo=berlin)
    stored = [
        _request(NOON - midnight + timedelta(seconds=before)) for before in (-5, -5, 5, -86_000)
    ]
    _store(writable, stored)
    days = Range.before(NOON, timedelta(days=6), timedelta(days=1), berlin)
    found = {step.time: step.requests for step in summarize(readable, days).series if step.requests}
    assert found == {midnight - timedelta(days=1): 1, midnight: 3}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    looks=st.lists(st.timedeltas(timedelta(0), timedelta(minutes=50)), min_size=2, max_size=4),
    window=st.sampled_from([timedelta(minutes=15), HOUR, timedelta(days=1)]),
)
def test_the_same_steps_have_the_same_figures_whoever_looks_when(
    counted: Database, looks: list[timedelta], window: timedelta
) -> None:
    seen: dict[datetime, Figures] = {}
    for later in looks:
        asked = Range.before(NOON - HOUR + later, window, None)
        for step in summarize(counted, asked).series:
            if not step.unfinished:
                assert seen.setdefault(step.time, step) == step


@pytest.fixture
def counted(writable: Database, readable: Database) -> Database:
    """A database with requests of two days."""
    _store(writable, _many(400, timedelta(days=2)))
    return readable
