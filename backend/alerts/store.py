"""The book of alerts in its one file, which the monitor and the service change in turn.

Not in the database: an alert must also get out while the database or the log-writer is away, which is what it
may be about. Each change is one atomic, durable replacement of the file, inside its lock.
"""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress

from pydantic import ValidationError

from storage.errors import ProgressUnavailable
from storage.paths import RuntimePaths
from storage.process.lock import in_turn
from storage.process.progress import keep_progress
from storage.schema.alerts import AlertBook
from storage.schema.records import new_suffix

logger = logging.getLogger(__name__)


class AlertStore:
    """Reads and changes the book.

    Parameters
    ----------
    paths
        The runtime folder.
    goes_on
        Whether this process goes on in memory while the file cannot be written, as the monitor does: a full
        disk must not keep its own alert in the box. Others raise.
    """

    def __init__(self, paths: RuntimePaths, *, goes_on: bool = False) -> None:
        self._path = paths.alerts
        self._lock = paths.alerts_lock
        self._goes_on = goes_on
        self._unsaved: AlertBook | None = None
        self._turn = threading.RLock()

    def read(self) -> AlertBook:
        """Return the book as it is now; an empty one if there is none or, which is logged, it is damaged."""
        with self._turn:
            return self._unsaved or self._read()

    def change(self, change: Callable[[AlertBook], AlertBook]) -> AlertBook:
        """Replace the book by what ``change`` makes of it, and return that; nothing else comes in between.

        Raises
        ------
        ProgressUnavailable
            If it cannot be written and this process does not go on in memory; the file is unchanged.
        """
        with self._turn, in_turn(self._lock):
            before = self.read()
            after = change(before)
            if after != before or self._unsaved is not None:
                self._keep(after)
            return after

    def _keep(self, book: AlertBook) -> None:
        try:
            keep_progress(self._path, book)
        except ProgressUnavailable as error:
            if not self._goes_on:
                raise
            if self._unsaved is None:
                logger.error("Alerts go on in memory only: %s", error)
            self._unsaved = book
        else:
            self._unsaved = None

    def _read(self) -> AlertBook:
        try:
            return AlertBook.model_validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return AlertBook()
        except (OSError, ValidationError) as error:
            aside = self._path.with_name(f"unreadable-{new_suffix()}.json")
            logger.error("The alerts cannot be read and begin anew; see %s: %s", aside.name, error)
            with suppress(OSError):
                self._path.rename(aside)
            return AlertBook()
