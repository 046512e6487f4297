"""The one reader of tables, for scoring, training, the console and labels."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from storage.errors import InvalidInput, MissingColumn
from storage.tables.block import Block
from storage.tables.column import Column
from storage.tables.csv_file import CsvFile
from storage.tables.parquet_file import MAGIC, ParquetFile, parts_of
from storage.tables.source import Source
from storage.tables.understanding import Understanding

__all__ = ["Block", "InvalidInput", "MissingColumn", "Table", "Understanding", "open_table"]

FILE_KINDS = ("csv", "tsv", "txt", "xlsx", "xlsm", "parquet")
"""Usual suffixes of such files."""


class Table(Protocol):
    """Rows of named columns."""

    @property
    def understood(self) -> Understanding:
        """How it was read."""

    def blocks(self) -> Iterator[Block]:
        """Yield all rows in order, a few thousand at a time, however many there are.

        Raises
        ------
        InvalidInput
            If a later part of the table cannot be read, or it has no row.
        """


def open_table(
    content: Path | bytes | Source, columns: Sequence[Column], *, keeps: bool = False
) -> Table:
    """Open a CSV file, a workbook, a Parquet file or a folder of Parquet parts, recognized by content.

    Parameters
    ----------
    content
        A path, the bytes of an upload, or a source, which may be a chosen sheet.
    columns
        The columns to read, at least one of numbers.
    keeps
        Whether further columns are carried along as they are; otherwise they are ignored.

    Raises
    ------
    InvalidInput
        If it is missing or something else, or lacks a column (``MissingColumn``); the message names what was
        found.
    """
    source = content if isinstance(content, Source) else Source.of(content)
    if isinstance(source.content, Path) and source.content.is_dir():
        parts = [Source(part) for part in parts_of(source.content)]
        return ParquetFile(source, parts, columns, keeps=keeps)
    with source.open() as stream:
        is_parquet = stream.read(len(MAGIC)) == MAGIC
    if is_parquet:
        return ParquetFile(source, [source], columns, keeps=keeps)
    return CsvFile(source, columns, keeps=keeps)
