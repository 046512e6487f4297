"""Python logging, sent to the console and, through the spool, to the logs table."""

import contextvars
import logging
import sys
from contextlib import suppress
from datetime import UTC, datetime

from storage.errors import SpoolUnavailable
from storage.schema.records import LONGEST_MESSAGE, LogRecord
from storage.schema.text import storable
from storage.settings import Settings
from storage.spool.spool import Spool

CONSOLE_FORMAT = "%(asctime)s %(levelname)-8s %(name)s: %(message)s"

current_request_id: contextvars.ContextVar[str | None] = contextvars.ContextVar(
    "current_request_id", default=None
)
"""The id of the request being answered; its log lines carry it."""


class SpoolHandler(logging.Handler):
    """Writes each log line to the spool as a record.

    A line that cannot be spooled still reaches the console through the other handler.
    """

    def __init__(self, spool: Spool, process: str) -> None:
        super().__init__()
        self._spool = spool
        self._process = process

    def emit(self, record: logging.LogRecord) -> None:
        """Append the line. A full disk is never raised to the caller; the spool itself reports it."""
        with suppress(SpoolUnavailable):
            self._spool.append([self._to_record(record)], waits=False)

    def _to_record(self, record: logging.LogRecord) -> LogRecord:
        message = storable(self.format(record))
        return LogRecord(
            timestamp=datetime.fromtimestamp(record.created, UTC),
            level=record.levelname,
            module=record.name,
            message=message[:LONGEST_MESSAGE],
            process=self._process,
            request_id=current_request_id.get(),
        )


def configure_logging(settings: Settings, spool: Spool, process: str) -> None:
    """Send this process's log lines to the console and to the logs table."""
    console = logging.StreamHandler(sys.stdout)
    console.setFormatter(logging.Formatter(CONSOLE_FORMAT))
    root = logging.getLogger()
    for handler in list(root.handlers):
        if isinstance(handler, SpoolHandler) or type(handler) is logging.StreamHandler:
            root.removeHandler(handler)
    root.addHandler(console)
    root.addHandler(SpoolHandler(spool, process))
    root.setLevel(settings.log_level)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it logs each access to the database


def open_spool(settings: Settings) -> Spool:
    """Open this process's spool, below the runtime folder of the settings."""
    tuning = settings.spool
    spool = Spool(settings.paths.spool, tuning.segment_bytes, tuning.sync, tuning.sync_seconds)
    spool.keep_checking()
    return spool
