"""Whether the cells between two line ends are a row of the table."""

from collections.abc import Collection, Sequence

from storage.tables.blanks import trimmed
from storage.tables.header import COMMENT
from storage.tables.problem import counted

EMPTY_ROW = "The row is empty"
LATE_COMMENT = "A comment is read only above the first row: remove it"


def nameless_places(names: Sequence[str]) -> list[int]:
    """Return the columns without a name that must be empty: all but the first.

    A first column without a name is the row index that pandas writes.
    """
    return [place for place, name in enumerate(names) if place and not name]


def why_no_row(cells: Sequence[str], names: Sequence[str], nameless: Collection[int]) -> str:
    """Say why cells are not a row of the columns ``names``; an empty string if they are.

    Empty cells at the end, and empty cells in columns without a name, hold nothing and are no problem.

    Examples
    --------
    >>> why_no_row(["1", "2"], ["a", "b", "c"], ())
    'The row has 2 cells where 3 columns are named'
    >>> why_no_row(["1", "2", ""], ["a", "b"], ())
    ''
    """
    filled = [place for place, cell in enumerate(cells) if trimmed(cell)]
    if not filled:
        return EMPTY_ROW
    named = [place for place in range(len(names)) if place not in nameless]
    last = max(filled)
    if len(cells) > named[-1] and last <= named[-1] and not set(filled) & set(nameless):
        return ""
    if len(cells) < len(named) and trimmed(cells[0]).startswith(COMMENT):
        return LATE_COMMENT
    count = len(cells) if last <= named[-1] else last + 1
    return f"The row has {counted(count, 'cell')} where {counted(len(named), 'column')} are named"
