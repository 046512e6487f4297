"""Counts over time and by value: exact, bounded, and said where not all is counted; on both databases."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from storage.database import counts, reach
from storage.database.connection import Database
from storage.database.counts import Period, count_rows
from storage.database.filters import (
    ALL_LINES,
    ALL_PREDICTIONS,
    ALL_REQUESTS,
    LineFilter,
    PredictionFilter,
    RequestFilter,
)
from storage.log_writer.writer import LogWriter
from storage.predictions.counts import count_predictions_found
from storage.predictions.labels import store_labels
from storage.requests.counts import count_requests
from storage.schema.counts import RowCounts
from storage.schema.records import SpoolRecord, utc_now
from storage.schema.source import CUSTOMERS
from storage.settings import Settings
from storage.spool.spool import Spool
from tests.storage import records

NOW = datetime(2026, 11, 30, 12, 0, 30, tzinfo=UTC)
DAY = Period(NOW - timedelta(days=1), None, NOW, UTC)
EVER = Period(None, None, NOW, UTC)


class Kept:
    """Stores records of a few moments."""

    def __init__(self, settings: Settings, spool: Spool, writable: Database) -> None:
        self._spool = spool
        self._writer = LogWriter(settings.paths, writable, settings.log_writer.batch_bytes)

    def __call__(self, *kept: SpoolRecord, ago: timedelta = timedelta()) -> None:
        """Store records as if they were from some time before ``NOW``."""
        self._spool.append([each.model_copy(update={"timestamp": NOW - ago}) for each in kept])
        self._writer.drain(utc_now())


@pytest.fixture
def keep(settings: Settings, spool: Spool, writable: Database) -> Kept:
    return Kept(settings, spool, writable)


def test_lines_are_counted_by_step_level_and_value(keep: Kept, readable: Database) -> None:
    keep(records.log(), records.log(level="ERROR", module="training.worker"))
    keep(records.log("Old."), records.log("Old.", level="ERROR"), ago=timedelta(hours=5))
    keep(records.log("Too old."), ago=timedelta(days=2))
    found = count_rows(readable, ALL_LINES, DAY)
    assert _drawn(found) == {(7, 0): {"INFO": 1, "ERROR": 1}, (12, 0): {"INFO": 1, "ERROR": 1}}
    assert (found.rows, found.counted_since) == (4, None)
    assert _values(found, "level") == {"ERROR": 2, "INFO": 2}
    assert _values(found, "module") == {"backend.app": 3, "training.worker": 1}
    assert [step.unfinished for step in found.steps[-2:]] == [False, True]
    errors = count_rows(readable, LineFilter(level="ERROR", search="old"), DAY)
    assert (errors.rows, _values(errors, "level")) == (1, {"ERROR": 1})


def test_requests_are_counted_from_the_rollup_as_from_their_rows(
    keep: Kept, readable: Database
) -> None:
    keep(records.request(), records.request(status=404), records.request("/info", 503))
    keep(records.answer(), ago=timedelta(hours=3))
    filters = (
        ALL_REQUESTS,
        RequestFilter(endpoint="/predict"),
        RequestFilter(status=404),
        RequestFilter(model_version="one"),
        RequestFilter(sources=CUSTOMERS),
    )
    for asked in filters:
        exact, read = count_requests(readable, asked, DAY), count_rows(readable, asked, DAY)
        assert exact == read, asked
    found = count_requests(readable, ALL_REQUESTS, DAY)
    assert _drawn(found) == {(9, 0): {"2xx": 1}, (12, 0): {"2xx": 1, "4xx": 1, "5xx": 1}}
    assert _values(found, "model_version") == {"one": 1}
    assert _values(found, "status") == {"200": 2, "404": 1, "503": 1}


def test_slow_requests_are_counted_by_their_rows(keep: Kept, readable: Database) -> None:
    keep(*(_took(seconds) for seconds in (0.002, 0.09, 0.2)))
    for least, rows in ((0.0, 3), (0.05, 2), (0.1, 1), (0.3, 0)):
        found = count_requests(readable, RequestFilter(min_seconds=least), DAY)
        assert found.rows == rows, least


def test_predictions_are_counted_by_version_and_source(keep: Kept, readable: Database) -> None:
    probe = records.answer().model_copy(update={"source": "probe"})
    keep(records.answer(), records.answer(), probe)
    found = count_rows(readable, ALL_PREDICTIONS, DAY)
    assert _values(found, "sources") == {"client": 2, "probe": 1}
    assert _values(found, "model_version") == {"one": 3}
    assert count_rows(readable, PredictionFilter(labelled=True), DAY).rows == 0
    assert count_rows(readable, PredictionFilter(metadata={"region": "north"}), DAY).rows == 0


def test_predictions_are_counted_from_the_rollup_as_from_their_rows(
    keep: Kept, readable: Database, writable: Database
) -> None:
    other = records.answer().model_copy(update={"source": "probe", "model_version": "two"})
    known = records.answer()
    keep(records.answer(), known, other, ago=timedelta(hours=7))
    keep(records.answer(), other.model_copy(update={"prediction_id": "f" * 32}))
    with writable.transaction() as connection:
        store_labels(connection, {"labels": [(known.prediction_id, 4.0)]}, NOW)
    filters = (
        ALL_PREDICTIONS,
        PredictionFilter(model_version="two"),
        PredictionFilter(sources=CUSTOMERS),
        PredictionFilter(labelled=True),
        PredictionFilter(labelled=False),
        PredictionFilter(metadata={"region": "north"}),
    )
    hour = Period(NOW - timedelta(hours=1), None, NOW, UTC)
    for period in (DAY, hour, Period(None, None, NOW, ZoneInfo("Asia/Kathmandu"))):
        for asked in filters:
            exact = count_predictions_found(readable, asked, period)
            read = count_rows(readable, asked, period)
            assert _drawn(exact) == _drawn(read), asked
            assert exact.facets == read.facets
    empty = Period(NOW - timedelta(days=9), NOW - timedelta(days=8), NOW, UTC)
    assert count_predictions_found(readable, ALL_PREDICTIONS, empty).rows == 0


@pytest.mark.parametrize("limit", ["MOST_COUNTED", "MOST_READ"])
def test_where_not_all_is_counted_it_is_said_from_when_on(
    keep: Kept, readable: Database, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    for hours in (3, 2, 1):
        keep(records.log(), ago=timedelta(hours=hours))
    module = counts if limit == "MOST_COUNTED" else reach
    monkeypatch.setattr(module, limit, 2 if limit == "MOST_COUNTED" else 1)
    found = count_rows(readable, LineFilter(search="works"), DAY)
    assert (found.rows, found.counted_since) == (2, NOW - timedelta(hours=2))
    assert found.since <= NOW - timedelta(hours=2) < found.steps[0].until
    monkeypatch.setattr(module, limit, 3)
    whole = count_rows(readable, LineFilter(search="works"), DAY)
    assert (whole.rows, whole.counted_since) == (3, None)


def test_without_a_start_counting_begins_with_the_oldest_row(
    keep: Kept, readable: Database
) -> None:
    nothing = count_rows(readable, ALL_LINES, EVER)
    assert nothing.rows == 0
    assert not any(step.counts for step in nothing.steps)
    assert count_requests(readable, ALL_REQUESTS, EVER).rows == 0
    keep(records.log(), records.request(), ago=timedelta(days=40))
    for found in (
        count_rows(readable, ALL_LINES, EVER),
        count_requests(readable, ALL_REQUESTS, EVER),
    ):
        assert (found.rows, found.counted_since) == (1, None)
        assert sum(found.steps[0].counts.values()) == 1


def test_requests_older_than_the_rollup_are_said_to_be_uncounted(
    keep: Kept, readable: Database
) -> None:
    keep(records.request())
    asked = Period(NOW - timedelta(days=200), None, NOW, UTC)
    found = count_requests(readable, ALL_REQUESTS, asked)
    assert found.counted_since == NOW - timedelta(days=90)
    assert found.rows == 1


def test_steps_begin_at_round_times_of_the_zone(keep: Kept, readable: Database) -> None:
    keep(records.request(), records.log(), ago=timedelta(days=20))
    zone = ZoneInfo("Asia/Kolkata")
    asked = Period(NOW - timedelta(days=30), None, NOW, zone)
    for found in (
        count_rows(readable, ALL_LINES, asked),
        count_requests(readable, ALL_REQUESTS, asked),
    ):
        assert {step.time.astimezone(zone).hour for step in found.steps} == {0, 12}
        assert found.rows == 1


def test_no_step_has_not_begun(readable: Database) -> None:
    just_before = NOW.replace(second=0) - timedelta(seconds=0.5)
    asked = Period(just_before - timedelta(hours=1), None, just_before, UTC)
    for found in (
        count_rows(readable, ALL_LINES, asked),
        count_requests(readable, ALL_REQUESTS, asked),
    ):
        assert [step.unfinished for step in found.steps[-2:]] == [False, True]


def _took(seconds: float) -> SpoolRecord:
    return records.request().model_copy(update={"response_time": seconds})


def _drawn(found: RowCounts) -> dict[tuple[int, int], dict[str, int]]:
    return {(step.time.hour, step.time.minute): step.counts for step in found.steps if step.counts}


def _values(found: RowCounts, facet: str) -> dict[str, int]:
    return {each.value: each.rows for each in found.facets[facet].values}
