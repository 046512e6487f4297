"""A table in a CSV file, as spreadsheets and programs of different countries write it."""

import io
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa

from storage.errors import InvalidInput
from storage.schema.arrays import FloatArray
from storage.tables.blanks import trimmed
from storage.tables.block import Block, in_order, judged
from storage.tables.column import CategoryColumn, Column, NumberColumn, TextColumn, ValueColumn
from storage.tables.header import LONGEST_START, SEPARATORS, read_header
from storage.tables.number import NumberMarks, read_numbers, why_no_number
from storage.tables.problem import LONGEST_VALUE, Problem
from storage.tables.records import Record, Records
from storage.tables.row_shape import nameless_places, why_no_row
from storage.tables.source import Source, find_encoding
from storage.tables.survey import find_marks
from storage.tables.understanding import Understanding

ROWS_A_BLOCK = 8_192
DIGITS = frozenset("0123456789+-.")


class CsvFile:
    """A CSV file: its format is detected when it is opened, and it is read a block of rows at a time.

    It is read once for its encoding and, if cells can contain commas, once more for its number format;
    both take constant memory.

    Parameters
    ----------
    source
        The file.
    columns
        What to look for, in any order.
    keeps
        Whether further columns are carried along as text; otherwise they are ignored.

    Raises
    ------
    InvalidInput
        If it is not such a table; the message is one sentence that names what was found.
    """

    def __init__(self, source: Source, columns: Sequence[Column], *, keeps: bool = False) -> None:
        self._source = source
        self._encoding = find_encoding(source)
        with source.open() as stream, self._text(stream) as text:
            separators = tuple(SEPARATORS) if source.sheet is None else (",",)
            start = text.read(LONGEST_START)
            self._header = read_header(start, columns, source.name, separators)
        names = self._header.names
        self._positions = {column.name: names.index(column.name) for column in columns}
        self._columns = [column for column in columns if isinstance(column, ValueColumn)]
        self._numbers_among = [
            (place, column)
            for place, column in enumerate(self._columns)
            if isinstance(column, NumberColumn)
        ]
        self._texts = [column.name for column in columns if isinstance(column, TextColumn)]
        self._nameless = nameless_places(names)
        self._further = [
            place for place, name in enumerate(names) if name and name not in self._positions
        ]
        self._keeps = keeps
        self._marks = self._find_marks()

    @property
    def understood(self) -> Understanding:
        """How it was read."""
        grouped = (column.name for column in self._columns if column.name in self._marks.grouped)
        further = tuple(self._header.names[place] for place in self._further)
        understood = Understanding(
            "CSV",
            self._encoding.name,
            self._header.separator,
            self._marks.decimal,
            tuple(grouped),
            () if self._keeps else further,
            kept=further if self._keeps else (),
        )
        return understood if self._source.sheet is None else understood.of_sheet(self._source.sheet)

    def blocks(self) -> Iterator[Block]:
        """Yield all rows in order, up to 8,192 at a time.

        Raises
        ------
        InvalidInput
            If a quote stays open, or there is no row.
        """
        size = max(self._source.size, 1)
        read = 0
        with self._source.open() as stream, self._text(stream) as text:
            for records in self._records(text):
                read += len(records)
                yield self._block(records, min(stream.tell() / size, 1.0))
        if read == 0:
            raise InvalidInput(f"{self._source.name} has a header but no rows.")

    def _text(self, stream: BinaryIO) -> io.TextIOWrapper:
        return io.TextIOWrapper(stream, self._encoding.codec, newline="")

    def _records(self, text: io.TextIOWrapper) -> Iterator[list[Record]]:
        wanted = list(self._positions.values())
        records = iter(Records(text, self._header, wanted, self._source.name))
        try:
            while batch := list(islice(records, ROWS_A_BLOCK)):
                yield batch
        except OSError as error:
            raise self._source.unreadable(error) from error

    def _find_marks(self) -> NumberMarks:
        if self._header.separator == "," and self._encoding.quotes == self._header.quotes:
            return NumberMarks()  # without quotes, no cell can contain a comma
        with self._source.open() as stream, self._text(stream) as text:
            blocks = (
                self._value_cells([cells for _, cells in self._fitting(batch, [])])
                for batch in self._records(text)
            )
            of_numbers = ([cells[place] for place, _ in self._numbers_among] for cells in blocks)
            columns = [column for _, column in self._numbers_among]
            return find_marks(of_numbers, columns, self._header.separator, self._source.name)

    def _block(self, records: Sequence[Record], share: float) -> Block:
        problems: list[Problem] = []
        fitting = self._fitting(records, problems)
        rows = np.array([line for line, _ in fitting], dtype=np.int64)
        cells = self._value_cells([cells for _, cells in fitting])
        numbers = self._values(cells)
        usable, found = judged(rows, numbers, self._columns, _WrittenCells(cells, self._marks))
        kept = np.flatnonzero(usable).tolist()
        texts = {
            name: [trimmed(fitting[index][1][self._positions[name]]) for index in kept]
            for name in self._texts
        }
        problems += found
        return Block(
            rows[usable],
            numbers[usable],
            texts,
            in_order(problems),
            len(records),
            share,
            self._kept([fitting[index][1] for index in kept]),
        )

    def _kept(self, rows: Sequence[Sequence[str]]) -> Any | None:
        if not self._keeps or not self._further:
            return None
        names = [self._header.names[place] for place in self._further]
        cells = [pa.array([row[place] for row in rows], pa.string()) for place in self._further]
        return pa.RecordBatch.from_arrays(cells, names)

    def _fitting(self, records: Sequence[Record], problems: list[Problem]) -> list[Record]:
        """Return the rows with a cell for each column; append the problems of the others."""
        width = len(self._header.names)
        first_number = self._positions[self._columns[0].name]
        fitting = []
        for record in records:
            line, cells = record
            # Usually the first character shows that the row is not empty.
            if len(cells) != width or self._nameless or cells[first_number][:1] not in DIGITS:
                message = why_no_row(cells, self._header.names, self._nameless)
                if message:
                    value = self._header.separator.join(cells)[:LONGEST_VALUE]
                    problems.append(Problem(line, "", message, value))
                    continue
            fitting.append(record)
        return fitting

    def _value_cells(self, rows: Sequence[Sequence[str]]) -> list[Any]:
        """Return the columns of values as Arrow arrays of text."""
        # A row may have extra empty cells, but never fewer cells than there are named columns.
        columns = list(zip(*rows, strict=False)) or [()] * len(self._header.names)
        return [
            pa.array(columns[self._positions[column.name]], pa.string()) for column in self._columns
        ]

    def _values(self, cells: Sequence[Any]) -> FloatArray:
        columns = [
            column.positions(array)
            if isinstance(column, CategoryColumn)
            else read_numbers(array, column.name, self._marks)
            for array, column in zip(cells, self._columns, strict=True)
        ]
        return np.column_stack(columns)


class _WrittenCells:
    """The cells of a block, by column."""

    def __init__(self, columns: Sequence[Any], marks: NumberMarks) -> None:
        self._columns = columns
        self._marks = marks

    def written(self, index: int, column: int) -> str:
        text: str = self._columns[column][index].as_py()
        return text

    def why_unreadable(self, index: int, column: int) -> str:
        return why_no_number(self.written(index, column), self._marks)

    def is_empty(self, index: int, column: int) -> bool:
        return not trimmed(self.written(index, column))
