"""All columns of a CSV file, as text."""

import io
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from storage.errors import InvalidInput
from storage.tables.blanks import BLANKS
from storage.tables.column import TextColumn
from storage.tables.header import LONGEST_START, SEPARATORS, Header, read_header
from storage.tables.problem import LONGEST_VALUE, Problem
from storage.tables.records import Record, Records
from storage.tables.row_shape import nameless_places, why_no_row
from storage.tables.source import Source, find_encoding
from storage.tables.understanding import Understanding
from storage.tables.whole.table import WholeTable, refuse_repeated

ROWS_A_BLOCK = 8_192


def read_whole_csv(source: Source, wanted: Sequence[str], ignored: Collection[str]) -> WholeTable:
    """Read all columns of a CSV file but the ignored ones.

    Parameters
    ----------
    wanted
        Names of columns that must be there; by them the header and the separator are found.
    ignored
        Columns that are not read.

    Raises
    ------
    InvalidInput
        If it is not such a table; the message is one sentence that names what was found.
    """
    encoding = find_encoding(source)
    with source.open() as stream, io.TextIOWrapper(stream, encoding.codec, newline="") as text:
        columns = [TextColumn(name) for name in wanted]
        separators = tuple(SEPARATORS) if source.sheet is None else (",",)
        header = read_header(text.read(LONGEST_START), columns, source.name, separators)
    refuse_repeated(header.names, ignored, source.name)
    places = {
        name: place for place, name in enumerate(header.names) if name and name not in ignored
    }
    with source.open() as stream, io.TextIOWrapper(stream, encoding.codec, newline="") as text:
        records = Records(text, header, [places[name] for name in wanted], source.name)
        lines, arrays, problems = _gathered(_blocks(records, source), header, list(places.values()))
    if not lines and not problems:
        raise InvalidInput(f"{source.name} has a header but no rows.")
    return WholeTable(
        np.array(lines, dtype=np.int64),
        dict(zip(places, arrays, strict=True)),
        tuple(problems),
        _understood(source, encoding.name, header.separator),
        has_row_names=not header.names[0],
    )


def _understood(source: Source, encoding: str, separator: str) -> Understanding:
    understood = Understanding("CSV", encoding, separator)
    return understood if source.sheet is None else understood.of_sheet(source.sheet)


def _blocks(records: Records, source: Source) -> Iterator[list[Record]]:
    found = iter(records)
    try:
        while block := list(islice(found, ROWS_A_BLOCK)):
            yield block
    except OSError as error:
        raise source.unreadable(error) from error


def _gathered(
    blocks: Iterator[list[Record]], header: Header, places: Sequence[int]
) -> tuple[list[int], list[Any], list[Problem]]:
    """Return the lines of the rows, a text array for each column, and the problems of the other rows."""
    lines: list[int] = []
    problems: list[Problem] = []
    pieces: list[list[Any]] = [[] for _ in places]
    for block in blocks:
        fitting = _fitting(block, header, problems)
        lines += [line for line, _ in fitting]
        for place, kept in zip(places, pieces, strict=True):
            kept.append(_texts([cells[place] for _, cells in fitting]))
    return lines, [pa.chunked_array(kept, pa.string()) for kept in pieces], problems


def _texts(cells: Sequence[str]) -> Any:
    return pc.utf8_trim(pa.array(cells, pa.string()), characters=BLANKS)


def _fitting(block: Sequence[Record], header: Header, problems: list[Problem]) -> Sequence[Record]:
    """Return the rows with a cell for each column; append the problems of the others."""
    width, nameless = len(header.names), nameless_places(header.names)
    fitting = []
    for record in block:
        line, cells = record
        # Usually the number of cells and the first character show that it is a row.
        if len(cells) != width or nameless or not cells[0].strip():
            message = why_no_row(cells, header.names, nameless)
            if message:
                value = header.separator.join(cells)[:LONGEST_VALUE]
                problems.append(Problem(line, "", message, value))
                continue
        fitting.append(record)
    return fitting
