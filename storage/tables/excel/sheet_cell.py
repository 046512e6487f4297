"""The text of a cell of a workbook, in which a number can be read in one way only."""

from datetime import date, datetime, time, timedelta
from typing import Any

LINE_ENDS = ("_x000D_", "\r\n", "\r", "\n", "\x0b", "\x0c", "\x85", "\u2028", "\u2029")
LARGEST_EXACT = 1e15
"""Whole numbers below it are written without an exponent, as a spreadsheet does."""
GROUP = 3
"""Digits between separators of thousands."""


def cell_text(value: Any) -> str:
    r"""Return the value of a cell as text of one line.

    A number is written with a decimal point, and never in a way that could be one with separated thousands.

    Examples
    --------
    >>> cell_text(322.0), cell_text(8.3252), cell_text(1.322)
    ('322', '8.3252', '1.3220')
    >>> cell_text("Med\nInc"), cell_text(True), cell_text(datetime(2024, 5, 4))
    ('Med Inc', 'TRUE', '2024-05-04')
    """
    if isinstance(value, str):
        return _one_line(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, date | time | timedelta):
        return str(value)
    return _one_line(str(value))


def _number(value: float) -> str:
    if value.is_integer() and abs(value) < LARGEST_EXACT:
        return str(int(value))
    text = repr(value)
    return f"{text}0" if len(text.partition(".")[2]) == GROUP else text


def _one_line(text: str) -> str:
    for end in LINE_ENDS:
        text = text.replace(end, " ")
    return text.replace("\0", "")
