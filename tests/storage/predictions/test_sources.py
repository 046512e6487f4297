"""Whose traffic is read: what is judged and learned from is the customers', on both databases."""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command

from storage.database.connection import Database, alembic_config
from storage.log_writer.row_store import store_lines
from storage.predictions import left_out
from storage.predictions.answered import read_answered_window
from storage.predictions.batch import read_predictions_after
from storage.predictions.labelled import count_labelled_rows, read_labelled_rows
from storage.predictions.labels import count_labels_since, store_labels
from storage.predictions.left_out import count_left_out
from storage.predictions.refused import read_refused_inputs
from storage.predictions.window import logged_span, read_prediction_window
from storage.requests.summary import Range, summarize
from storage.schema.records import RefusedInputRecord, RequestRecord, utc_now
from storage.schema.source import CUSTOMERS, OTHERS, SOURCES, Source, in_order
from storage.schema.source_filter import is_from
from storage.schema.tables import (
    api_metrics,
    predictions,
    refused_inputs,
    request_rollup,
    slowest_requests,
)
from storage.spool.segments import encode
from tests.migrated import migrated
from tests.storage import records

NOW = utc_now()
SINCE = NOW - timedelta(hours=1)
MINUTES = {source: 10.0 + place for place, source in enumerate(SOURCES)}
"""How many minutes ago each source asked."""


@pytest.fixture
def of_each(writable: Database) -> Database:
    """A database with a labelled prediction and a refused input of each source."""
    with writable.transaction() as connection:
        for source, minutes in MINUTES.items():
            moment = NOW - timedelta(minutes=minutes)
            said = {"timestamp": moment, "source": source}
            asked = records.prediction(value=minutes).model_copy(update=said)
            store_lines(connection, [encode(asked)[:-1]], NOW)
            store_labels(connection, {"labels": [(asked.prediction_id, minutes)]}, moment)
            connection.execute(sa.insert(refused_inputs).values(_refused(source).row()))
    return writable


def _refused(source: Source) -> RefusedInputRecord:
    refused = records.refused()
    return refused.model_copy(update={"timestamp": NOW - timedelta(minutes=5), "source": source})


def test_everything_that_judges_or_learns_sees_customers_alone(of_each: Database) -> None:
    asked = sorted(MINUTES[source] for source in CUSTOMERS)
    window = read_prediction_window(of_each, SINCE, NOW, 100)
    answered = read_answered_window(of_each, "one", SINCE, NOW, 100)
    assert sorted(window.predicted) == sorted(answered.rows.predicted) == asked
    assert (answered.total, answered.labelled) == (2, 2)
    assert sorted(read_labelled_rows(of_each, SINCE, NOW, 100).actual) == asked
    assert count_labelled_rows(of_each, SINCE, NOW) == count_labels_since(of_each, SINCE) == 2
    assert len(read_refused_inputs(of_each, SINCE, NOW).found) == 2
    first, last = (NOW - timedelta(minutes=each) for each in (max(asked), min(asked)))
    assert logged_span(of_each) == (first, last)


@pytest.mark.parametrize("sources", [("probe",), ("console", "simulation"), SOURCES, ("batch",)])
def test_who_asks_for_others_gets_them(of_each: Database, sources: tuple[Source, ...]) -> None:
    asked = sorted(MINUTES[source] for source in sources)
    window = read_prediction_window(of_each, SINCE, NOW, 100, sources)
    answered = read_answered_window(of_each, "one", SINCE, NOW, 100, sources=sources)
    assert sorted(window.predicted) == sorted(answered.rows.predicted) == asked
    assert len(read_refused_inputs(of_each, SINCE, NOW, sources=sources).found) == len(sources)


