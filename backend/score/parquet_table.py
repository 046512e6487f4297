"""Inputs in a Parquet file: eight columns of numbers."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from backend.score.cell_problem import MISSING, CellProblem
from backend.score.input_table import InputChunk, InputTable
from storage.domain.inputs import FEATURE_NAMES
from storage.errors import InvalidInput
from storage.schema.arrays import BoolArray, FloatArray, IntegerArray

ROWS_A_CHUNK = 8_192
BUFFER_BYTES = 64 * 1024
"""Of a column, read at once: without it, Arrow holds the whole column of a row group."""


class ParquetTable(InputTable):
    """A Parquet file; whole and decimal numbers of any width count, text and true/false do not."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        try:
            self._file = pyarrow.parquet.ParquetFile(
                path, buffer_size=BUFFER_BYTES, pre_buffer=False
            )
        except (pa.ArrowException, OSError) as error:
            raise self._unreadable(error) from error
        self._check_columns(self._file.schema_arrow.names)
        self._check_types(self._file.schema_arrow)

    def chunks(self) -> Iterator[InputChunk]:
        """Yield the rows, 8,192 at a time."""
        total = self._file.metadata.num_rows
        if total == 0:
            raise InvalidInput(f"{self.path} has columns and no rows.")
        end = 0
        try:
            for batch in self._file.iter_batches(
                ROWS_A_CHUNK, columns=list(FEATURE_NAMES), use_threads=False
            ):
                end += batch.num_rows
                yield _chunk(batch, end, end / total)
        except (pa.ArrowException, OSError) as error:
            raise self._unreadable(error) from error

    def _check_types(self, schema: Any) -> None:
        for name in FEATURE_NAMES:
            kind = schema.field(name).type
            if not (
                pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
            ):
                raise InvalidInput(f"{self.path} holds {kind} in column {name}, not numbers.")


def _chunk(batch: Any, end: int, share: float) -> InputChunk:
    rows = np.arange(end - batch.num_rows + 1, end + 1, dtype=np.int64)
    columns = [batch.column(batch.schema.get_field_index(name)) for name in FEATURE_NAMES]
    readable = np.column_stack(
        [column.is_valid().to_numpy(zero_copy_only=False) for column in columns]
    )
    inputs = np.column_stack([_numbers(column) for column in columns])
    return InputChunk(rows, inputs, readable, _missing(rows, readable), end, share)


def _numbers(column: Any) -> FloatArray:
    numbers: FloatArray = column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    return numbers


def _missing(rows: IntegerArray, readable: BoolArray) -> list[CellProblem]:
    return [
        CellProblem(int(rows[index]), FEATURE_NAMES[column], MISSING, "")
        for index, column in np.argwhere(~readable).tolist()
    ]
