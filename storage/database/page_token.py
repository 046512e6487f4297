"""Page tokens: where the next page of a list begins, as the values that order its last row."""

import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from storage.errors import InvalidInput

WRITTEN = re.compile(r"[0-9]{1,18}|[0-9.e+-]{1,32}", re.ASCII)
"""The number of a row within the 64 bits that a database can compare it with, microseconds, or a fraction."""
BETWEEN = "_"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
KINDS: dict[str, type[Any]] = {"timestamp": datetime, "response_time": float, "id": int}
"""The columns that may order a list."""


def write_token(values: Sequence[datetime | float | int]) -> str:
    """Return the token of a row.

    Examples
    --------
    >>> write_token([datetime(2026, 11, 23, 16, tzinfo=UTC), 17])
    '1795449600000000_17'
    """
    return BETWEEN.join(_written(value) for value in values)


def read_token(token: str, order: Sequence[str]) -> list[Any]:
    """Return the values of a token of a list, one for each column of its order.

    Raises
    ------
    InvalidInput
        If it was not made for a list in this order.

    Examples
    --------
    >>> read_token("1795449600000000_17", ["timestamp", "id"])
    [datetime.datetime(2026, 11, 23, 16, 0, tzinfo=datetime.timezone.utc), 17]
    """
    parts = token.split(BETWEEN)
    try:
        if all(map(WRITTEN.fullmatch, parts)):
            return [_read(part, KINDS[name]) for part, name in zip(parts, order, strict=True)]
    except (ValueError, OverflowError):
        pass
    raise InvalidInput(
        "page_token was not issued by this service for this list; leave it out to start from the first page."
    )


def _written(value: datetime | float | int) -> str:
    return str((value - EPOCH) // MICROSECOND) if isinstance(value, datetime) else repr(value)


def _read(part: str, kind: type[Any]) -> Any:
    if kind is datetime:
        return EPOCH + int(part) * MICROSECOND
    if kind is float and not math.isfinite(float(part)):
        raise ValueError("Not finite.")
    return kind(part)
