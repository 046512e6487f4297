"""Silent answers in the database, on SQLite and PostgreSQL: kept once, read with their champion, removed."""

from datetime import timedelta

import numpy as np
import pytest
import sqlalchemy as sa

from storage.database.connection import Database
from storage.log_writer.retention import Retention, RetentionPolicy
from storage.log_writer.writer import LogWriter
from storage.predictions.shadow import ShadowWindow, read_shadow_window
from storage.schema.records import EventRecord, PredictionRecord, ShadowRecord, utc_now
from storage.schema.tables import events, labels, predictions, shadow_answers
from storage.settings import Settings
from storage.spool.spool import Spool
from tests.settings import changed
from tests.storage import records

NOW = utc_now()
HOUR = timedelta(hours=1)


class Log:
    """What a champion answered, and a challenger silently."""

    def __init__(self, settings: Settings, spool: Spool, database: Database) -> None:
        self._spool = spool
        self._database = database
        self._writer = LogWriter(settings.paths, database, settings.log_writer.batch_bytes)

    def keep(
        self,
        minutes_ago: float,
        difference: float = -0.25,
        challenger: str = "two",
        champion: str = "one",
    ) -> ShadowRecord:
        moment = NOW - timedelta(minutes=minutes_ago)
        answered: PredictionRecord = records.prediction().model_copy(
            update={"timestamp": moment, "model_version": champion, "interval_lower": 4.0}
        )
        silent = records.shadow(answered.prediction_id, challenger).model_copy(
            update={"timestamp": moment, "difference": difference}
        )
        self.append(answered, silent)
        return silent

    def append(self, *kept: PredictionRecord | ShadowRecord | EventRecord) -> None:
        self._spool.append(kept)
        assert self._writer.drain(NOW).rejected == 0

    def label(self, silent: ShadowRecord, actual: float) -> None:
        with self._database.transaction() as connection:
            row = {"timestamp": NOW, "prediction_id": silent.prediction_id, "actual": actual}
            connection.execute(sa.insert(labels).values(row))

    def count(self, table: sa.Table) -> int:
        with self._database.transaction() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


@pytest.fixture
def log(settings: Settings, spool: Spool, writable: Database) -> Log:
    return Log(settings, spool, writable)


def read(database: Database, most_rows: int = 100) -> ShadowWindow:
    return read_shadow_window(database, NOW - HOUR, NOW, most_rows)


def test_the_same_record_again_is_kept_once_and_not_refused(log: Log) -> None:
    silent = log.keep(5)
    log.append(silent, silent.model_copy(update={"difference": 9.0}))
    event = EventRecord(event_kind="watch", actor="a test", summary="It happened.")
    log.append(event)
    log.append(event)
    assert (log.count(shadow_answers), log.count(events)) == (1, 1)


def test_the_newest_pair_of_versions_is_read_in_order_with_what_is_known(
    log: Log, readable: Database
) -> None:
    log.keep(61)
    late, early = log.keep(10, 0.5), log.keep(20, -0.5)
    log.keep(30, challenger="older")
    log.keep(31, champion="before")
    log.label(early, 4.0)
    found = read(readable)
    assert (found.challenger, found.champion) == ("two", "one")
    assert (found.total, found.of_other_versions) == (2, 2)
    assert found.differences.tolist() == [early.difference, late.difference]
    assert found.seconds.tolist() == pytest.approx([2400, 3000])
    assert found.answered.predicted.tolist() == [4.25, 4.25]
    assert found.served.predicted.tolist() == [4.5, 4.5]
    assert found.served.lower.tolist() == [4.0, 4.0]
    assert np.isnan(found.served.upper).all()
    assert found.served.actual[0] == 4.0
    assert np.isnan(found.served.actual[1])


def test_a_large_window_is_thinned_and_an_empty_one_is_empty(log: Log, readable: Database) -> None:
    empty = read(readable)
    assert (len(empty), empty.total, empty.challenger, empty.champion) == (0, 0, None, None)
    for minutes in range(1, 11):
        log.keep(minutes)
    found = read(readable, most_rows=4)
    assert found.total == 10
    assert 2 <= len(found) <= 4


def test_a_silent_answer_goes_with_its_prediction_and_by_its_own_age(
    log: Log, writable: Database
) -> None:
    early = {"timestamp": NOW - 2 * HOUR}
    log.append(records.shadow("its prediction is gone").model_copy(update=early))
    log.keep(61)
    log.keep(5)
    only_predictions = Retention(writable, RetentionPolicy({predictions: HOUR}))
    assert only_predictions.step(NOW, 10).rows == {"predictions": 1}
    assert log.count(shadow_answers) == 2
    both = Retention(writable, RetentionPolicy({predictions: HOUR, shadow_answers: HOUR}))
    assert both.step(NOW, 10).rows == {"predictions": 0, "shadow_answers": 1}
    assert log.count(shadow_answers) == 1
    assert (
        RetentionPolicy.of(changed(Settings(), prediction_retention_days=2))
        .ages[shadow_answers]
        .days
        == 2
    )
