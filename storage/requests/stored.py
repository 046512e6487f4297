"""One answered request as the log-writer stores it, in a form that is cheap to create by the thousand."""

from collections.abc import Mapping
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any, NamedTuple

Row = tuple[Any, ...]
"""The fields of a ``StoredRequest``; a named tuple would cost more than the rest of the counting."""


class StoredRequest(NamedTuple):
    """A row of ``api_metrics`` without its id, in the order of the columns; its time is text, in UTC.

    The last four are the seconds of its ``Stages``, where they are known.
    """

    timestamp: str
    endpoint: str
    method: str
    status_code: int
    response_time: float
    success: bool
    error_message: str | None
    model_version: str | None
    request_id: str
    source: str
    parse: float | None = None
    model: float | None = None
    append: float | None = None
    write: float | None = None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "StoredRequest":
        """Return a row by column name, with a datetime, as a stored request."""
        return cls(**{**row, "timestamp": row["timestamp"].astimezone(UTC).isoformat()})

    def columns(self) -> dict[str, Any]:
        """Return the row by column name, its time as a datetime."""
        return self._asdict() | {"timestamp": moment_stored(self.timestamp)}


RESPONSE_TIME = itemgetter(StoredRequest._fields.index("response_time"))


def moment_stored(text: str) -> datetime:
    """Parse a stored time.

    Examples
    --------
    >>> moment_stored("2026-11-25 21:53:35.749654").isoformat()
    '2026-11-25T21:53:35.749654+00:00'
    """
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
