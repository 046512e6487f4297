"""Round steps of time: the edges at which a window is cut for a chart or a trend.

They depend on the clock of a time zone and never on when somebody looks, so the same labels give the same
points to everybody.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import ArrayLike

from storage.errors import InvalidInput
from storage.schema.arrays import IntegerArray

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
ROUND_WIDTHS = (
    *(10 * SECOND, 30 * SECOND),
    *(count * MINUTE for count in (1, 2, 5, 10, 15, 30)),
    *(count * HOUR for count in (1, 2, 3, 6, 12)),
    *(DAY, WEEK, 4 * WEEK),
)
"""Widths of steps whose edges are easy to read on a clock or a calendar."""
FIRST_MONDAY = datetime.fromisoformat("1970-01-05")
"""Widths are counted from it, on the zone's clock: a day begins at midnight, a week on Monday."""
WIDEST_SHIFT = 3 * HOUR
"""No zone puts its clock back by more."""


@dataclass(frozen=True)
class TimeStep:
    """One step, from ``since`` on and before ``until``, in UTC."""

    since: datetime
    until: datetime

    def is_unfinished(self, end: datetime) -> bool:
        """Return whether a window that ends at ``end`` has only a part of the step."""
        return self.until > end


@dataclass(frozen=True)
class TimeSteps:
    """The steps that cover a window, oldest first and without gaps.

    The first one begins at or before the window, the last one ends at or after it.

    Attributes
    ----------
    width
        Of a step on the clock. Where clocks are put, a step of hours or days lasts an hour more or less.
    edges
        Where steps begin and where the last one ends, in UTC; one more than there are steps.
    """

    width: timedelta
    edges: tuple[datetime, ...]

    @classmethod
    def covering(
        cls, since: datetime, until: datetime, width: timedelta, zone: tzinfo = UTC
    ) -> "TimeSteps":
        """Cut a window at the round times of a zone.

        Parameters
        ----------
        since, until
            Aware; ``until`` is later.
        width
            Whole seconds, usually one of ``ROUND_WIDTHS``.

        Examples
        --------
        >>> begin = datetime(2026, 3, 29, 0, 40, tzinfo=UTC)
        >>> found = TimeSteps.covering(begin, begin + 5 * HOUR, 2 * HOUR, ZoneInfo("Europe/Berlin"))
        >>> [edge.astimezone(ZoneInfo("Europe/Berlin")).hour for edge in found.edges]
        [0, 3, 4, 6, 8]
        """
        begin, end = since.astimezone(UTC), until.astimezone(UTC)
        edges = _round_times(begin, end, width, zone)
        first = max(place for place, edge in enumerate(edges) if edge <= begin)
        last = min(place for place, edge in enumerate(edges) if edge >= end)
        return cls(width, tuple(edges[first : last + 1]))

    @property
    def since(self) -> datetime:
        """Where the first step begins."""
        return self.edges[0]

    @property
    def until(self) -> datetime:
        """Where the last step ends."""
        return self.edges[-1]

    @property
    def step_seconds(self) -> int:
        """The width in seconds."""
        return int(self.width.total_seconds())

    def each(self) -> list[TimeStep]:
        """Return the steps, oldest first."""
        return [TimeStep(*ends) for ends in pairwise(self.edges)]

    def places(self, seconds: ArrayLike, after: datetime) -> IntegerArray:
        """Return the number of the step in which each of some moments lies.

        Parameters
        ----------
        seconds
            Shape (n,), the moments in seconds after ``after``; none is before the first step.
        """
        begins = [(edge - after).total_seconds() for edge in self.edges[:-1]]
        return np.searchsorted(begins, seconds, side="right") - 1


def round_width(window: timedelta, about: int) -> timedelta:
    """Return the round width of which the number that fills a window is nearest to ``about``, as a ratio.

    Examples
    --------
    >>> [str(round_width(timedelta(hours=hours), 24)) for hours in (0.25, 1, 24, 24 * 7, 24 * 30)]
    ['0:00:30', '0:02:00', '1:00:00', '6:00:00', '1 day, 0:00:00']
    """

    def distance(width: timedelta) -> float:
        ratio = window / width / about
        return max(ratio, 1 / ratio)

    return min(ROUND_WIDTHS, key=distance)


def round_steps(since: datetime, until: datetime, about: int, zone: tzinfo = UTC) -> TimeSteps:
    """Cut a window into about so many steps of a round width, at the round times of a zone."""
    return TimeSteps.covering(since, until, round_width(until - since, about), zone)


def zone_named(name: str) -> tzinfo:
    """Return a time zone of the IANA database by its name.

    Raises
    ------
    InvalidInput
        If this computer knows none of that name.

    Examples
    --------
    >>> zone_named("UTC")
    datetime.timezone.utc
    >>> zone_named("Mars")
    Traceback (most recent call last):
    storage.errors.InvalidInput: There is no time zone "Mars"; write one as in Europe/Berlin, or UTC.
    """
    if name == "UTC":
        # Known even without the database.
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        # A folder of the database, a path out of it and a file of another kind are no zones either.
        raise InvalidInput(
            f'There is no time zone "{name}"; write one as in Europe/Berlin, or UTC.'
        ) from error


def _round_times(
    since: datetime, until: datetime, width: timedelta, zone: tzinfo
) -> list[datetime]:
    """Return the round times of a zone's clock in a window and at least one before and after it, in UTC."""
    first = _shown(since, zone) - _room(since, zone)
    last = _shown(until, zone) + _room(until, zone) + width
    label = FIRST_MONDAY + (first - FIRST_MONDAY) // width * width
    times = set()
    while label <= last:
        once, again = _moment(label, zone), _moment(label.replace(fold=1), zone)
        # The hour that a clock shows twice in autumn has steps of its own both times.
        times |= {once, again} if again > once and width <= HOUR else {once}
        label += width
    return sorted(times)


def _shown(moment: datetime, zone: tzinfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


def _room(moment: datetime, zone: tzinfo) -> timedelta:
    """Return how far beside a moment labels may belong to it: near the time at which clocks are put."""
    ends = (moment - WIDEST_SHIFT, moment + WIDEST_SHIFT)
    before, after = (end.astimezone(zone).utcoffset() for end in ends)
    return WIDEST_SHIFT if before != after else timedelta(0)


def _moment(label: datetime, zone: tzinfo) -> datetime:
    # A time that a clock skips in spring becomes the moment after which it goes on.
    return label.replace(tzinfo=zone).astimezone(UTC)
