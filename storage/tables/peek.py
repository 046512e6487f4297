"""The first cells of each column of a table, for a person who says which column is which."""

import io
from collections.abc import Sequence
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from storage.tables.blanks import trimmed
from storage.tables.column import TextColumn
from storage.tables.header import LONGEST_START, SEPARATORS, read_header
from storage.tables.parquet_file import MAGIC
from storage.tables.records import Records
from storage.tables.source import Source, find_encoding

LONGEST_CELL = 9
"""Characters: what tells columns apart, for several cells in one line."""


def peek(source: Source, names: Sequence[str], rows: int = 3) -> dict[str, list[str]]:
    """Return the first filled cells of each column as text.

    Parameters
    ----------
    source
        A file or a sheet, not a folder.
    names
        Its columns, without those that have no name.
    rows
        How many rows are looked at.

    Raises
    ------
    InvalidInput
        If it cannot be read.
    """
    with source.open() as stream:
        is_parquet = stream.read(len(MAGIC)) == MAGIC
    cells = _of_parquet(source, rows) if is_parquet else _of_text(source, names, rows)
    return {name: [_short(cell) for cell in cells.get(name, []) if trimmed(cell)] for name in names}


def _of_text(source: Source, names: Sequence[str], rows: int) -> dict[str, list[str]]:
    encoding = find_encoding(source)
    separators = tuple(SEPARATORS) if source.sheet is None else (",",)
    columns = [TextColumn(name) for name in names if list(names).count(name) == 1]
    with source.open() as stream, io.TextIOWrapper(stream, encoding.codec, newline="") as text:
        header = read_header(text.read(LONGEST_START), columns, source.name, separators)
    with source.open() as stream, io.TextIOWrapper(stream, encoding.codec, newline="") as text:
        first = list(islice(Records(text, header, [], source.name), rows))
    found: dict[str, list[str]] = {}
    for _, cells in first:
        for name, cell in zip(header.names, cells, strict=False):
            found.setdefault(name, []).append(cell)
    return found


def _of_parquet(source: Source, rows: int) -> dict[str, list[str]]:
    with source.open() as stream:
        try:
            file = pyarrow.parquet.ParquetFile(stream)
            first: Any = next(file.iter_batches(rows, use_threads=False))
        except StopIteration:
            return {}
        except (pa.ArrowException, OSError) as error:
            raise source.unreadable(error) from error
    return {
        name: [str(value) for value in column.to_pylist() if value is not None]
        for name, column in zip(first.schema.names, first.columns, strict=True)
    }


def _short(cell: str) -> str:
    text = " ".join(cell.split())
    return text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…"
