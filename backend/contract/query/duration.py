"""Durations in a query string, 30s, 15m, 6h, 7d, and windows of such a length."""

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from backend.contract.base import Moment, Request
from backend.contract.query.number_pattern import whole_numbers
from backend.contract.query.sources import Sources
from storage.schema.source import CUSTOMERS

LONGEST_WINDOW = timedelta(days=90)
"""Longest window of traffic that is compared."""
SHORTEST_WINDOW = timedelta(minutes=1)
"""Shortest window of a query."""
YEAR = timedelta(days=365)
SHORTEST_STEP = timedelta(seconds=10)
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


def spans(shortest: timedelta, longest: timedelta, tens: str = "") -> dict[str, str]:
    """Return the JSON Schema of durations between two others; ``tens`` is "0" for whole tens of seconds."""
    found = []
    for unit, seconds in UNITS.items():
        step = timedelta(seconds=seconds * (10 if unit == "s" and tens else 1))
        numbers = whole_numbers(max(1, -(shortest // -step)), longest // step)
        found.append(f"{numbers}{tens if unit == 's' else ''}{unit}")
    return {"type": "string", "pattern": f"^({'|'.join(found)})$"}


_Duration = Annotated[
    timedelta,
    BeforeValidator(read_duration),
    PlainSerializer(write_duration, when_used="json"),
]
Window = Annotated[
    _Duration,
    Field(ge=SHORTEST_WINDOW, le=LONGEST_WINDOW),
    WithJsonSchema(spans(SHORTEST_WINDOW, LONGEST_WINDOW)),
]
"""The length of a window of traffic that is looked at."""
LongWindow = Annotated[
    _Duration,
    Field(ge=SHORTEST_WINDOW, le=YEAR),
    WithJsonSchema(spans(SHORTEST_WINDOW, YEAR)),
]
"""The length of a window of errors: actual values come late."""
StepLength = Annotated[
    _Duration,
    Field(ge=SHORTEST_STEP, le=LONGEST_WINDOW),
    WithJsonSchema(spans(SHORTEST_STEP, LONGEST_WINDOW, tens="0")),
]
"""The length of a step of a chart."""


class WindowQuery(Request):
    """A window of traffic that ends now, or at ``until``."""

    window: Window | None = Field(
        None,
        description="Length of the window, such as 30m, 24h or 7d; the configured one by default.",
    )
    until: Moment | None = Field(None, description="End of the window; now by default.")
    sources: Sources = Field(
        CUSTOMERS, description="Whose traffic, separated by commas; the customers' by default."
    )
