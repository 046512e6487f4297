"""Text that every database stores alike: without control characters and halves of surrogate pairs.

PostgreSQL takes no NUL and no half of a pair, SQLite takes both; the other control characters only make lists
and logs unreadable.
"""

import re

UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""Tabs and ends of lines are text."""
_NOT_TEXT = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f"
TEXT_FORM = f"^[^{_NOT_TEXT}]*$"
"""The same as a pattern for schemas; JSON has no halves of pairs."""
NOT_BLANK_FORM = rf"^[^{_NOT_TEXT}]*[^{_NOT_TEXT}\s][^{_NOT_TEXT}]*$"
LINE_FORM = rf"^[^{_NOT_TEXT}\s]([^{_NOT_TEXT}\t\n\r\u2028\u2029]*[^{_NOT_TEXT}\s])?$"
"""One line, without spaces at its ends."""
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
