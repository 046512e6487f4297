"""Detecting the number format of a CSV file from all of its cells before any is parsed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from storage.errors import InvalidInput
from storage.schema.arrays import BoolArray, FloatArray
from storage.tables.column import NumberColumn
from storage.tables.number import NumberMarks, grouped, plain

BLANK = r"[\s\pZ\pC]*"


def _whole(pattern: str) -> str:
    return f"^{BLANK}({pattern}){BLANK}$"


DECIMAL = {mark: _whole(plain(mark)) for mark in ".,"}
GROUPED = {mark: _whole(grouped(mark, other)) for mark, other in ((".", ","), (",", "."))}
SURELY_GROUPED = {
    mark: _whole(rf"[+-]?[1-9][0-9]{{0,2}}([{mark}][0-9]{{3}}){{2,}}|{with_rest}")
    for mark, with_rest in (
        (".", r"[+-]?[1-9][0-9]{0,2}([.][0-9]{3})+,[0-9]*"),
        (",", r"[+-]?[1-9][0-9]{0,2}([,][0-9]{3})+[.][0-9]*"),
    )
}
LONG_WITHOUT_GROUPS = _whole(r"[+-]?[0-9]{4,}([.,][0-9]*)?")


@dataclass
class _ColumnMarks:
    """What was found in one column; each entry is the first such cell, or None."""

    groups: dict[str, str | None] = field(default_factory=lambda: {".": None, ",": None})
    decimals: dict[str, str | None] = field(default_factory=lambda: {".": None, ",": None})
    """Has this mark, which can only be the decimal mark."""
    is_long_without_groups: bool = False
    may_be_groups: dict[str, bool] = field(default_factory=lambda: {".": False, ",": False})
    """Has a cell that is in the column's range if this mark separates thousands."""
    may_be_decimals: dict[str, bool] = field(default_factory=lambda: {".": False, ",": False})
    """Has a cell that is usual for the column only if this mark is the decimal mark."""

    def look_at(self, cells: Any, column: NumberColumn) -> None:
        """Update from an Arrow array of text."""
        if pc.any(pc.match_substring_regex(cells, LONG_WITHOUT_GROUPS)).as_py():
            self.is_long_without_groups = True
        for mark, other in ((".", ","), (",", ".")):
            if self.decimals[mark] is not None:
                continue  # the meaning of this mark is known here
            marked = cells.filter(pc.match_substring(cells, mark))
            if not len(marked):
                continue
            groups = pc.match_substring_regex(marked, GROUPED[mark])
            self.groups[mark] = self.groups[mark] or _first(marked.filter(groups))
            both_ways = marked.filter(groups)
            self.may_be_groups[mark] |= _any_in_range(both_ways, mark, other, column)
            self.may_be_decimals[mark] |= _any_usual_decimal(both_ways, mark, other, column)
            decimal = pc.and_not(pc.match_substring_regex(marked, DECIMAL[mark]), groups)
            self.decimals[mark] = self.decimals[mark] or _first(marked.filter(decimal))
            sure = marked.filter(pc.match_substring_regex(marked, SURELY_GROUPED[mark]))
            self.decimals[other] = self.decimals[other] or _first(sure)

    def only_groups(self, mark: str) -> bool:
        """Return whether the mark can only separate thousands."""
        return (
            self.groups[mark] is not None
            and self.decimals[mark] is None
            and not self.is_long_without_groups
            and not self.may_be_decimals[mark]
        )


