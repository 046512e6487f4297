"""Times in words, in UTC everywhere: what the operator reads here is what stands in the logs."""

from datetime import UTC, datetime

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


def period(since: datetime, until: datetime) -> str:
    """Write a span of time, naming the day once if it is the same.

    Examples
    --------
    >>> period(datetime(2026, 11, 23, 16, tzinfo=UTC), datetime(2026, 11, 23, 17, 30, tzinfo=UTC))
    '2026-11-23 16:00:00 to 17:30:00 UTC'
    """
    since, until = since.astimezone(UTC), until.astimezone(UTC)
    end = f"{until:%H:%M:%S}" if since.date() == until.date() else f"{until:%Y-%m-%d %H:%M:%S}"
    return f"{since:%Y-%m-%d %H:%M:%S} to {end} UTC"
