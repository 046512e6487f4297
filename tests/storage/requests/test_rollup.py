"""Requests in figures: the rollup says what the rows say, on both databases, each request once."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import sqlalchemy as sa

from storage.database.connection import Database
from storage.errors import InvalidInput
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
    step = timedelta(seconds=summary.step_seconds)
    places = [(request.timestamp - summary.since) // step for request in requests]
    for place, figures in enumerate(summary.series):
        assert figures.time == summary.since + place * step
        _expect(figures, [one for one, at in zip(requests, places, strict=True) if at == place])
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


@pytest.mark.parametrize(
    ("window", "step", "said"),
    [
        (HOUR, timedelta(seconds=15), "whole multiple of 10s"),
        (timedelta(days=7), timedelta(seconds=10), "60,480 such steps; ask for 1,000 at most"),
        (timedelta(days=2), timedelta(seconds=590), "whole multiple of that"),
        (timedelta(days=91), None, "kept for 90 d"),
        (timedelta(minutes=5), HOUR, "longer than the window"),
    ],
)
def test_a_range_that_cannot_be_answered_is_refused_with_a_reason(
    window: timedelta, step: timedelta | None, said: str
) -> None:
    with pytest.raises(InvalidInput, match=said):
        Range.before(NOON, window, step)


@pytest.mark.parametrize("minutes", [1, 15, 60, 360, 1_440, 10_080, 129_600])
def test_a_range_has_not_too_many_steps_by_itself(minutes: int) -> None:
    window = timedelta(minutes=minutes)
    chosen = Range.before(NOON + timedelta(seconds=3), window, None)
    assert 5 < chosen.steps <= 102
    assert chosen.since <= (NOON + timedelta(seconds=3) - window).timestamp()
    assert chosen.until > (NOON + timedelta(seconds=3)).timestamp()
