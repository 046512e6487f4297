"""The header of a CSV file: its position, its separator and its column names."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from storage.errors import InvalidInput, MissingColumn
from storage.tables.blanks import trimmed
from storage.tables.column import Column, listed
from storage.tables.quote import open_quote

COMMENT = "#"
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "pipes"}
LONGEST_START = 262_144
"""Number of characters within which the header must end."""


@dataclass(frozen=True)
class Header:
    """What precedes the rows.

    Attributes
    ----------
    names
        Names of all columns, without surrounding blanks.
    separator
        One of ``SEPARATORS``.
    lines
        Lines from the start of the file to the end of the header.
    quotes
        Number of double quotes in these lines.
    """

    names: tuple[str, ...]
    separator: str
    lines: int
    quotes: int


def read_header(
    start: str, columns: Sequence[Column], name: str, separators: Sequence[str] = tuple(SEPARATORS)
) -> Header:
    """Find the header in the first characters of a file.

    Blank lines, comments (#) and Excel's ``sep=;`` may precede it. The separator is the one with which the
    header contains most of the requested columns; of the text of a sheet, the comma.

    Raises
    ------
    InvalidInput
        If there is none, a quote in it is not closed, or a column is missing or duplicated.
    """
    lines = list(io.StringIO(start, newline=""))
    if len(start) == LONGEST_START:
        lines.pop()  # perhaps torn, so it cannot be the header, nor what stands above it
    above = 0
    for line in lines:
        if not _stands_above(line, columns):
            break
        above += 1
    else:
        raise _no_header(start, name)
    header = max(
        (_split(lines, separator, above) for separator in separators),
        key=lambda split: (len(_found(split.names, columns)), len(split.names)),
    )
    if not header.names and '"' not in "".join(lines[above:]):
        raise InvalidInput(f"{name} has a name of a column that is too long, in line {above + 1}.")
    if not header.names:
        raise open_quote(name, lines[above:], above + 1, _likely(lines[above]))
    how_read = f" (read with {SEPARATORS[header.separator]})" if len(separators) > 1 else ""
    check_names(header.names, columns, name, how_read)
    return header


def _no_header(start: str, name: str) -> InvalidInput:
    if len(start) < LONGEST_START:
        return InvalidInput(f"{name} is empty: the first line must name the columns.")
    return InvalidInput(
        f"{name} has no line with the names of the columns that ends within its first {LONGEST_START:,} "
        "characters: take out columns, or what stands above them."
    )


def check_names(
    names: Sequence[str], columns: Sequence[Column], origin: str, how_read: str = ""
) -> None:
    """Refuse a table with a missing or duplicate column, naming the columns found.

    Raises
    ------
    MissingColumn
        If one is missing.
    InvalidInput
        If one is there twice.
    """
    wanted = [column.name for column in columns]
    if missing := [name for name in wanted if name not in names]:
        raise MissingColumn(
            f"{origin} has no column {', '.join(missing)}. Its columns{how_read}: {listed(names)}.",
            missing,
            [name for name in names if name],
        )
    if repeated := [name for name in wanted if list(names).count(name) > 1]:
        raise InvalidInput(
            f"{origin} has more than one column {', '.join(repeated)}: keep one of them."
        )


def _stands_above(line: str, columns: Sequence[Column]) -> bool:
    text = trimmed(line)
    if not text or text.lower().lstrip('"').startswith("sep="):
        return True
    # numpy's savetxt writes the header as a comment.
    return text.startswith(COMMENT) and not any(
        len(_found(_names(text.split(separator)), columns)) == len(columns)
        for separator in SEPARATORS
    )


def _split(lines: Sequence[str], separator: str, above: int) -> Header:
    """Return the record in the line below ``above``, without names if it cannot be split."""
    reader = csv.reader(lines[above:], delimiter=separator, strict=True, skipinitialspace=True)
    try:
        names = _names(next(reader))
    except csv.Error:
        names = ()
    end = above + reader.line_num
    return Header(names, separator, end, "".join(lines[:end]).count('"'))


def _names(cells: Sequence[str]) -> tuple[str, ...]:
    first, *others = cells
    return tuple(trimmed(cell) for cell in (first.lstrip(COMMENT), *others))


def _found(names: Sequence[str], columns: Sequence[Column]) -> set[str]:
    return {column.name for column in columns} & set(names)


def _likely(line: str) -> str:
    return max(SEPARATORS, key=line.count)
