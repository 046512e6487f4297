"""The log-writer: the one process that writes to the database (``python -m storage.log_writer``)."""

import storage.ctrl_c

import argparse
import logging
import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime

from storage.audit.chain import AuditAct
from storage.audit.trail import AuditTrail
from storage.database.commands import ask
from storage.database.connection import Database
from storage.errors import CommandUnanswered, DatabaseUnavailable, SpoolUnavailable
from storage.log_writer.housekeeping import Housekeeping
from storage.log_writer.retention import Retention, RetentionPolicy
from storage.log_writer.retention_clock import RetentionClock
from storage.log_writer.writer import LogWriter
from storage.process.kinds import LOG_WRITER
from storage.process.lock import AlreadyRunning, only_process
from storage.process.loop import run_until_stopped
from storage.settings import Settings, settings_or_exit
from storage.spool.log_handler import configure_logging, open_spool
from storage.spool.spool import Spool
from storage.version import VERSION

logger = logging.getLogger("storage.log_writer")  # __name__ is __main__ when it runs

COMMAND_LINE = "command line"


class Round:
    """One round of the log-writer: move what waits in the spool, and keep house."""

    def __init__(self, settings: Settings, spool: Spool) -> None:
        self._database = Database(settings.database_address, writable=True)
        self._writer = LogWriter(settings.paths, self._database, settings.log_writer.batch_bytes)
        retention = Retention(self._database, RetentionPolicy.of(settings))
        clock = RetentionClock(self._database)
        self._housekeeping = Housekeeping(settings.paths, retention, clock)
        vanished = self._housekeeping.files_vanished
        self._database.on_reopened = lambda: vanished("database_replaced", "The log database")
        spool.on_restored = lambda: vanished("spool_removed", "The spool folder")

    def __call__(self, now: datetime) -> bool:
        """Return whether there is more to do at once."""
        try:
            self._database.migrate_if_needed()
            report = self._writer.run_once(now)
            self._housekeeping.count(report.records, report.rejected, report.lag_seconds)
            self._housekeeping.run_once(now, report.records)
        except DatabaseUnavailable as error:
            self._housekeeping.failed(now, "database_unavailable", str(error))
            self._database.close()  # a connection opened while the file was read-only would stay so
            raise
        except SpoolUnavailable as error:
            self._housekeeping.failed(now, "spool_unavailable", str(error))
            raise
        return report.more


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the log-writer until it is stopped (``python -m storage.log_writer``)."""
    parser = argparse.ArgumentParser(
        prog="python -m storage.log_writer",
        description="Move records from the spool into the database, and remove old ones.",
    )
    parser.add_argument(
        "--believe-clock",
        action="store_true",
        help="tell the running log-writer that the clock is right although it was far ahead",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {VERSION}")
    options = parser.parse_args(arguments)
    settings = settings_or_exit()
    return _believe_clock(settings) if options.believe_clock else _run(settings)


def _run(settings: Settings) -> int:
    spool = open_spool(settings)
    configure_logging(settings, spool, LOG_WRITER)
    try:
        with only_process(settings.paths.log_writer_lock, LOG_WRITER) as held:
            held.keep()
            logger.info("The log-writer moves %s into the database.", settings.paths.spool)
            run_until_stopped(Round(settings, spool), settings.log_writer.poll_seconds)
    except AlreadyRunning as error:
        raise SystemExit(str(error)) from error
    return 0


def _believe_clock(settings: Settings) -> int:
    spool = Spool(settings.paths.spool, settings.spool.segment_bytes)
    try:
        with closing(spool), closing(Database(settings.database_address)) as database:
            ask(spool, database, "believe_clock", settings.backend.command_timeout_seconds)
    except (CommandUnanswered, SpoolUnavailable) as error:
        print(error, file=sys.stderr)
        return 1
    AuditTrail(settings.paths).record(AuditAct(actor=COMMAND_LINE, action="believe clock"))
    print("The clock is believed; records are removed by age again.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
