"""All columns of a Parquet file, or of a folder of parts, with their types."""

from collections.abc import Collection, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from storage.errors import InvalidInput
from storage.tables.column import TextColumn
from storage.tables.header import check_names
from storage.tables.parquet_file import INDEX
from storage.tables.problem import counted
from storage.tables.source import Source
from storage.tables.understanding import Understanding
from storage.tables.whole.table import WholeTable, numbered, refuse_repeated


def read_whole_parquet(
    source: Source, parts: Sequence[Source], wanted: Sequence[str], ignored: Collection[str]
) -> WholeTable:
    """Read all columns of parts with the same columns but the ignored ones.

    Parameters
    ----------
    wanted
        Names of columns that must be there.
    ignored
        Columns that are not read.

    Raises
    ------
    InvalidInput
        If a part cannot be read, lacks a column, or has one of another type than the first part's.
    """
    tables = [_table(part, wanted, ignored) for part in parts]
    try:
        whole = pa.concat_tables(tables, promote_options="permissive")
    except pa.ArrowException as error:
        raise InvalidInput(
            f"{source.name} has parts whose columns differ in type: {_first_line(error)}."
        ) from error
    names = [name for name in whole.column_names if not name.startswith(INDEX)]
    if not len(whole):
        raise InvalidInput(f"{source.name} has columns but no rows.")
    return WholeTable(
        numbered(1, len(whole)),
        {name: whole.column(name) for name in names},
        (),
        Understanding(f"Parquet, {counted(len(parts), 'file')}"),
        has_row_names=len(names) < len(whole.column_names),
    )


def _table(part: Source, wanted: Sequence[str], ignored: Collection[str]) -> Any:
    with part.open() as stream:
        try:
            file = pyarrow.parquet.ParquetFile(stream)
            names = file.schema_arrow.names
            check_names(names, [TextColumn(name) for name in wanted], part.name)
            refuse_repeated(names, ignored, part.name)
            return file.read([name for name in names if name not in ignored])
        except (pa.ArrowException, OSError) as error:
            raise part.unreadable(error) from error


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0][:200].rstrip(".")
