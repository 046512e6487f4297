"""Marks of what happened, as vertical lines in a chart of time, each with a letter for its kind."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from dashboard.wording.moment import on_axis

LEAST_SHARE = 0.02
"""Of the axis: marks of one kind that are closer are drawn as one, with their number."""


@dataclass(frozen=True)
class Mark:
    """One mark: a letter, and the colour of its line."""

    time: datetime
    letter: str
    colour: str


def with_marks(
    option: dict[str, Any], marks: Iterable[Mark], since: datetime, until: datetime
) -> dict[str, Any]:
    """Return a chart with those marks above its first panel that lie on its axis of time."""
    inside = [mark for mark in marks if since <= mark.time <= until]
    if not inside:
        return option
    lines = [_line(group) for group in _close_together(inside, LEAST_SHARE * (until - since))]
    # A series of its own and without a name: the legend does not list it.
    of_marks = {
        "type": "line",
        "data": [],
        "silent": True,
        "markLine": {"silent": True, "symbol": "none", "animation": False, "data": lines},
    }
    return option | {"series": [*option["series"], of_marks]}


def _close_together(marks: Sequence[Mark], gap: timedelta) -> list[list[Mark]]:
    """Return the marks in groups of one letter, of which each is at most ``gap`` after the one before."""
    groups: list[list[Mark]] = []
    for mark in sorted(marks, key=lambda mark: (mark.letter, mark.time)):
        last = groups[-1][-1] if groups else None
        if last is not None and last.letter == mark.letter and mark.time - last.time <= gap:
            groups[-1].append(mark)
        else:
            groups.append([mark])
    return groups


def _line(group: Sequence[Mark]) -> dict[str, Any]:
    first = group[0]
    return {
        "xAxis": on_axis(first.time),
        "name": first.letter if len(group) == 1 else f"{first.letter} {len(group)}",
        "lineStyle": {"color": first.colour, "width": 1.5, "type": "solid"},
        "label": {"formatter": "{b}", "position": "end", "distance": 4, "color": first.colour},
    }
