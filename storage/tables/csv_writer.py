"""CSV that a spreadsheet opens as data: a cell of text is never run as a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import TextIO

from storage.tables.blanks import trimmed
from storage.tables.number import plain
from storage.tables.problem import Problem

FORMULA_STARTS = (*"=+-@", *"\uff1d\uff0b\uff0d\uff20", "\t", "\r", "\n")
"""Also the wide forms, which a spreadsheet of East Asia takes for the same."""
NUMBER = re.compile(plain("."))
PROBLEM_NAMES = ("row", "column", "message", "value")


def as_text(text: str) -> str:
    r"""Return a text cell with an apostrophe before anything that a spreadsheet would run.

    See OWASP, CSV Injection. Plain numbers stay unchanged.

    >>> as_text("=1+1"), as_text("-1+1"), as_text("-122.23")
    ("'=1+1", "'-1+1", '-122.23')
    """
    may_run = text.startswith(FORMULA_STARTS) or trimmed(text).startswith(FORMULA_STARTS)
    is_formula = may_run and not NUMBER.fullmatch(text)
    return f"'{text}" if is_formula else text


class CsvWriter:
    """Writes rows; floats round-trip exactly, and text stays text.

    Parameters
    ----------
    stream
        Opened without newline translation.
    names
        Names of the columns.
    """

    def __init__(self, stream: TextIO, names: Sequence[str]) -> None:
        self._writer = csv.writer(
            stream
        )  # ends lines as RFC 4180 requires, and so quotes a lone CR or LF too
        self._writer.writerow(names)

    def write(self, rows: Iterable[Sequence[object]]) -> None:
        """Append rows."""
        self._writer.writerows(
            [as_text(cell) if isinstance(cell, str) else cell for cell in row] for row in rows
        )


def csv_text(names: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return rows as the text of a CSV file."""
    stream = io.StringIO()
    CsvWriter(stream, names).write(rows)
    return stream.getvalue()


def problem_cells(problem: Problem) -> tuple[object, ...]:
    """Return a problem as a row of ``PROBLEM_NAMES``."""
    return problem.row, problem.column, problem.message, problem.value
