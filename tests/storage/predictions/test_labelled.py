"""Reading the newest labelled predictions, on both databases."""

from datetime import timedelta

import numpy as np
import pytest
import sqlalchemy as sa

from storage.database.connection import Database
from storage.domain.inputs import EXAMPLE
from storage.errors import DatabaseUnavailable
from storage.log_writer.row_store import store_lines
from storage.predictions import label_counts
from storage.predictions.label_counts import LabelCounts, count_labels
from storage.predictions.labelled import LabelledRows, read_labelled_rows
from storage.predictions.labels import store_labels
from storage.schema.records import PredictionRecord, utc_now
from storage.schema.tables import predictions
from storage.spool.segments import encode
from tests.storage import records

NOW = utc_now()


def read(database: Database, most_rows: int = 100) -> LabelledRows:
    return read_labelled_rows(database, NOW - timedelta(hours=1), NOW, most_rows)


def keep(database: Database, minutes_ago: dict[float, float | None]) -> None:
    """Keep a prediction made so many minutes ago, with its actual value unless that is None."""
    with database.transaction() as connection:
        for minutes, actual in minutes_ago.items():
            record: PredictionRecord = records.prediction().model_copy(
                update={"timestamp": NOW - timedelta(minutes=minutes)}
            )
            store_lines(connection, [encode(record)[:-1]], NOW)
            if actual is not None:
                store_labels(connection, {"labels": [(record.prediction_id, actual)]}, NOW)


def test_only_labelled_ones_within_the_time_are_read_the_newest_first(
    writable: Database, readable: Database
) -> None:
    keep(writable, {61: 9.0, 60: 1.0, 30: 0.0, 20: None, 10: 3.0, 0: 9.0})
    found = read(readable)
    assert found.actual.tolist() == [3.0, 0.0, 1.0]
    np.testing.assert_array_equal(found.inputs, [list(EXAMPLE.values())] * 3)


def test_of_too_many_the_newest_are_read(writable: Database, readable: Database) -> None:
    keep(writable, {minutes: float(minutes) for minutes in range(1, 6)})
    assert read(readable, most_rows=2).actual.tolist() == [1.0, 2.0]


def test_nothing_is_arrays_of_the_same_shapes(writable: Database, readable: Database) -> None:
    found = read(readable)
    assert (found.inputs.shape, found.actual.shape, len(found)) == ((0, 8), (0,), 0)


def test_every_actual_value_is_counted_once(
    writable: Database, readable: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(writable, {61: 9.0, 60: 1.0, 30: 0.0, 20: None, 10: 3.0, 5: 4.0})
    with writable.transaction() as connection:
        newest = predictions.c.timestamp > NOW - timedelta(minutes=6)
        connection.execute(sa.update(predictions).where(newest).values(source="simulation"))
    since, until = NOW - timedelta(hours=1), NOW + timedelta(seconds=1)
    counts = count_labels(readable, since, until)
    assert counts == LabelCounts(others=1, outside=1, readable=3)
    monkeypatch.setattr(label_counts, "MOST_COUNTED", 2)
    counts = count_labels(readable, since, until)
    assert (counts.total, counts.uncounted) == (5, 3)
    assert count_labels(readable, since, NOW).outside + 1 == counts.total - counts.uncounted


def test_a_missing_database_says_so() -> None:
    with pytest.raises(DatabaseUnavailable):
        read(Database("sqlite:////nowhere/at/all.db"))
