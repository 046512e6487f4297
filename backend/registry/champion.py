"""Promotion and rollback by a person: moves the champion pointer and records an event."""

import logging

from storage.models.champion import ChampionSwitch
from storage.schema.records import ChampionPointer, EventKind, EventRecord
from storage.spool.timeline import Timeline

logger = logging.getLogger(__name__)

SUMMARIES = {
    "promotion": "Promoted by hand: {version} replaces {previous}: {reason}",
    "rollback": "Rolled back from {previous} to {version}: {reason}",
}


class ChampionChanges:
    """Carries out requests to change the champion; on the errors of ``ChampionSwitch`` nothing changes."""

    def __init__(self, switch: ChampionSwitch, timeline: Timeline) -> None:
        self._switch = switch
        self._timeline = timeline

    def promote(
        self, version: str, reason: str, actor: str, expected: str | None
    ) -> ChampionPointer:
        """Promote a version to champion."""
        return self._told("promotion", self._switch.promote(version, expected), reason, actor)

    def roll_back(self, reason: str, actor: str, expected: str | None) -> ChampionPointer:
        """Roll back to the previous champion."""
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
