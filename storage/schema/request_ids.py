"""When a request was made, by its id: an id of this service begins with its time.

Those need no index. Ids that clients chose have one (``BY_INDEX``), which costs nothing where there are none:
random ids would each touch another page of an index of all, a third of what storing a request costs.
"""

from datetime import UTC, datetime, timedelta

TIMED_LENGTH = 32
EARLIEST, LATEST = "019", "020"
"""The first digits of the times from December 2023 to September 2039."""
BY_INDEX = (
    f"length(request_id) != {TIMED_LENGTH} OR request_id < '{EARLIEST}' OR request_id >= '{LATEST}'"
)
"""The condition of the index; a query has to repeat it word for word."""
MILLISECOND_DIGITS = 12
LONGEST = timedelta(hours=1)
"""How far a request's row may be from the time in its id: it waited, or another clock made the id."""


def moment_of(request_id: str) -> datetime | None:
    """Return the time that an id begins with; None if a client chose another one.

    Examples
    --------
    >>> moment_of("01a22c71f9fe5dc991db363bfd651328").isoformat(timespec="seconds")
    '2026-11-30T12:33:16+00:00'
    >>> moment_of("order-17") is None
    True
    """
    if len(request_id) != TIMED_LENGTH or not EARLIEST <= request_id < LATEST:
        return None
    try:
        milliseconds = int(request_id[:MILLISECOND_DIGITS], 16)
    except ValueError:
        return None
    return datetime.fromtimestamp(milliseconds / 1_000, UTC)
