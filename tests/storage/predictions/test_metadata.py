"""What a caller says of a prediction: kept, found, counted and deleted with it, on both databases."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command

from storage.database.connection import Database, alembic_config
from storage.database.filters import PredictionFilter
from storage.database.record_log import PageRequest, RecordLog
from storage.domain.inputs import EXAMPLE, HousingFeatures
from storage.log_writer.retention import Retention, RetentionPolicy
from storage.log_writer.writer import DrainReport, LogWriter
from storage.predictions import metadata as counting
from storage.predictions.metadata import read_metadata_summary
from storage.schema.caller import Caller
from storage.schema.metadata_counts import MetadataCount, ValueCount
from storage.schema.records import new_id, utc_now
from storage.schema.tables import prediction_metadata, predictions
from storage.settings import Settings
from storage.spool.lines import Answered, Model, Predicted, answer_line, prediction_line
from storage.spool.spool import Spool
from tests.migrated import migrated
from tests.storage import records

NOW = utc_now()
EXAMPLE_VECTOR = HousingFeatures(**EXAMPLE).vector()
MODEL = Model("Forest", "one")
NORTH = {"region": "north", "channel": "web"}
SOUTH = {"region": "south"}

Keep = Callable[..., str]


@pytest.fixture
def drain(settings: Settings, writable: Database) -> Callable[[], DrainReport]:
    writer = LogWriter(settings.paths, writable, settings.log_writer.batch_bytes)
    return lambda: writer.drain(NOW)


@pytest.fixture
def keep(spool: Spool, drain: Callable[[], DrainReport]) -> Keep:
    """Store a prediction as the service writes it; return its id."""

    def keep(
        reference: str | None = None,
        metadata: dict[str, str] | None = None,
        moment: datetime = NOW,
        *,
        alone: bool = False,
    ) -> str:
        predicted = Predicted(new_id(), EXAMPLE_VECTOR, 4.5, 4.0, 5.0, Caller(reference, metadata))
        answered = Answered("/predict", "POST", 200, 0.002, None, "request", "one")
        line = (
            prediction_line(predicted, moment, "request", MODEL)
            if alone
            else answer_line(predicted, answered, moment, MODEL)
        )
        spool.append_lines(line)
        assert drain() == DrainReport(records=1)
        return predicted.prediction_id

    return keep


@pytest.fixture
def record_log(settings: Settings, readable: Database) -> RecordLog:
    return RecordLog(readable, settings.paths)


def found(record_log: RecordLog, **filters: Any) -> list[str]:
    page = record_log.predictions(PageRequest(), PredictionFilter(**filters))
    return [row["prediction_id"] for row in page.rows]


@pytest.mark.parametrize("alone", [True, False])
def test_what_was_said_is_kept_with_the_prediction(
    keep: Keep, record_log: RecordLog, alone: bool
) -> None:
    row = record_log.prediction(keep('order 17: ½, "%"', NORTH, alone=alone))
    assert (row["reference"], row["metadata"]) == ('order 17: ½, "%"', NORTH)
    row = record_log.prediction(keep(alone=alone))
    assert (row["reference"], row["metadata"]) == (None, None)


def test_records_take_the_long_way_to_the_same_rows(
    spool: Spool, drain: Callable[[], DrainReport], record_log: RecordLog
) -> None:
    said = {"reference": "order-17", "metadata": NORTH, "timestamp": NOW.replace(microsecond=0)}
    made = records.prediction().model_copy(update=said)
    spool.append([made])
    assert drain() == DrainReport(records=1)
    assert record_log.prediction(made.prediction_id)["metadata"] == NORTH
    assert found(record_log, metadata={"region": "north"}) == [made.prediction_id]


def test_predictions_are_found_by_reference_and_metadata(keep: Keep, record_log: RecordLog) -> None:
    first, second = keep("a", NORTH), keep("a", SOUTH)
    third, plain = keep("b", SOUTH | {"channel": "web"}), keep()
    assert found(record_log, reference="a") == [second, first]
    assert found(record_log, reference="A") == found(record_log, reference="") == []
    assert found(record_log, metadata={"channel": "web"}) == [third, first]
    assert found(record_log, metadata={"region": "south", "channel": "web"}) == [third]
    assert found(record_log, reference="a", metadata=SOUTH) == [second]
    assert found(record_log, metadata={"region": "web"}) == []
    assert found(record_log, metadata={}) == [plain, third, second, first]


def test_pages_of_a_search_cover_everything_once(keep: Keep, record_log: RecordLog) -> None:
    kept = [keep("same", NORTH) for _ in range(5)]
    for filters in ({"reference": "same"}, {"metadata": NORTH}):
        seen: list[str] = []
        token: str | None = None
        while True:
            asked = PredictionFilter(**filters)
            page = record_log.predictions(PageRequest(limit=2, page_token=token), asked)
            seen += [row["prediction_id"] for row in page.rows]
            token = page.next_page_token
            if token is None:
                break
        assert seen == kept[::-1]


def test_the_most_frequent_values_of_a_window_are_counted(keep: Keep, readable: Database) -> None:
    keep("old", {"region": "west"}, NOW - timedelta(days=2))
    for metadata in (NORTH, SOUTH, SOUTH, {"region": "east"}, None):
        keep(None, metadata)
    summary = read_metadata_summary(readable, NOW - timedelta(days=1), NOW + timedelta(hours=1), 2)
    assert (summary.counted, summary.oldest, summary.truncated) == (4, NOW, False)
    assert summary.names == (
        _counted("region", 4, {"south": 2, "east": 1}, 1),
        _counted("channel", 1, {"web": 1}, 0),
    )
    everything = read_metadata_summary(readable, None, None, 10)
    assert everything.names[0].predictions == 5
    nothing = read_metadata_summary(readable, NOW + timedelta(days=1), None, 10)
    assert (nothing.counted, nothing.oldest, nothing.names) == (0, None, ())


def test_a_summary_counts_the_newest_ones_only(
    keep: Keep, readable: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for days, metadata in ((2, NORTH), (1, SOUTH), (0, SOUTH)):
        keep(None, metadata, NOW - timedelta(days=days))
    monkeypatch.setattr(counting, "MOST_COUNTED", 2)
    summary = read_metadata_summary(readable, None, None, 10)
    assert (summary.counted, summary.truncated) == (2, True)
    assert summary.names == (_counted("region", 2, {"south": 2}, 0),)


def test_a_line_that_comes_twice_is_stored_once(
    spool: Spool, drain: Callable[[], DrainReport], record_log: RecordLog, writable: Database
) -> None:
    predicted = Predicted(new_id(), EXAMPLE_VECTOR, 4.5, 4.0, 5.0, Caller("a", NORTH))
    line = prediction_line(predicted, NOW, "request", MODEL)
    spool.append_lines(line + line)
    report = drain()
    assert (report.records, report.rejected, len(found(record_log, reference="a"))) == (2, 0, 1)
    assert _entries(writable) == 2


def test_old_predictions_take_their_metadata_with_them(
    keep: Keep, writable: Database, record_log: RecordLog
) -> None:
    keep("old", NORTH, NOW - timedelta(days=100))
    young = keep("young", SOUTH)
    policy = RetentionPolicy({predictions: timedelta(days=90)})
    assert Retention(writable, policy).step(NOW, 1000).rows["predictions"] == 1
    assert found(record_log) == [young]
    assert _entries(writable) == 1


def test_a_database_from_before_keeps_its_predictions_and_takes_new_ones(
    spool: Spool, settings: Settings, database_url: str
) -> None:
    database = Database(database_url, writable=True)
    database.migrate()
    with database.transaction() as connection:
        command.downgrade(alembic_config(connection), "0011")
        old = records.prediction("old").row()
        del old["reference"], old["metadata"], old["source"]
        columns = [sa.column(name, predictions.c[name].type) for name in old]
        connection.execute(sa.insert(sa.table("predictions", *columns)).values(old))
    database.migrate()
    new = records.prediction("new").model_copy(update={"reference": "a", "metadata": NORTH})
    spool.append([new])
    assert LogWriter(settings.paths, database, 1 << 20).drain(NOW) == DrainReport(records=1)
    log = RecordLog(database, settings.paths)
    assert [row["reference"] for row in log.predictions(PageRequest()).rows] == ["a", None]
    assert found(log, reference="a") == found(log, metadata=NORTH) == [new.prediction_id]
    database.close()


def test_both_ways_of_finding_use_their_index(tmp_path: Path) -> None:
    """On SQLite: PostgreSQL plans by its statistics, and reads a table of few rows whole."""
    database = migrated(f"sqlite:///{tmp_path / 'logs.db'}")
    plans = {
        "SELECT id FROM predictions WHERE reference = 'a' AND id < 9 ORDER BY id DESC LIMIT 2": (
            "ix_predictions_reference"
        ),
        "SELECT timestamp FROM predictions WHERE metadata IS NOT NULL AND timestamp >= '2026' "
        "ORDER BY timestamp DESC LIMIT 2": "ix_predictions_metadata_time",
        "SELECT p.* FROM prediction_metadata m JOIN predictions p ON p.id = m.prediction_row "
        "WHERE m.name = 'a' AND m.value = 'b' AND m.prediction_row < 9 "
        "ORDER BY m.prediction_row DESC LIMIT 2": "ix_prediction_metadata_entry",
    }
    for query, index in plans.items():
        with database.transaction() as connection:
            plan = str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query}").all())
        assert index in plan
        assert "TEMP B-TREE" not in plan
    database.close()


def _entries(database: Database) -> int:
    count = sa.select(sa.func.count()).select_from(prediction_metadata)
    with database.transaction() as connection:
        return int(connection.execute(count).scalar_one())


def _counted(name: str, predictions: int, values: dict[str, int], others: int) -> MetadataCount:
    found = [ValueCount(value=value, predictions=count) for value, count in values.items()]
    return MetadataCount(name=name, predictions=predictions, values=found, others=others)
