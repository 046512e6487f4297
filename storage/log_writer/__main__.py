"""The log-writer: the one process that writes to the database (``python -m storage.log_writer``)."""

import logging
from datetime import datetime

from storage.database.connection import Database
from storage.errors import DatabaseUnavailable
from storage.log_writer.housekeeping import Housekeeping
from storage.log_writer.retention import Retention, RetentionPolicy
from storage.log_writer.writer import LogWriter
from storage.process.lock import AlreadyRunning, only_process
from storage.process.loop import run_until_stopped
from storage.settings import settings_or_exit
from storage.spool.log_handler import configure_logging, open_spool

logger = logging.getLogger("storage.log_writer")  # __name__ is __main__ when it runs

LOG_WRITER = "log-writer"


def main() -> None:
    """Run the log-writer until it is stopped (``python -m storage.log_writer``)."""
    settings = settings_or_exit()
    spool = open_spool(settings)
    configure_logging(settings, spool, LOG_WRITER)
    database = Database(settings.database_address, writable=True)
    writer = LogWriter(settings.paths, database, settings.log_writer.batch_bytes)
    housekeeping = Housekeeping(settings.paths, Retention(database, RetentionPolicy.of(settings)))

    def step(now: datetime) -> bool:
        try:
            database.migrate_if_needed()
            report = writer.run_once(now)
            housekeeping.count(report.records, report.rejected, report.lag_seconds)
            housekeeping.run_once(now, report.records)
        except DatabaseUnavailable:
            database.close()  # a connection opened while the file was read-only would stay read-only
            raise
        return report.more

    try:
        with only_process(settings.paths.log_writer_lock, LOG_WRITER):
            logger.info("The log-writer moves %s into the database.", settings.paths.spool)
            run_until_stopped(step, settings.log_writer.poll_seconds)
    except AlreadyRunning as error:
        raise SystemExit(str(error)) from error


if __name__ == "__main__":
    main()
