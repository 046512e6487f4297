"""What thresholds of drift would have done: a check's decision, made again over stored windows.

Pure but for what it reads; no check of its own: ``WindowAlarm`` decides, as it does in every check.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from backend.drift.usual.history import HOUR, hour_of, start_of

MOST_CHECKS = 30
"""Windows of the past that are judged."""
MOST_ROWS = 1_000
"""Newest predictions of each that are compared with training."""
DELAY_CHECKS = 12
DELAY_WINDOWS = 3
"""A change is followed for so many lengths of the window, which an alarm by two of them needs at least."""

Raised = Callable[[datetime], bool]
"""Whether a check at a moment raises the alarm."""


@dataclass(frozen=True)
class Replay:
    """How often the alarm would have been raised, and for how long, all together."""

    alarms: int
    minutes: float


@dataclass(frozen=True)
class Delay:
    """After which time a change is alarmed; without one, why not."""

    minutes: float | None
    reason: str | None = None


def moments(first: datetime, last: datetime, most: int = MOST_CHECKS) -> list[datetime]:
    """Return whole hours, evenly spread, none before ``first``; the last is the newest before ``last``.

    Examples
    --------
    >>> from datetime import UTC
    >>> noon = datetime(2026, 11, 30, 12, 30, tzinfo=UTC)
    >>> [f"{each:%d %H:%M}" for each in moments(noon - timedelta(hours=5), noon, 3)]
    ['30 08:00', '30 10:00', '30 12:00']
    """
    begin, end = math.ceil(first.timestamp() / HOUR.total_seconds()), hour_of(last)
    step = max(1, math.ceil((end - begin + 1) / most))
    return [start_of(hour) for hour in reversed(range(end, begin - 1, -step))] or [start_of(end)]


def replay(checks: Sequence[datetime], raised: Raised) -> Replay:
    """Judge windows again: an alarm that goes on from one to the next is one.

    Examples
    --------
    >>> from datetime import UTC
    >>> noon = datetime(2026, 11, 30, 12, tzinfo=UTC)
    >>> replay([noon + number * HOUR for number in range(6)], lambda at: at.hour in (13, 14, 16))
    Replay(alarms=2, minutes=180.0)
    """
    found = [raised(check) for check in checks]
    begun = sum(now and not before for before, now in pairwise([False, *found]))
    return Replay(begun, sum(found) * step_of(checks).total_seconds() / 60)


def step_of(checks: Sequence[datetime]) -> timedelta:
    """Return the time between two checks; of a single one, an hour."""
    return checks[1] - checks[0] if len(checks) > 1 else HOUR


def followed(first: datetime, last: datetime, length: timedelta) -> list[datetime]:
    """Return when a change is looked for, which begins at the first; one alone: the log is too short.

    Before it, there is at least one window without the change.
    """
    longest = min(DELAY_WINDOWS * length, last - first - length)
    if longest < HOUR:
        return [start_of(hour_of(last))]
    return moments(last - max(longest, HOUR), last, DELAY_CHECKS + 1)


def delay(checks: Sequence[datetime], changed: Raised, unchanged: Raised) -> Delay:
    """Return how long after the first check a change is alarmed that begins there.

    Examples
    --------
    >>> from datetime import UTC
    >>> noon = datetime(2026, 11, 30, 12, tzinfo=UTC)
    >>> checks = [noon + number * HOUR for number in range(6)]
    >>> delay(checks, lambda at: at.hour > 14, lambda at: False)
    Delay(minutes=180.0, reason=None)
    >>> delay(checks, lambda at: at.hour > 14, lambda at: at.hour > 14).reason
    'it alarms without the change too'
    >>> delay(checks, lambda at: False, lambda at: False).reason
    'not within 5 h'
    """
    begin, *later = checks
    if not later:
        return Delay(None, "the log is too short")
    if unchanged(begin):
        return Delay(None, "it alarms without the change too")
    for check in later:
        if not changed(check):
            continue
        if unchanged(check):
            return Delay(None, "it alarms without the change too")
        return Delay((check - begin).total_seconds() / 60)
    return Delay(None, f"not within {(later[-1] - begin) / HOUR:.0f} h")