def test_what_is_left_out_is_counted(of_each: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    assert count_left_out(of_each, SINCE, NOW, CUSTOMERS) == dict.fromkeys(OTHERS, 1)
    assert count_left_out(of_each, SINCE, NOW, SOURCES) == {}
    assert count_left_out(of_each, NOW, NOW + timedelta(hours=1), CUSTOMERS) == {}
    with of_each.transaction() as connection:
        said = {"timestamp": NOW - timedelta(minutes=1), "source": "probe"}
        rows = [records.prediction().model_copy(update=said).row() for _ in range(5)]
        connection.execute(sa.insert(predictions), rows)
    monkeypatch.setattr(left_out, "MOST_LEFT_OUT", 3)
    assert count_left_out(of_each, SINCE, NOW, CUSTOMERS)["probe"] == 3


def test_the_shadow_is_told_whose_each_prediction_is(of_each: Database) -> None:
    batch = read_predictions_after(of_each, 0, 100)
    assert batch.sources == SOURCES


def test_each_reading_finds_its_rows_by_an_index_of_theirs(tmp_path: Path) -> None:
    """On SQLite: PostgreSQL plans by its statistics, and reads a table of few rows whole."""
    database = migrated(f"sqlite:///{tmp_path / 'logs.db'}")
    moment = predictions.c.timestamp
    newest = sa.select(predictions.c.prediction).where(moment >= SINCE).order_by(moment.desc())
    plans: dict[tuple[Source, ...], str] = {
        CUSTOMERS: "ix_predictions_customers_time",
        ("batch",): "ix_predictions_customers_time",
        ("probe",): "ix_predictions_others_time",
    }
    with database.transaction() as connection:
        for sources, index in plans.items():
            query = newest.where(is_from(predictions.c.source, sources))
            text = str(query.compile(connection, compile_kwargs={"literal_binds": True}))
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}").all()
            assert index in str(plan), sources
    database.close()


def test_a_database_from_before_marks_the_monitors_rows_and_keeps_its_counts(
    database_url: str,
) -> None:
    database = Database(database_url, writable=True)
    database.migrate()
    with database.transaction() as connection:
        command.downgrade(alembic_config(connection), "0013")
        for request_id in ("monitor-1", "mine", "monitor-2"):
            for record in records.answer(request_id).parts():
                row = _as_before(record.row())
                _insert(connection, record.table, row)
        _insert(connection, "refused_inputs", _as_before(_refused("client").row()))
        cell = {"step_start": int(NOW.timestamp()) // 10 * 10, "requests": 3, "latency": b"\x00"}
        key = {"resolution_seconds": 10, "endpoint": "/predict", "status_code": 200}
        _insert(connection, "request_rollup", cell | key | {"model_version": "one"})
    database.migrate()
    with database.transaction() as connection:
        for table in (predictions, api_metrics):
            found = connection.execute(sa.select(table.c.source)).scalars()
            assert Counter(found) == {"probe": 2, "client": 1}
        counted = connection.execute(sa.select(request_rollup)).mappings().one()
        assert (counted["requests"], counted["source"]) == (3, "client")
        assert connection.execute(sa.select(refused_inputs.c.source)).scalars().all() == ["client"]
        assert connection.execute(sa.select(slowest_requests)).all() == []
    database.close()


def _as_before(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "source"}


def _insert(connection: sa.Connection, name: str, row: dict[str, Any]) -> None:
    types = predictions.metadata.tables[name].c
    columns = [sa.column(each, types[each].type) for each in row]
    connection.execute(sa.insert(sa.table(name, *columns)).values(row))


def test_requests_are_counted_by_source(writable: Database, readable: Database) -> None:
    now = utc_now()
    with writable.transaction() as connection:
        for source, count in (("client", 3), ("probe", 5), ("console", 1)):
            said = {"timestamp": now, "source": source}
            made = [records.request().model_copy(update=said) for _ in range(count)]
            _store(connection, made)
    asked = Range.before(now, timedelta(minutes=15), None)
    everything = summarize(readable, asked)
    assert everything.totals.requests == 9
    assert everything.requests_by_source == {"client": 3, "console": 1, "probe": 5}
    without = summarize(readable, asked, (), ("client", "console"))
    assert without.totals.requests == 4
    assert without.requests_by_endpoint == {"/predict": 4}
    assert without.requests_by_source == everything.requests_by_source
    assert summarize(readable, asked, ("/info",)).requests_by_source == {}


def _store(connection: sa.Connection, made: list[RequestRecord]) -> None:
    lines = [encode(each)[:-1] for each in made]
    assert store_lines(connection, lines, utc_now()) == []


def test_sources_have_one_order() -> None:
    assert in_order({"shadow", "client"}) == ["client", "shadow"]
    assert {*CUSTOMERS, *OTHERS} == set(SOURCES)
