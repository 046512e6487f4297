"""A table in Parquet: one file, or a folder of parts as written by Spark."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from storage.errors import InvalidInput
from storage.schema.arrays import FloatArray
from storage.tables.blanks import trimmed
from storage.tables.block import Block, judged
from storage.tables.column import Column, NumberColumn, TextColumn
from storage.tables.header import check_names
from storage.tables.number import EMPTY, NOT_FINITE
from storage.tables.problem import counted
from storage.tables.source import Source
from storage.tables.understanding import Understanding

ROWS_A_BLOCK = 8_192
BUFFER_BYTES = 64 * 1024
"""Bytes of a column read at once: otherwise Arrow loads the whole column of a row group."""
MAGIC = b"PAR1"


def parts_of(folder: Path) -> list[Path]:
    """Return the Parquet files of a folder and its folders in the order of their names.

    Names beginning with an underscore or a dot are not data: _SUCCESS, .part-00000.crc.

    Raises
    ------
    InvalidInput
        If there is none, or the folder contains other files.
    """
    files = [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not any(part.startswith(("_", ".")) for part in path.relative_to(folder).parts)
    ]
    if not files:
        raise InvalidInput(f"The folder {folder} has no Parquet files.")
    if other := [path for path in files if path.suffix.lower() != ".parquet"]:
        raise InvalidInput(
            f"The folder {folder} contains {other[0].name}, which is not a Parquet file: name one file, or a "
            "folder that contains only Parquet parts."
        )
    return files


class ParquetFile:
    """Parquet parts with the same columns; integers, floats and decimals of any width are accepted.

    Raises
    ------
    InvalidInput
        If a part cannot be read, lacks a column, or has a column of the wrong type.
    """

    def __init__(self, source: Source, parts: Sequence[Source], columns: Sequence[Column]) -> None:
        self._name = source.name
        self._parts = parts
        self._columns = [column for column in columns if isinstance(column, NumberColumn)]
        self._texts = [column.name for column in columns if isinstance(column, TextColumn)]
        self._total = 0
        self._ignored: dict[str, None] = {}
        for part in parts:
            with part.open() as stream:
                file = _opened(part, stream)
                self._check(file.schema_arrow, columns, part)
                self._total += file.metadata.num_rows
        if self._total == 0:
            raise InvalidInput(f"{self._name} has columns but no rows.")

    @property
    def understood(self) -> Understanding:
        """How it was read."""
        kind = f"Parquet, {counted(len(self._parts), 'file')}"
        return Understanding(kind, ignored=tuple(self._ignored))

    def blocks(self) -> Iterator[Block]:
        """Yield the rows of all parts, 8,192 at a time, numbered from 1.

        Raises
        ------
        InvalidInput
            If a file is truncated.
        """
        end = 0
        for part in self._parts:
            for batch in self._batches(part):
                begin, end = end + 1, end + batch.num_rows
                yield self._block(batch, begin, end / self._total)

    def _batches(self, part: Source) -> Iterator[Any]:
        names = [column.name for column in self._columns] + self._texts
        with part.open() as stream:
            try:
                yield from _opened(part, stream).iter_batches(
                    ROWS_A_BLOCK, columns=names, use_threads=False
                )
            except (pa.ArrowException, OSError) as error:
                raise part.unreadable(error) from error

    def _check(self, schema: Any, columns: Sequence[Column], part: Source) -> None:
        check_names(schema.names, columns, part.name)
        for column in columns:
            kind = schema.field(column.name).type
            if isinstance(column, NumberColumn):
                if not _holds_numbers(kind):
                    raise InvalidInput(
                        f"{part.name} holds {kind} in column {column.name}, not numbers."
                    )
            elif not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
                raise InvalidInput(f"{part.name} holds {kind} in column {column.name}, not text.")
        wanted = {column.name for column in columns}
        self._ignored.update(dict.fromkeys(name for name in schema.names if name not in wanted))

    def _block(self, batch: Any, begin: int, share: float) -> Block:
        rows = np.arange(begin, begin + batch.num_rows, dtype=np.int64)
        columns = [batch.column(column.name) for column in self._columns]
        numbers = np.column_stack([_numbers(column) for column in columns])
        usable, problems = judged(rows, numbers, self._columns, _TypedCells(columns))
        texts = {
            name: [
                trimmed(text or "")
                for text in batch.column(name).filter(pa.array(usable)).to_pylist()
            ]
            for name in self._texts
        }
        problems.sort(key=lambda problem: problem.row)
        return Block(rows[usable], numbers[usable], texts, tuple(problems), len(rows), share)


class _TypedCells:
    """The columns of a batch."""

    def __init__(self, columns: Sequence[Any]) -> None:
        self._columns = columns

    def written(self, index: int, column: int) -> str:
        value = self._columns[column][index].as_py()
        return "" if value is None else str(value)

    def why_unreadable(self, index: int, column: int) -> str:
        return EMPTY if self.is_empty(index, column) else NOT_FINITE

    def is_empty(self, index: int, column: int) -> bool:
        return not self._columns[column][index].is_valid


def _opened(part: Source, stream: Any) -> Any:
    try:
        return pyarrow.parquet.ParquetFile(stream, buffer_size=BUFFER_BYTES, pre_buffer=False)
    except (pa.ArrowException, OSError) as error:
        raise part.unreadable(error) from error


def _holds_numbers(kind: Any) -> bool:
    return bool(
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    )


def _numbers(column: Any) -> FloatArray:
    numbers: FloatArray = column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    return numbers