def find_marks(
    blocks: Iterable[Sequence[Any]],
    columns: Sequence[NumberColumn],
    separator: str,
    name: str,
) -> NumberMarks:
    """Decide between decimal point and decimal comma, and which columns have thousands separators.

    The unambiguous cells decide. If there are none, the columns' ranges do; then the separator: beside
    semicolons decimals have a comma, because that is the usual reason for them, and else a point. In a
    comma-separated file with both marks, decimals have a point, and the other cells are no numbers.

    Parameters
    ----------
    blocks
        Arrow arrays of text, one for each of ``columns``.

    Raises
    ------
    InvalidInput
        If some numbers have a decimal point and some a decimal comma, or it is ambiguous.
    """
    seen = [_ColumnMarks() for _ in columns]
    for block in blocks:
        for marks, column, cells in zip(seen, columns, block, strict=True):
            marks.look_at(cells, column)
    points, commas = (_example(seen, columns, mark, sure=True) for mark in ".,")
    if points and commas and separator == ",":
        return NumberMarks(".")
    if points and commas:
        raise InvalidInput(
            f"{name} has numbers with a decimal point ({points}) and with a decimal comma ({commas}): "
            "use one of them."
        )
    if points or commas:
        return _marks("." if points else ",", seen, columns)
    return _marks_by_convention(seen, columns, separator, name)


def _marks(
    decimal: str, seen: Sequence[_ColumnMarks], columns: Sequence[NumberColumn]
) -> NumberMarks:
    other = NumberMarks(decimal).other
    names = [
        column.name for column, marks in zip(columns, seen, strict=True) if marks.only_groups(other)
    ]
    return NumberMarks(decimal, frozenset(names))


def _marks_by_convention(
    seen: Sequence[_ColumnMarks], columns: Sequence[NumberColumn], separator: str, name: str
) -> NumberMarks:
    """Decide if every cell can be read both ways: 1,322 or 1.322.

    Where a column's range leaves only one way, that is meant. Else the usual mark beside this separator is,
    and a cell with the other one is no number, so that a person is asked.
    """
    points, commas = (_example(seen, columns, mark, sure=False) for mark in ".,")
    if points and commas:
        raise InvalidInput(
            f"{name} has numbers with a point ({points}) and with a comma ({commas}), and which of them is "
            "the decimal mark is unclear: leave out the other one."
        )
    used, usual = "," if commas else ".", "," if separator == ";" else "."
    is_clear = not any(marks.may_be_groups[used] for marks in seen)
    return NumberMarks(used if is_clear else usual)


def _any_in_range(cells: Any, mark: str, other: str, column: NumberColumn) -> bool:
    """Return whether a number is in range if the mark separates its thousands."""
    return bool(_within(_without(cells, mark, other), column.minimum, column.maximum).any())


def _any_usual_decimal(cells: Any, mark: str, other: str, column: NumberColumn) -> bool:
    """Return whether a number is usual for the column if the mark is its decimal mark, and else is not.

    2.556 people per household are usual, 2556 are not: a program wrote this column, a spreadsheet the others.
    """
    if column.usual is None:
        return False
    one_mark = cells.filter(pc.equal(pc.count_substring(cells, mark), 1))
    one_mark = one_mark.filter(pc.invert(pc.match_substring(one_mark, other)))
    as_decimals = _within(_without(one_mark, other, mark), *column.usual)
    as_groups = _within(_without(one_mark, mark, other), *column.usual)
    return bool((as_decimals & ~as_groups).any())


def _without(cells: Any, groups: str, decimal: str) -> FloatArray:
    """Return cells as numbers, with one mark between thousands and the other one for decimals."""
    digits = pc.replace_substring_regex(cells, "[^0-9.,+-]", "")
    plain_cells = pc.replace_substring(pc.replace_substring(digits, groups, ""), decimal, ".")
    numbers: FloatArray = plain_cells.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return numbers


def _within(numbers: FloatArray, lowest: float, highest: float) -> BoolArray:
    return np.asarray((numbers >= lowest) & (numbers <= highest))


def _example(
    seen: Sequence[_ColumnMarks], columns: Sequence[NumberColumn], mark: str, *, sure: bool
) -> str:
    """Return the first cell with this mark and its column, for a sentence."""
    for marks, column in zip(seen, columns, strict=True):
        if cell := (marks.decimals if sure else marks.groups)[mark]:
            return f"{cell.strip()[:40]!r} in column {column.name}"
    return ""


def _first(cells: Any) -> str | None:
    return str(cells[0]) if len(cells) else None
