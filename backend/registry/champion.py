"""Promotion and rollback by a person: moves the champion pointer and records an event."""

import logging

from storage.models.champion import ChampionChanged, ChampionSwitch
from storage.schema.records import EventKind, EventRecord
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
    ) -> ChampionChanged:
        """Promote a version to champion."""
        return self._told("promotion", self._switch.promote(version, expected), reason, actor)

    def roll_back(self, reason: str, actor: str, expected: str | None) -> ChampionChanged:
        """Roll back to the newest version that served before and was not rolled back from."""
        return self._told("rollback", self._switch.roll_back(expected), reason, actor)

    def _told(
        self, kind: EventKind, changed: ChampionChanged, reason: str, actor: str
    ) -> ChampionChanged:
        pointer, replaced = changed.pointer, changed.replaced
        summary = SUMMARIES[kind].format(
            version=pointer.version, previous=replaced or "none", reason=reason
        )
        logger.warning("%s", summary)
        self._timeline.record(
            EventRecord(
                timestamp=pointer.changed_at,
                event_kind=kind,
                actor=actor,
                subject=pointer.version,
                summary=summary,
                figures={"previous": replaced, "reason": reason},
            )
        )
        return changed
