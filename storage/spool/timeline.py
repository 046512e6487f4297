"""The timeline of events: what a process adds to it, and who did it."""

import logging

from storage.errors import SpoolUnavailable
from storage.schema.records import EventRecord
from storage.spool.segments import Spool

logger = logging.getLogger(__name__)


class Timeline:
    """Adds events; what they tell has happened already, so a full disk must not undo it."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool

    def record(self, *events: EventRecord) -> None:
        """Append the events, or say in the log that they could not be."""
        try:
            self._spool.append(events)
        except SpoolUnavailable as error:
            for event in events:
                logger.error("This is missing on the timeline (%s): %s", error, event.summary)
