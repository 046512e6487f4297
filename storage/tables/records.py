"""The rows of a CSV file as cells, each with the number of the line in which it begins."""

import csv
import re
from collections.abc import Iterator, Sequence
from typing import TextIO

from storage.errors import InvalidInput
from storage.tables.blanks import trimmed
from storage.tables.header import COMMENT, Header
from storage.tables.quote import open_quote

Record = tuple[int, list[str]]
LINE_END = re.compile(r"\r\n|\r|\n")


class Records:
    """Iterates over (line, cells); blank lines are not rows, nor are rows without content at the end.

    Parameters
    ----------
    stream
        At the start of the file, opened without newline translation.
    header
        Of this file.
    wanted
        Positions of the requested columns: no number or id spans several lines.
    name
        How a sentence names the file.

    Raises
    ------
    InvalidInput
        While iterating: if a quote does not close where its cell ends. Rows never end up inside a cell.
    """

    def __init__(self, stream: TextIO, header: Header, wanted: Sequence[int], name: str) -> None:
        self._stream = stream
        self._header = header
        self._wanted = wanted
        self._name = name
        self._lines: list[str] = []
        """Of the current record."""

    def __iter__(self) -> Iterator[Record]:
        above, lines = self._below_header()
        reader = csv.reader(
            lines, delimiter=self._header.separator, strict=True, skipinitialspace=True
        )
        end = above
        empty: list[Record] = []
        widths: dict[int, list[str]] = {}
        try:
            for cells in reader:
                begin, end = end + 1, above + reader.line_num
                if end > begin:
                    self._refuse_swallowed_rows(begin, cells)
                self._lines.clear()
                if not cells or (len(cells) == 1 and not trimmed(cells[0])):
                    continue
                # Usually the first cell shows that the row is not empty.
                if not cells[0] and not any(map(trimmed, cells)):
                    # One list for all of the same width: a sheet may end with a million such rows.
                    empty.append((begin, widths.setdefault(len(cells), cells)))
                    continue
                if empty:
                    yield from empty
                    empty.clear()
                yield begin, cells
        except csv.Error as error:
            if '"' in "".join(self._lines):
                raise open_quote(
                    self._name, self._lines, end + 1, self._header.separator
                ) from error
            raise InvalidInput(
                f"{self._name} cannot be split into cells at line {end + 1}: {error}."
            ) from error

    def _below_header(self) -> tuple[int, Iterator[str]]:
        """Return the number of lines above the first row, and the lines from there on."""
        for _ in range(self._header.lines):
            self._stream.readline()
        above = self._header.lines
        for line in self._stream:
            if trimmed(line) and not self._is_comment(line):
                return above, self._remembered(line)
            above += 1
        return above, iter(())

    def _is_comment(self, line: str) -> bool:
        # With as many cells as the header it is a row, whose first cell happens to begin like a comment.
        separators = line.count(self._header.separator)
        return trimmed(line).startswith(COMMENT) and separators < len(self._header.names) - 1

    def _remembered(self, first: str) -> Iterator[str]:
        remember = self._lines.append
        remember(first)
        yield first
        for line in self._stream:
            remember(line)
            yield line

    def _refuse_swallowed_rows(self, begin: int, cells: list[str]) -> None:
        """Refuse a cell of several lines that contains what looks like rows: a quote is missing."""
        separator, width = self._header.separator, len(self._header.names)
        inner = [line for cell in cells for line in LINE_END.split(cell)[1:]]
        if (
            len(cells) != width
            or any(LINE_END.search(trimmed(cells[position])) for position in self._wanted)
            or any(line.count(separator) >= width - 1 for line in inner)
        ):
            raise open_quote(self._name, self._lines, begin, separator)
