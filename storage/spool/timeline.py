"""The timeline of events: how a process adds to it."""

import logging

from storage.errors import SpoolUnavailable
from storage.schema.records import EventRecord
from storage.spool.spool import Spool

logger = logging.getLogger(__name__)


class Timeline:
    """Adds events; they report what has already happened, so a full disk must not undo it."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool

    def record(self, *events: EventRecord) -> None:
        """Append the events, or log that this failed."""
        try:
            self._spool.append(events)
        except SpoolUnavailable as error:
            for event in events:
                logger.error("Missing from the timeline (%s): %s", error, event.summary)
