"""Counted predictions, log lines and requests: always what counting the rows finds, on both databases."""

from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.database.connection import Database, alembic_config
from storage.database.record_totals import lines_by_level, prediction_totals, request_totals
from storage.log_writer.commands import clear_records
from storage.log_writer.retention import Retention, RetentionPolicy
from storage.log_writer.row_store import store_lines
from storage.predictions.labels import store_labels
from storage.predictions.rollup import Counted, count_labelled, count_window
from storage.schema.records import SpoolRecord
from storage.schema.source import CUSTOMERS, SOURCES
from storage.schema.tables import (
    api_metrics,
    labels,
    logs,
    prediction_rollup,
    predictions,
    record_totals,
)
from storage.spool.segments import encode
from tests.storage import records

BEGIN = datetime(2026, 11, 1, 11, 55, tzinfo=UTC)
NOW = BEGIN + timedelta(hours=2)
VERSIONS = ("one", "two")

minutes = st.integers(0, 119)
answers = st.tuples(minutes, st.sampled_from(VERSIONS), st.sampled_from(SOURCES))
rounds = st.lists(
    st.tuples(st.lists(answers, max_size=8), st.integers(0, 8), st.integers(0, 12)), max_size=4
)


def _answer(minute: int, version: str, source: str, **said: Any) -> SpoolRecord:
    moment = BEGIN + timedelta(minutes=minute, seconds=7)
    changes = {"timestamp": moment, "model_version": version, "source": source, **said}
    return records.answer(status=201).model_copy(update=changes)


def _line(minute: int) -> SpoolRecord:
    level = ("INFO", "WARNING", "ERROR")[minute % 3]
    return records.log(level=level).model_copy(
        update={"timestamp": BEGIN + timedelta(minutes=minute)}
    )


def _failed(minute: int) -> SpoolRecord:
    moment = BEGIN + timedelta(minutes=minute)
    return records.request(status=422).model_copy(update={"timestamp": moment})


def _lines(asked: Sequence[tuple[int, str, str]]) -> list[bytes]:
    kept = [_answer(*each) for each in asked]
    kept += [_answer(*each, reference="again") for each in asked[::3]]
    others = [make(minute) for minute, *_ in asked for make in (_line, _failed)]
    return [encode(record)[:-1] for record in kept + others]


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(rounds=rounds)
def test_what_is_kept_is_what_counting_finds(
    writable: Database, rounds: list[tuple[list[tuple[int, str, str]], int, int]]
) -> None:
    with writable.transaction() as connection:
        clear_records(connection, {}, NOW)
    for asked, labelled, pruned in rounds:
        with writable.transaction() as connection:
            lines = _lines(asked)
            assert not store_lines(connection, lines, NOW)
            # The same once more: their ids are known, so the predictions are refused and count for nothing.
            store_lines(connection, lines[: len(asked)], NOW)
            store_labels(connection, {"labels": _pairs(connection, labelled)}, NOW)
        _compare(writable)
        ages = dict.fromkeys((predictions, api_metrics, logs), timedelta(minutes=10))
        Retention(writable, RetentionPolicy(ages)).step(BEGIN + timedelta(minutes=70), pruned or 1)
        _compare(writable)


def _pairs(connection: sa.Connection, number: int) -> list[tuple[str, float]]:
    ids = sa.select(predictions.c.prediction_id).order_by(predictions.c.id.desc()).limit(number)
    return [(prediction_id, 2.0) for prediction_id in connection.execute(ids).scalars()]


def _compare(database: Database) -> None:
    with database.transaction() as connection:
        assert prediction_totals(connection) == {
            "predictions": _rows(connection, predictions),
            "labelled": _rows(connection, labels),
        }
        assert lines_by_level(connection) == _by(connection, logs.c.level)
        kept, by_success = request_totals(connection), _by(connection, api_metrics.c.success)
        assert kept["total_requests"] == sum(by_success.values())
        assert kept["successful_requests"] == by_success[True]
        mean = connection.execute(sa.select(sa.func.avg(api_metrics.c.response_time))).scalar()
        assert kept["avg_response_time"] == pytest.approx(mean or 0.0, abs=1e-9)
        for version in VERSIONS:
            for sources in (CUSTOMERS, SOURCES):
                for since, until in WINDOWS:
                    found = count_window(connection, version, since, until, sources)
                    assert found == _window(connection, version, since, until, sources)
        assert (
            count_labelled(connection, BEGIN) == _window(connection, None, BEGIN, NOW, SOURCES)[1]
        )


WINDOWS = (
    (BEGIN, NOW),
    (BEGIN + timedelta(minutes=5), BEGIN + timedelta(minutes=65)),
    (BEGIN + timedelta(minutes=12), BEGIN + timedelta(minutes=13, seconds=8)),
    (BEGIN + timedelta(minutes=31, seconds=7), BEGIN + timedelta(minutes=99)),
)
"""All; from one whole step to another; within a step; cut in two steps, the first at a row."""


def _window(
    connection: sa.Connection,
    version: str | None,
    since: datetime,
    until: datetime,
    sources: tuple[str, ...],
) -> Counted:
    row = predictions.c
    known = sa.select(labels.c.prediction_id)
    query = sa.select(row.timestamp, row.model_version, row.source, row.prediction_id.in_(known))
    found = [
        is_known
        for moment, of, source, is_known in connection.execute(query)
        if since <= moment < until and version in (of, None) and source in sources
    ]
    return Counted(len(found), sum(found))


def _rows(connection: sa.Connection, table: sa.Table) -> int:
    return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def _by(connection: sa.Connection, column: sa.Column[Any]) -> Counter[Any]:
    query = sa.select(column, sa.func.count()).group_by(column)
    counted: Counter[Any] = Counter()
    for value, rows in connection.execute(query):
        counted[value] = rows
    return counted


def test_nothing_is_left_of_what_is_gone(writable: Database) -> None:
    with writable.transaction() as connection:
        store_lines(connection, _lines([(1, "one", "client"), (2, "two", "probe")]), NOW)
    Retention(writable, RetentionPolicy({predictions: timedelta(minutes=1)})).step(NOW, 100)
    with writable.transaction() as connection:
        assert _rows(connection, prediction_rollup) == 0
        clear_records(connection, {}, NOW)
        assert _rows(connection, record_totals) == 0


def test_what_was_stored_before_is_counted_when_the_tables_are_made(database_url: str) -> None:
    with closing(Database(database_url, writable=True)) as database:
        database.migrate()
        with database.transaction() as connection:
            asked = [(minute, VERSIONS[minute % 2], SOURCES[minute % 3]) for minute in range(30)]
            store_lines(connection, _lines(asked), NOW)
            store_labels(connection, {"labels": _pairs(connection, 7)}, NOW)
            kept = [connection.execute(query).all() for query in KEPT]
            command.downgrade(alembic_config(connection), "0017")
        database.migrate()
        _compare(database)
        with database.transaction() as connection:
            found = [connection.execute(query).all() for query in KEPT]
    cells, totals = found
    assert cells == kept[0]
    assert [row[:3] for row in totals] == [row[:3] for row in kept[1]]


KEPT = [
    sa.select(table).order_by(*table.primary_key.columns)
    for table in (prediction_rollup, record_totals)
]
