"""A whole number in JSON, where 3.0 is one and true is none."""

from typing import Any


def read_whole(value: Any) -> Any:
    """Return a whole number that is written with a point as one; anything else as it is.

    Examples
    --------
    >>> read_whole(3.0), read_whole(3.5)
    (3, 3.5)
    """
    return int(value) if isinstance(value, float) and value.is_integer() else value
