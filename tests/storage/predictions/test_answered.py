"""Reading predictions with their actual values as arrays, on both databases."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa

from storage.database.connection import Database
from storage.domain.inputs import EXAMPLE
from storage.log_writer.row_store import store_lines
from storage.predictions import answered
from storage.predictions.answered import (
    AnsweredWindow,
    read_answered_window,
    read_newest_answered,
)
from storage.predictions.labels import store_labels
from storage.schema.records import PredictionRecord, utc_now
from storage.schema.source import CUSTOMERS
from storage.spool.segments import encode
from tests.migrated import migrated
from tests.storage import records

NOW = utc_now()
THINNED = "ix_predictions_thinned"


def read(database: Database, version: str = "one", most_rows: int = 100) -> AnsweredWindow:
    return read_answered_window(database, version, NOW - timedelta(hours=1), NOW, most_rows)


def keep(database: Database, made: list[PredictionRecord], actual: dict[int, float]) -> None:
    with database.transaction() as connection:
        store_lines(connection, [encode(record)[:-1] for record in made], NOW)
        for number, value in actual.items():
            pairs = {"labels": [(made[number].prediction_id, value)]}
            store_labels(connection, pairs, made[number].timestamp + timedelta(seconds=90))


def made(count: int) -> list[PredictionRecord]:
    """One prediction a minute, the last one a minute ago."""
    return [
        records.prediction(value=float(number)).model_copy(
            update={"timestamp": NOW - timedelta(minutes=count - number)}
        )
        for number in range(count)
    ]


def test_rows_come_in_order_with_what_is_known(writable: Database, readable: Database) -> None:
    kept = made(4)
    kept[1] = kept[1].model_copy(update={"interval_lower": 0.5, "interval_upper": 1.5})
    keep(writable, kept, {3: 2.5, 1: 1.25})
    window = read(readable)
    np.testing.assert_array_equal(window.rows.predicted, [0.0, 1.0, 2.0, 3.0])
    np.testing.assert_array_equal(window.rows.actual, [np.nan, 1.25, np.nan, 2.5])
    np.testing.assert_array_equal(window.delays, [np.nan, 90.0, np.nan, 90.0])
    np.testing.assert_array_equal(window.rows.lower, [np.nan, 0.5, np.nan, np.nan])
    np.testing.assert_allclose(window.seconds, [3360.0, 3420.0, 3480.0, 3540.0])
    np.testing.assert_array_equal(window.rows.inputs, [list(EXAMPLE.values())] * 4)
    assert (window.total, window.labelled) == (4, 2)


def test_the_newest_rows_come_in_order_with_what_is_known(
    writable: Database, readable: Database
) -> None:
    keep(writable, made(4), {3: 2.5, 1: 1.25})
    window = read_newest_answered(readable, "one", NOW - timedelta(hours=1), NOW, 3)
    np.testing.assert_array_equal(window.rows.predicted, [1.0, 2.0, 3.0])
    np.testing.assert_array_equal(window.rows.actual, [1.25, np.nan, 2.5])
    assert (window.total, window.labelled) == (3, 2)
    assert not len(read_newest_answered(readable, "two", NOW - timedelta(hours=1), NOW, 3))


def test_other_versions_and_times_are_left_out(writable: Database, readable: Database) -> None:
    inside, outside = made(2)
    outside = outside.model_copy(update={"timestamp": NOW})
    keep(writable, [inside, outside], {})
    assert len(read(readable)) == 1
    assert len(read(readable, version="two")) == 0


def test_an_empty_window_has_arrays_of_the_same_shapes(
    writable: Database, readable: Database
) -> None:
    window = read(readable)
    assert window.rows.inputs.shape == (0, 8)
    assert window.rows.actual.shape == window.delays.shape == window.rows.is_labelled.shape == (0,)


@pytest.mark.parametrize("most_rows", [1, 7, 10])
def test_a_large_window_is_thinned_evenly(
    writable: Database, readable: Database, most_rows: int
) -> None:
    keep(writable, made(50), dict.fromkeys(range(0, 50, 3), 1.0))
    window = read(readable, most_rows=most_rows)
    assert (window.total, window.labelled) == (50, 17)
    assert len(window) <= 2 * most_rows + 2
    if most_rows == 10:
        assert window.seconds.min() < 900
        assert window.seconds.max() > 3_400


def test_whichever_way_they_are_found_they_are_the_same_rows(
    writable: Database, readable: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(writable, made(50), dict.fromkeys(range(0, 50, 3), 1.0))
    found = []
    for cost in (0, 1_000_000):
        monkeypatch.setattr(answered, "COST_OF_LOOKUP", cost)
        found.append(read(readable, most_rows=5))
    by_label, by_time = found
    assert by_label.rows.is_labelled.sum() > 0
    np.testing.assert_array_equal(by_label.numbers, by_time.numbers)
    np.testing.assert_array_equal(by_label.rows.actual, by_time.rows.actual)


def test_few_of_very_many_are_found_by_an_index_of_few(tmp_path: Path) -> None:
    """On SQLite: PostgreSQL plans by its statistics, and reads a table of few rows whole."""
    database = migrated(f"sqlite:///{tmp_path / 'logs.db'}")
    with database.transaction() as connection:
        for every, index in ((16, "ix_predictions_version_and_time"), (32, THINNED), (64, THINNED)):
            query = answered._other_rows(every, "one", NOW - timedelta(days=1), NOW, CUSTOMERS)
            assert index in _plan(connection, query), every
    database.close()


def test_labels_lead_to_their_predictions_without_statistics_too(tmp_path: Path) -> None:
    """On SQLite, which knew better: it read all rows of a version, seconds at ten million."""
    database = migrated(f"sqlite:///{tmp_path / 'logs.db'}")
    with database.transaction() as connection:
        query = answered._rows_by_label(4, "one", NOW - timedelta(days=1), NOW, CUSTOMERS)
        plan = _plan(connection, query)
        assert "SEARCH predictions USING INDEX sqlite_autoindex_predictions_1" in plan
    database.close()


def _plan(connection: sa.Connection, query: sa.Select[Any]) -> str:
    text = str(query.compile(connection, compile_kwargs={"literal_binds": True}))
    return str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}").all())
