"""A window of logged predictions compared with the service's usual traffic."""

import math
from datetime import datetime, timedelta

from backend.contract.drift.analysis import UsualTraffic
from backend.drift.thresholds import DriftThresholds
from backend.drift.usual.comparison import are_enough, compare_with_usual, earlier_periods
from backend.drift.usual.history import HOUR, KEPT_HOURS, Traffic, hour_of, start_of
from backend.drift.usual.sums import TrafficSums

DAY_HOURS = 24
WEEK_HOURS = 7 * DAY_HOURS
MOST_HOURS_READ = 24
"""Hours of the window itself that are read if they are not kept."""


def check_usual(
    history: Traffic,
    since: datetime,
    until: datetime,
    thresholds: DriftThresholds,
) -> UsualTraffic:
    """Compare a window with earlier ones of the same length, each some whole days before it.

    One of more than a week is compared with single weeks before it: fourteen of its own length would be over
    a year. Their means vary more than its own, so that a quiet one is hardly ever called different.

    Reads what is kept of earlier hours, and of the window itself at most 24 hours.

    Raises
    ------
    DatabaseUnavailable
        If they cannot be read.
    """
    hours = _hours(since, until)
    earlier = earlier_periods(_earlier(history, hours))
    # While too few periods are known, the window itself need not be read.
    current = (
        _current(history, hours, since, until)
        if are_enough(earlier, thresholds)
        else TrafficSums.none(len(history.watched))
    )
    return compare_with_usual(current, earlier, history.watched, thresholds)


def _hours(since: datetime, until: datetime) -> range:
    """Return the hours of a window, the last of which may go on."""
    last = hour_of(until - timedelta(microseconds=1))
    number = max(1, round((until - since) / HOUR))
    return range(last - number + 1, last + 1)


def _current(history: Traffic, hours: range, since: datetime, until: datetime) -> TrafficSums:
    total = history.kept(hours[:-1])
    unknown = [hour for hour in hours[:-1] if not history.knows(hour)]
    for hour in unknown[-MOST_HOURS_READ:]:
        total += history.between(start_of(hour), start_of(hour + 1))
    # Of an hour or less all rows are read; of a longer window a part of an hour at its beginning is left out.
    return total + history.between(since if len(hours) == 1 else start_of(hours[-1]), until)


def _earlier(history: Traffic, hours: range) -> dict[int, TrafficSums]:
    """Return the earlier periods that are known, by how many days they were before."""
    week = hours[:WEEK_HOURS]
    days = math.ceil(len(week) / DAY_HOURS)
    found = {}
    for before in range(days, KEPT_HOURS // DAY_HOURS + 1, days):
        earlier = [hour - before * DAY_HOURS for hour in week]
        if history.knows(earlier[0]) and history.knows(earlier[-1]):
            found[before] = history.kept(earlier)
    return found
