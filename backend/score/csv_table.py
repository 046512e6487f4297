"""Inputs in a CSV file: UTF-8 text with a header line."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from backend.score.cell_problem import LONGEST_VALUE, MISSING, NOT_A_NUMBER, CellProblem
from backend.score.input_table import InputChunk, InputTable
from storage.domain.inputs import FEATURE_NAMES
from storage.errors import InvalidInput
from storage.schema.arrays import BoolArray, FloatArray, IntegerArray

BLOCK_BYTES = 512 * 1024
"""Read and parsed at once: about 6,000 rows."""
NUMBER = r"^\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*$"


class CsvTable(InputTable):
    """A CSV file; a blank line is no row."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._header = self._read_header()
        self._check_columns(self._header)
        self._set_aside: list[CellProblem] = []
        self._end = 0

    def chunks(self) -> Iterator[InputChunk]:
        """Yield the rows of one block after the other."""
        size = max(self.path.stat().st_size, 1)
        try:
            with self.path.open("rb") as stream:
                for batch in self._reader(stream):
                    yield self._chunk(batch, min(stream.tell() / size, 1.0))
        except (pa.ArrowInvalid, OSError) as error:
            raise self._unreadable(error) from error
        yield self._last_chunk()
        if self._end == 0:
            raise InvalidInput(f"{self.path} has a header and no rows.")

    def _read_header(self) -> list[str]:
        try:
            with self.path.open(encoding="utf-8-sig", newline="") as stream:
                header = next(csv.reader(stream, strict=True), [])
        except OSError as error:
            raise self._unreadable(error) from error
        except (UnicodeDecodeError, csv.Error) as error:
            raise InvalidInput(f"{self.path} is not a CSV file of UTF-8 text.") from error
        if not header:
            raise InvalidInput(f"{self.path} is empty, or its first line is.")
        return [name.strip() for name in header]

    def _reader(self, stream: Any) -> Any:
        return pyarrow.csv.open_csv(
            stream,
            read_options=pyarrow.csv.ReadOptions(
                use_threads=False, block_size=BLOCK_BYTES, column_names=self._header, skip_rows=1
            ),
            parse_options=pyarrow.csv.ParseOptions(invalid_row_handler=self._set_row_aside),
            # As bytes: a cell that is not a number is reported as it stands, whatever it is.
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(self._header, pa.binary())
            ),
        )

    def _set_row_aside(self, row: Any) -> str:
        found = "1 cell" if row.actual_columns == 1 else f"{row.actual_columns} cells"
        message = f"The row has {found}, the header {row.expected_columns}"
        # Arrow counts the header as a row.
        self._set_aside.append(CellProblem(row.number - 1, "", message, row.text[:LONGEST_VALUE]))
        return "skip"

    def _chunk(self, batch: Any, share: float) -> InputChunk:
        rows, problems = self._number_rows(batch.num_rows)
        inputs = np.full((batch.num_rows, len(FEATURE_NAMES)), np.nan)
        readable = np.zeros(inputs.shape, dtype=np.bool_)
        for column, name in enumerate(FEATURE_NAMES):
            cells = batch.column(self._header.index(name))
            readable[:, column], inputs[:, column] = _numbers(cells)
            problems += _unreadable_cells(cells, rows, readable[:, column], name)
        return InputChunk(rows, inputs, readable, problems, self._end, share)

    def _last_chunk(self) -> InputChunk:
        """Return what was set aside behind the last row that could be split into cells."""
        nothing = np.empty((0, len(FEATURE_NAMES)))
        self._end = max([self._end, *(problem.row for problem in self._set_aside)])
        return InputChunk(
            np.empty(0, dtype=np.int64),
            nothing,
            nothing.astype(np.bool_),
            self._set_aside,
            self._end,
            1.0,
        )

    def _number_rows(self, count: int) -> tuple[IntegerArray, list[CellProblem]]:
        """Number the next rows; return also the rows among them that were set aside."""
        # The reader is ahead, in a thread of its own: what it sets aside meanwhile belongs to later rows.
        known = len(self._set_aside)
        taken = [problem.row for problem in self._set_aside[:known]]
        numbers = np.arange(self._end + 1, self._end + 1 + count + known, dtype=np.int64)
        rows = numbers[~np.isin(numbers, taken)][:count]
        if count:
            self._end = int(rows[-1])
        passed = sum(row <= self._end for row in taken)
        problems = self._set_aside[:passed]
        del self._set_aside[:passed]
        return rows, problems


def _numbers(cells: Any) -> tuple[BoolArray, FloatArray]:
    """Return which cells are numbers, and the numbers."""
    is_number = pc.match_substring_regex(cells, NUMBER)
    texts = pc.if_else(is_number, cells, pa.scalar(None, pa.binary())).cast(pa.string())
    numbers = pc.ascii_trim_whitespace(texts).cast(pa.float64())
    return is_number.to_numpy(zero_copy_only=False), numbers.to_numpy(zero_copy_only=False)


def _unreadable_cells(
    cells: Any, rows: IntegerArray, readable: BoolArray, name: str
) -> list[CellProblem]:
    problems = []
    for index in np.flatnonzero(~readable).tolist():
        text = cells[index].as_py().decode(errors="replace")
        message = NOT_A_NUMBER if text.strip() else MISSING
        problems.append(CellProblem(int(rows[index]), name, message, text[:LONGEST_VALUE]))
    return problems
