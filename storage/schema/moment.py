"""A time as a client writes it: with its offset, far enough from the ends of the calendar for arithmetic."""

import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

YEARS = "^(19[7-9][0-9]|[2-8][0-9]{3}|9[0-8][0-9]{2}|99[0-8][0-9]|999[0-8])-"
"""From 1970 to 9998."""


def read_moment(value: Any) -> Any:
    """Return a time, or a text that may be one; a number would be taken for seconds since 1970.

    Raises
    ------
    PydanticCustomError
        If it is neither, or in a year before 1970 or after 9998.

    Examples
    --------
    >>> read_moment("2026-11-23T16:00:00Z")
    '2026-11-23T16:00:00Z'
    """
    if isinstance(value, datetime) or (isinstance(value, str) and re.match(YEARS, value)):
        return value
    raise PydanticCustomError(
        "moment",
        "write a time with its offset, such as 2026-11-23T16:00:00Z, in a year from 1970 to 9998",
    )


Moment = Annotated[
    AwareDatetime,
    BeforeValidator(read_moment),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": YEARS}),
]
