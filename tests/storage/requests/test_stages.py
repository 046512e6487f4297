"""The slowest requests with their stages: each once, and as long as its stages together."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.metrics.slowest_of_minute import SlowestOfMinute
from storage.database.connection import Database
from storage.log_writer.row_store import store_lines
from storage.requests.slowest import read_slowest
from storage.schema.records import RequestRecord, SpoolRecord, StagesRecord
from storage.schema.rollup import SLOWEST_KEPT
from storage.schema.traffic import Stages
from storage.spool.segments import encode

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def _request(name: str, seconds: float) -> RequestRecord:
    return RequestRecord(
        timestamp=NOON,
        endpoint="/predict",
        method="POST",
        status_code=200,
        response_time=seconds,
        success=True,
        request_id=name,
        model_version="one",
    )


def _stages(name: str, append: float) -> StagesRecord:
    return StagesRecord(
        timestamp=NOON,
        endpoint="/predict",
        method="POST",
        status_code=200,
        request_id=name,
        model_version="one",
        stages=Stages(parse=0.001, model=0.002, append=append, write=0.003),
    )


def _store(database: Database, *records: SpoolRecord) -> None:
    with database.transaction() as connection:
        assert store_lines(connection, [encode(one)[:-1] for one in records], NOON) == []


def _slowest(database: Database, window: timedelta) -> list[dict[str, Any]]:
    return read_slowest(database, NOON + timedelta(seconds=5), window, (), SLOWEST_KEPT)


@pytest.mark.parametrize("together", [True, False])
def test_a_request_is_listed_once_with_what_it_waited_for(
    writable: Database, readable: Database, *, together: bool
) -> None:
    records = (_request("quick", 0.01), _request("slow", 0.006), _stages("slow", 0.5))
    for batch in [records] if together else [(one,) for one in records]:
        _store(writable, *batch)
    for window in (timedelta(minutes=5), timedelta(days=2)):
        first, second = _slowest(readable, window)
        assert (first["request_id"], second["request_id"]) == ("slow", "quick")
        assert first["response_time"] == pytest.approx(0.506)
        assert [first[name] for name in Stages.model_fields] == [0.001, 0.002, 0.5, 0.003]
        assert [second[name] for name in Stages.model_fields] == [None] * 4
        assert first["success"]


def test_one_that_waited_long_for_the_log_is_listed_though_it_was_quick_before(
    writable: Database, readable: Database
) -> None:
    others = [_request(f"other {place}", 0.1) for place in range(SLOWEST_KEPT)]
    _store(writable, *others, _request("late", 0.006))
    assert "late" not in [row["request_id"] for row in _slowest(readable, timedelta(minutes=5))]
    _store(writable, _stages("late", 2.0))
    found = _slowest(readable, timedelta(minutes=5))
    assert found[0]["request_id"] == "late"
    assert len(found) == SLOWEST_KEPT


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 2), st.floats(0.001, 1)), max_size=60))
def test_the_slowest_of_each_minute_are_among_those_admitted(
    asked: list[tuple[int, float]],
) -> None:
    slowest, most = SlowestOfMinute(most=5), 5
    asked = sorted(asked, key=lambda each: each[0])
    admitted = [
        (minute, seconds)
        for minute, seconds in asked
        if slowest.admits("/predict", "client", NOON + timedelta(minutes=minute), seconds)
    ]
    for minute in range(3):
        of_minute = sorted((seconds for at, seconds in asked if at == minute), reverse=True)
        kept = sorted((seconds for at, seconds in admitted if at == minute), reverse=True)
        assert kept[:most] == of_minute[:most]
