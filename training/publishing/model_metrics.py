"""The figures of every trained model as rows of the model metrics table."""

import logging

from storage.database.connection import Database
from storage.errors import DatabaseUnavailable
from storage.log_writer.writer import LogWriter
from storage.process.kinds import LOG_WRITER
from storage.process.lock import AlreadyRunning, only_process
from storage.schema.records import ModelMetricsRecord, utc_now
from storage.settings import Settings
from storage.spool.log_handler import open_spool
from training.fitting.fit import MeasuredCandidate
from training.fitting.outcome import TrainingOutcome

logger = logging.getLogger(__name__)


def record_model_metrics(settings: Settings, outcome: TrainingOutcome) -> None:
    """Append one record per model, and move them to the database.

    The records are safe once this returns. If no log-writer runs, this process moves the spool itself; if
    the database is unavailable too, they wait in the spool.

    Raises
    ------
    SpoolUnavailable
        If the records could not be written.
    """
    spool = open_spool(settings)
    try:
        spool.append([_record(measured, outcome) for measured in outcome.candidates])
    finally:
        spool.close()
    _drain_unless_a_writer_runs(settings)


def _record(measured: MeasuredCandidate, outcome: TrainingOutcome) -> ModelMetricsRecord:
    return ModelMetricsRecord(
        timestamp=outcome.trained_at,
        model_name=measured.fitted.name,
        model_type=measured.fitted.model_type,
        model_version=outcome.version,
        rmse=measured.test.rmse,
        mae=measured.test.mae,
        r2_score=measured.test.r2_score,
        training_time=measured.fitted.fit_seconds,
        parameters=measured.fitted.parameters,
    )


def _drain_unless_a_writer_runs(settings: Settings) -> None:
    database = Database(settings.database_address, writable=True)
    try:
        with only_process(settings.paths.log_writer_lock, LOG_WRITER):
            database.migrate_if_needed()
            LogWriter(settings.paths, database, settings.log_writer.batch_bytes).drain(utc_now())
    except AlreadyRunning:
        logger.debug("The running log-writer moves the figures into the database.")
    except DatabaseUnavailable as error:
        logger.warning("The figures wait in the spool: %s", error)
    finally:
        database.close()
