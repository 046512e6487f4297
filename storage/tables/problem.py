"""A problem with a cell or a row, described so that a person can fix it."""

from dataclasses import dataclass

LONGEST_VALUE = 100
"""Most characters of a wrong value that are reported."""


@dataclass(frozen=True)
class Problem:
    """One cell that cannot be used.

    Attributes
    ----------
    row
        As the editor of the file shows it, see ``Block``.
    column
        Its name; empty for a whole row.
    message
        What is wrong, without the value and without a full stop.
    value
        The cell as written, at most 100 characters.
    """

    row: int
    column: str
    message: str
    value: str


def counted(number: int, noun: str) -> str:
    """Return "1 row", "1,200 rows"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
