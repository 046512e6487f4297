"""The figures of a training reach the model metrics table, now or later."""

from contextlib import closing
from pathlib import Path

import pytest

from storage.database.connection import Database
from storage.database.record_log import RecordLog
from storage.errors import DatabaseUnavailable
from storage.log_writer.writer import LogWriter
from storage.paths import RuntimePaths
from storage.process.kinds import LOG_WRITER
from storage.process.lock import only_process
from storage.schema.records import utc_now
from storage.settings import Settings
from storage.spool.segments import segments
from tests.settings import changed
from tests.training.conftest import SilentSteps, named_candidates
from training.dataset.table import HousingTable
from training.train import TrainedVersion, Training


def train(settings: Settings, table: HousingTable) -> TrainedVersion:
    return Training(settings, table, named_candidates("linear_regression"), SilentSteps()).run()


def recorded(settings: Settings) -> list[dict[str, object]]:
    with closing(Database(settings.database_address)) as database:
        return RecordLog(database, settings.paths).models(limit=100)


def test_without_a_log_writer_they_are_in_the_database_at_once(
    settings: Settings, small_table: HousingTable
) -> None:
    trained = train(settings, small_table)
    (row,) = recorded(settings)
    assert row["model_name"] == "linear_regression"
    assert row["model_type"] == "LinearRegression"
    assert row["model_version"] == trained.manifest.version
    assert row["rmse"] == trained.manifest.metrics["test_rmse"]
    assert row["parameters"] == trained.manifest.parameters
    assert not list(segments(settings.paths.spool))


def test_with_a_log_writer_they_are_left_to_it(
    settings: Settings, small_table: HousingTable
) -> None:
    with only_process(settings.paths.log_writer_lock, LOG_WRITER):
        train(settings, small_table)
        with pytest.raises(DatabaseUnavailable):
            recorded(settings)
        with closing(Database(settings.database_address, writable=True)) as database:
            database.migrate()
            LogWriter(settings.paths, database, 65536).drain(utc_now())
    assert len(recorded(settings)) == 1


def test_without_a_database_they_wait_in_the_spool(
    tmp_path: Path, small_table: HousingTable, caplog: pytest.LogCaptureFixture
) -> None:
    absent = "postgresql://nobody@127.0.0.1:1/nothing"
    train(changed(Settings(runtime_directory=tmp_path), database_url=absent), small_table)
    assert len(list(segments(RuntimePaths(tmp_path).spool))) == 1
    assert "The figures wait in the spool" in caplog.text
