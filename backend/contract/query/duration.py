"""Durations in a query string, 30s, 15m, 6h, 7d, and windows of such a length."""

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from backend.contract.base import Moment, Request
from backend.contract.query.sources import Sources
from storage.schema.source import CUSTOMERS

LONGEST_WINDOW = timedelta(days=90)
"""Longest window of traffic that is compared."""
SHORTEST_WINDOW = timedelta(minutes=1)
"""Shortest window of a query."""
UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
PATTERN = re.compile(r"([1-9][0-9]{0,7})([smhd])", re.ASCII)


def read_duration(value: Any) -> Any:
    """Parse a duration; return a ``timedelta`` unchanged.

    Raises
    ------
    PydanticCustomError
        If it has another format.

    Examples
    --------
    >>> read_duration("15m")
    datetime.timedelta(seconds=900)
    """
    if isinstance(value, timedelta):
        return value
    found = PATTERN.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise PydanticCustomError(
            "duration", "write a whole number and its unit, such as 30s, 15m, 6h or 7d"
        )
    return timedelta(seconds=int(found[1]) * UNITS[found[2]])


def write_duration(span: timedelta) -> str:
    """Format whole seconds in the largest unit that divides them.

    Examples
    --------
    >>> [write_duration(timedelta(seconds=seconds)) for seconds in (90, 900, 604_800)]
    ['90s', '15m', '7d']
    """
    seconds = int(span.total_seconds())
    for unit, width in UNITS.items():
        if seconds % width == 0:
            return f"{seconds // width}{unit}"
    return f"{seconds}s"


Duration = Annotated[
    timedelta,
    BeforeValidator(read_duration),
    PlainSerializer(write_duration, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": "^[1-9][0-9]{0,7}[smhd]$"}),
]


class WindowQuery(Request):
    """A window of traffic that ends now, or at ``until``."""

    window: Duration | None = Field(
        None,
        ge=SHORTEST_WINDOW,
        le=LONGEST_WINDOW,
        description="Length of the window, such as 30m, 24h or 7d; the configured one by default.",
    )
    until: Moment | None = Field(None, description="End of the window; now by default.")
    sources: Sources = Field(
        CUSTOMERS, description="Whose traffic, separated by commas; the customers' by default."
    )
