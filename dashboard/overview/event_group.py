"""Events as the Overview lists them: a check that found what the one before found is no line of its own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from backend.contract.monitoring import EventRow

CHECK = "check"


@dataclass(frozen=True)
class EventGroup:
    """One event, or checks in a row that came to the same verdict; newest first."""

    events: tuple[EventRow, ...]

    @property
    def id(self) -> int:
        """The number of the newest."""
        return self.newest.id

    @property
    def newest(self) -> EventRow:
        """The newest."""
        return self.events[0]

    @property
    def oldest(self) -> EventRow:
        """The oldest."""
        return self.events[-1]


def grouped(events: Iterable[EventRow]) -> list[EventGroup]:
    """Return events, newest first, with checks of one verdict in a row as one."""
    return [EventGroup(tuple(group)) for _, group in groupby(events, key=_what)]


def _what(event: EventRow) -> Sequence[object]:
    if event.kind != CHECK:
        return (event.id,)
    verdict = sorted(
        (name, value)
        for name, value in event.figures.items()
        if value is None or isinstance(value, bool)
    )
    return (event.kind, event.subject, event.actor, *verdict)
