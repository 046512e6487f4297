"""Times in words, always in UTC, as in the logs."""

from datetime import UTC, datetime, timedelta

ZONE = "UTC"
"""The zone of all times on the pages; steps of charts begin at its round times."""
COLUMN_FORMAT = "YYYY-MM-DD HH:mm:ss"
"""The same, for a table's column."""


def moment(time: datetime) -> str:
    """Write a time with its date.

    Examples
    --------
    >>> moment(datetime(2026, 11, 23, 16, 5, 9, tzinfo=UTC))
    '2026-11-23 16:05 UTC'
    """
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def to_the_second(time: datetime) -> str:
    """Write a time with its date, and with its seconds if there are any.

    Examples
    --------
    >>> to_the_second(datetime(2026, 11, 23, 16, 5, tzinfo=UTC))
    '2026-11-23 16:05 UTC'
    >>> to_the_second(datetime(2026, 11, 23, 16, 5, 30, tzinfo=UTC))
    '2026-11-23 16:05:30 UTC'
    """
    time = time.astimezone(UTC)
    return f"{time:%Y-%m-%d %H:%M:%S} UTC" if time.second else moment(time)


def as_of(time: datetime, now: datetime) -> str:
    """Write when a verdict was reached, and how old it is.

    Examples
    --------
    >>> now = datetime(2026, 11, 23, 14, 3, 22, tzinfo=UTC)
    >>> as_of(now - timedelta(seconds=12), now), as_of(now, now)
    ('as of 14:03:10 UTC, 12 s ago', 'as of 14:03:22 UTC, just now')
    >>> as_of(now - timedelta(days=2), now)
    'as of 2026-11-21 14:03:22 UTC, 2 d 0 h ago'
    """
    age = max((now - time).total_seconds(), 0)
    ago = "just now" if age < 1 else f"{lasting(age)} ago"
    same_day = time.astimezone(UTC).date() == now.astimezone(UTC).date()
    return f"as of {clock(time) if same_day else f'{time.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC'}, {ago}"


def cell(time: datetime) -> datetime:
    """Return a time as a cell of a table: in UTC and without its zone, which the column names."""
    return time.astimezone(UTC).replace(tzinfo=None)


def clock(time: datetime) -> str:
    """Write a time of today.

    Examples
    --------
    >>> clock(datetime(2026, 11, 23, 16, 5, 9, tzinfo=UTC))
    '16:05:09 UTC'
    """
    return f"{time.astimezone(UTC):%H:%M:%S} UTC"


def lasting(seconds: float) -> str:
    """Write a duration in its two largest units.

    Examples
    --------
    >>> lasting(0.4), lasting(9), lasting(80), lasting(7_260), lasting(200_000)
    ('under a second', '9 s', '1 min 20 s', '2 h 1 min', '2 d 7 h')
    """
    whole = int(seconds)
    if whole < 1:
        return "under a second"
    if whole < 60:
        return f"{whole} s"
    hours, minutes = divmod(whole // 60, 60)
    if hours >= 24:
        return f"{hours // 24} d {hours % 24} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {whole % 60} s"


def period(since: datetime, until: datetime) -> str:
    """Write a period, with the date only once if both ends share it.

    Examples
    --------
    >>> period(datetime(2026, 11, 23, 16, tzinfo=UTC), datetime(2026, 11, 23, 17, 30, tzinfo=UTC))
    '2026-11-23 16:00:00 to 17:30:00 UTC'
    """
    since, until = since.astimezone(UTC), until.astimezone(UTC)
    end = f"{until:%H:%M:%S}" if since.date() == until.date() else f"{until:%Y-%m-%d %H:%M:%S}"
    return f"{since:%Y-%m-%d %H:%M:%S} to {end} UTC"


def step_words(step: timedelta, one: str = "") -> str:
    """Write the width of a step; ``one`` comes before a single unit.

    Examples
    --------
    >>> step_words(timedelta(seconds=15)), step_words(timedelta(hours=1))
    ('15 seconds', 'hour')
    >>> step_words(timedelta(hours=1), one="1 ")
    '1 hour'
    """
    for unit, seconds in (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)):
        count, rest = divmod(int(step.total_seconds()), seconds)
        if count and not rest:
            return f"{one}{unit}" if count == 1 else f"{count} {unit}s"
    raise ValueError(f"A step is of whole seconds, not {step}.")
