"""Promotion and rollback asked for by a person: the pointer moved, and an event on the timeline."""

import logging

from storage.models.champion import ChampionSwitch
from storage.schema.records import ChampionPointer, EventKind, EventRecord
from storage.spool.timeline import Timeline

logger = logging.getLogger(__name__)

SUMMARIES = {
    "promotion": "Promoted by hand: {version} in place of {previous}: {reason}",
    "rollback": "Rolled back: to {version} from {previous}: {reason}",
}


class ChampionChanges:
    """Takes requests to change the champion; raises what ``ChampionSwitch`` does, with nothing changed."""

    def __init__(self, switch: ChampionSwitch, timeline: Timeline) -> None:
        self._switch = switch
        self._timeline = timeline

    def promote(
        self, version: str, reason: str, actor: str, expected: str | None
    ) -> ChampionPointer:
        """Make a version the champion."""
        return self._told("promotion", self._switch.promote(version, expected), reason, actor)

    def roll_back(self, reason: str, actor: str, expected: str | None) -> ChampionPointer:
        """Make the champion before this one the champion."""
        return self._told("rollback", self._switch.roll_back(expected), reason, actor)

    def _told(
        self, kind: EventKind, pointer: ChampionPointer, reason: str, actor: str
    ) -> ChampionPointer:
        summary = SUMMARIES[kind].format(
            version=pointer.version, previous=pointer.previous or "none", reason=reason
        )
        logger.warning("%s", summary)
        self._timeline.record(
            EventRecord(
                timestamp=pointer.changed_at,
                event_kind=kind,
                actor=actor,
                subject=pointer.version,
                summary=summary,
                figures={"previous": pointer.previous, "reason": reason},
            )
        )
        return pointer
