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
from storage.tables.column import CategoryColumn, Column, NumberColumn, TextColumn, ValueColumn
from storage.tables.header import check_names
from storage.tables.number import EMPTY, NOT_FINITE
from storage.tables.problem import counted
from storage.tables.source import Source
from storage.tables.understanding import Understanding

ROWS_A_BLOCK = 8_192
BUFFER_BYTES = 64 * 1024
"""Bytes of a column read at once: otherwise Arrow loads the whole column of a row group."""
MAGIC = b"PAR1"
INDEX = "__index_level_"
"""How the row index of pandas is called."""


def parts_of(folder: Path) -> list[Path]:
    """Return the Parquet files of a folder and its folders in the order of their names.

    Names beginning with an underscore or a dot are not data: _SUCCESS, .part-00000.crc.

    Raises
    ------
    InvalidInput
        If there is none, or the folder contains anything else: other files, a link to nothing, a folder that
        cannot be read or is elsewhere. No part is left out in silence.
    """
    files = sorted(_data_in(folder))
    if not files:
        raise InvalidInput(f"The folder {folder} has no Parquet files.")
    if other := [path for path in files if path.suffix.lower() != ".parquet"]:
        raise InvalidInput(
            f"The folder {folder} contains {other[0].name}, which is not a Parquet file: name one file, or a "
            "folder that contains only Parquet parts."
        )
    return files


def _data_in(folder: Path) -> Iterator[Path]:
    try:
        entries = [entry for entry in folder.iterdir() if not entry.name.startswith(("_", "."))]
    except OSError as error:
        raise Source(folder).unreadable(error) from error
    for entry in entries:
        if entry.is_dir() and not entry.is_symlink():
            yield from _data_in(entry)
        elif entry.is_file():
            yield entry
        else:
            raise InvalidInput(f"The folder {folder} contains {entry.name}, {_kind(entry)}.")


def _kind(entry: Path) -> str:
    """Say what an entry is that is neither a file nor a folder."""
    if not entry.is_symlink():
        return "which is not a file: remove it"
    if entry.exists():
        return "which is a link to another folder: name that folder instead, or copy it here"
    return (
        f"a link to {entry.readlink()}, which does not exist: restore that file or remove the link"
    )


class ParquetFile:
    """Parquet parts with the same columns; integers, floats and decimals of any width are accepted.

    Where it ``keeps`` further columns, those of simple types are carried along that all parts have alike.

    Raises
    ------
    InvalidInput
        If a part cannot be read, lacks a column, or has a column of the wrong type.
    """

    def __init__(
        self,
        source: Source,
        parts: Sequence[Source],
        columns: Sequence[Column],
        *,
        keeps: bool = False,
    ) -> None:
        self._source = source
        self._parts = parts
        self._columns = [column for column in columns if isinstance(column, ValueColumn)]
        self._texts = [column.name for column in columns if isinstance(column, TextColumn)]
        self._total = 0
        self._ignored: dict[str, None] = {}
        schemas = []
        for part in parts:
            with part.open() as stream:
                file = _opened(part, stream)
                self._check(file.schema_arrow, columns, part)
                self._total += file.metadata.num_rows
                schemas.append(file.schema_arrow)
        self._kept = [name for name in self._ignored if keeps and _is_alike(name, schemas)]
        if self._total == 0:
            raise InvalidInput(f"{source.name} has columns but no rows.")

    @property
    def understood(self) -> Understanding:
        """How it was read."""
        kind = f"Parquet, {counted(len(self._parts), 'file')}"
        ignored = tuple(name for name in self._ignored if name not in self._kept)
        return Understanding(kind, ignored=ignored, unread=self._unread(), kept=tuple(self._kept))

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

    def _unread(self) -> tuple[str, ...]:
        """Return what looks like a part and is left out by its name, for a person to confirm."""
        folder = self._source.content
        if isinstance(folder, bytes) or not folder.is_dir():
            return ()
        read = {part.content for part in self._parts}
        others = [path for path in sorted(folder.rglob("*.parquet")) if path not in read]
        return tuple(str(path.relative_to(folder)) for path in others)

    def _batches(self, part: Source) -> Iterator[Any]:
        names = [column.name for column in self._columns] + self._texts + self._kept
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
                if pa.types.is_null(kind):
                    raise InvalidInput(f"{part.name} has no value at all in column {column.name}.")
                if not _holds_numbers(kind):
                    raise InvalidInput(
                        f"{part.name} holds {kind} in column {column.name}, not numbers."
                    )
            elif _may_be_whole(column) and pa.types.is_integer(kind):
                continue  # codes and ids, which are words here
            elif isinstance(column, TextColumn) and column.of_any_type and _is_simple(kind):
                continue
            elif not _holds_text(kind):
                raise InvalidInput(f"{part.name} holds {kind} in column {column.name}, not text.")
        wanted = {column.name for column in columns}
        self._ignored.update(dict.fromkeys(name for name in schema.names if name not in wanted))

    def _block(self, batch: Any, begin: int, share: float) -> Block:
        rows = np.arange(begin, begin + batch.num_rows, dtype=np.int64)
        columns = [batch.column(column.name) for column in self._columns]
        numbers = np.column_stack(
            [
                values.positions(_words(cells))
                if isinstance(values, CategoryColumn)
                else _numbers(cells)
                for cells, values in zip(columns, self._columns, strict=True)
            ]
        )
        usable, problems = judged(rows, numbers, self._columns, _TypedCells(columns))
        texts = {
            name: [
                trimmed(text or "")
                for text in batch.column(name)
                .cast(pa.string())
                .filter(pa.array(usable))
                .to_pylist()
            ]
            for name in self._texts
        }
        problems.sort(key=lambda problem: problem.row)
        kept = batch.select(self._kept).filter(pa.array(usable)) if self._kept else None
        return Block(rows[usable], numbers[usable], texts, tuple(problems), len(rows), share, kept)


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


def _holds_text(kind: Any) -> bool:
    if pa.types.is_dictionary(kind):  # a category of pandas
        kind = kind.value_type
    of_text = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    return any(is_text(kind) for is_text in of_text)


def _may_be_whole(column: Column) -> bool:
    return isinstance(column, CategoryColumn) or (
        isinstance(column, TextColumn) and column.may_be_whole
    )


def _is_simple(kind: Any) -> bool:
    of_times = (pa.types.is_date, pa.types.is_timestamp)
    return _holds_numbers(kind) or any(is_time(kind) for is_time in of_times)


def _is_alike(name: str, schemas: Sequence[Any]) -> bool:
    """Return whether all parts have one column of this name, of the same type, that a CSV file can hold."""
    if name.startswith(INDEX) or any(schema.names.count(name) != 1 for schema in schemas):
        return False
    kinds = [schema.field(name).type for schema in schemas]
    can_be_written = _is_simple(kinds[0]) or _holds_text(kinds[0]) or pa.types.is_boolean(kinds[0])
    return can_be_written and all(kind == kinds[0] for kind in kinds)


def _words(column: Any) -> Any:
    return column.cast(pa.string())


def _numbers(column: Any) -> FloatArray:
    numbers: FloatArray = column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False)
    return numbers
