"""The reader of tables for those who do not know yet what the columns hold."""

from collections.abc import Collection, Sequence
from pathlib import Path

from storage.tables.parquet_file import MAGIC, parts_of
from storage.tables.source import Source
from storage.tables.whole.csv_file import read_whole_csv
from storage.tables.whole.parquet_file import read_whole_parquet
from storage.tables.whole.table import WholeTable


def read_whole(
    path: Path, wanted: Sequence[str], ignored: Collection[str] = frozenset()
) -> WholeTable:
    """Read all columns of a CSV file, a workbook, a Parquet file or a folder of parts, told by content.

    Parameters
    ----------
    wanted
        Names of columns that must be there, at least one.
    ignored
        Columns that are not read.

    Raises
    ------
    InvalidInput
        If it is missing, is something else, or lacks a column; the message names what was found.
    """
    source = Source.of(path)
    if path.is_dir():
        parts = [Source(part) for part in parts_of(path)]
        return read_whole_parquet(source, parts, wanted, ignored)
    with source.open() as stream:
        is_parquet = stream.read(len(MAGIC)) == MAGIC
    if is_parquet:
        return read_whole_parquet(source, [source], wanted, ignored)
    return read_whole_csv(source, wanted, ignored)
