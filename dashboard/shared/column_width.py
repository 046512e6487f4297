"""How wide a table's column of texts must be so that none is cut."""

from collections.abc import Iterable

LETTER, ROOM = 7, 22
"""Pixels of a letter, and beside the letters."""


def column_width(texts: Iterable[str], least: int, most: int) -> int:
    """Return the pixels of a column whose longest text fits, within limits.

    Examples
    --------
    >>> column_width(["°C", "hPa in 3 h"], 56, 148), column_width([""], 56, 148)
    (92, 56)
    """
    longest = max(map(len, texts), default=0)
    return max(least, min(most, LETTER * longest + ROOM))
