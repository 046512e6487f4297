"""Times in words, in the zone that the header shows."""

from datetime import UTC, datetime, timedelta

from dashboard.wording.zone import shown_zone, zone_name

COLUMN_FORMAT = "YYYY-MM-DD HH:mm:ss"
"""Of a table's column, whose title names the zone."""


def moment(time: datetime) -> str:
    """Write a time with its date.

    Examples
    --------
    >>> moment(datetime(2026, 11, 23, 16, 5, 9, tzinfo=UTC))
    '2026-11-23 16:05 UTC'
    """
    return f"{shown(time):%Y-%m-%d %H:%M %Z}"


def to_the_second(time: datetime) -> str:
    """Write a time with its date, and with its seconds if there are any.

    Examples
    --------
    >>> to_the_second(datetime(2026, 11, 23, 16, 5, tzinfo=UTC))
    '2026-11-23 16:05 UTC'
    >>> to_the_second(datetime(2026, 11, 23, 16, 5, 30, tzinfo=UTC))
    '2026-11-23 16:05:30 UTC'
    """
    return f"{shown(time):%Y-%m-%d %H:%M:%S %Z}" if time.second else moment(time)


def as_of(time: datetime, now: datetime) -> str:
    """Write when a verdict was reached, and how old it is.

    Examples
    --------
    >>> now = datetime(2026, 11, 23, 14, 3, 22, tzinfo=UTC)
    >>> as_of(now - timedelta(seconds=12), now), as_of(now, now)
    ('as of 14:03:10 UTC, 12 s ago', 'as of 14:03:22 UTC, just now')
    >>> as_of(now - timedelta(days=2), now)
    'as of 2026-11-21 14:03:22 UTC, 2 d ago'
    """
    age = max((now - time).total_seconds(), 0)
    ago = "just now" if age < 1 else f"{lasting(age)} ago"
    same_day = shown(time).date() == shown(now).date()
    return f"as of {clock(time) if same_day else f'{shown(time):%Y-%m-%d %H:%M:%S %Z}'}, {ago}"


def cell(time: datetime) -> datetime:
    """Return a time as a cell of a table: without its zone, which the column names."""
    return shown(time).replace(tzinfo=None)


def column_title(words: str) -> str:
    """Return the title of a column of times.

    >>> column_title("Trained")
    'Trained, UTC'
    """
    return f"{words}, {zone_name()}"


def on_axis(time: datetime) -> str:
    """Return a time as a chart takes it, which draws all times as if they were in UTC."""
    return f"{cell(time).isoformat()}Z"


def at_share(since: datetime, until: datetime, share: float) -> datetime:
    """Return the time at a share of the way along a chart's axis, 0 to 1.

    >>> noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    >>> str(at_share(noon, noon + timedelta(hours=4), 0.25))
    '2026-11-23 13:00:00+00:00'
    """
    begin, end = cell(since), cell(until)
    return (begin + share * (end - begin)).replace(tzinfo=shown_zone()).astimezone(UTC)


def shown(time: datetime) -> datetime:
    """Return a time in the shown zone."""
    return time.astimezone(shown_zone())


def clock(time: datetime) -> str:
    """Write a time of today.

    Examples
    --------
    >>> clock(datetime(2026, 11, 23, 16, 5, 9, tzinfo=UTC))
    '16:05:09 UTC'
    """
    return f"{shown(time):%H:%M:%S %Z}"


def to_the_microsecond(time: datetime) -> str:
    """Write a time as the log has it.

    Examples
    --------
    >>> to_the_microsecond(datetime(2026, 11, 23, 16, 5, 9, 120, tzinfo=UTC))
    '2026-11-23 16:05:09.000120 UTC'
    """
    return f"{shown(time):%Y-%m-%d %H:%M:%S.%f %Z}"


def lasting(seconds: float) -> str:
    """Write a duration in its two largest units, without one of which there is none.

    Examples
    --------
    >>> lasting(0.4), lasting(9), lasting(80), lasting(7_260), lasting(200_000), lasting(7_200)
    ('under a second', '9 s', '1 min 20 s', '2 h 1 min', '2 d 7 h', '2 h')
    """
    whole = int(seconds)
    if whole < 1:
        return "under a second"
    hours, minutes = divmod(whole // 60, 60)
    if hours >= 24:
        units = (hours // 24, "d"), (hours % 24, "h")
    elif hours:
        units = (hours, "h"), (minutes, "min")
    else:
        units = (minutes, "min"), (whole % 60, "s")
    return " ".join(f"{count} {unit}" for count, unit in units if count)


def period(since: datetime, until: datetime) -> str:
    """Write a period, with the date only once if both ends share it.

    Examples
    --------
    >>> period(datetime(2026, 11, 23, 16, tzinfo=UTC), datetime(2026, 11, 23, 17, 30, tzinfo=UTC))
    '2026-11-23 16:00:00 to 17:30:00 UTC'
    """
    since, until = shown(since), shown(until)
    end = f"{until:%H:%M:%S}" if since.date() == until.date() else f"{until:%Y-%m-%d %H:%M:%S}"
    return f"{since:%Y-%m-%d %H:%M:%S} to {end} {until:%Z}"


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
