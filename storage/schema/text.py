"""Text that every database stores alike: without control characters and halves of surrogate pairs.

PostgreSQL takes no NUL and no half of a pair, SQLite takes both; the other control characters only make lists
and logs unreadable.
"""

import re

UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""Tabs and ends of lines are text."""
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def is_storable(text: str) -> bool:
    r"""Whether a text can be stored as it is.

    >>> is_storable("two\nlines"), is_storable("a\0b")
    (True, False)
    """
    return UNSTORABLE.search(text) is None


def storable(text: str) -> str:
    r"""Return a text with a mark in place of each character that cannot be stored.

    >>> storable("a\0b")
    'a�b'
    """
    return UNSTORABLE.sub(REPLACEMENT, text)
