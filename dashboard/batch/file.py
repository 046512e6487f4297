"""An uploaded file: its usable rows, and what is wrong with the others, by row and column."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backend.contract.definition import PRESETS
from backend.contract.predictions import EXAMPLE, FEATURE_NAMES, HousingFeatures
from storage.tables.block import Block, gathered
from storage.tables.csv_writer import csv_text
from storage.tables.problem import Problem
from storage.tables.referred import InputTable
from storage.tables.source import Source
from storage.tables.table import InvalidInput, MissingColumn, Understanding

MOST_ROWS = 100_000
MOST_MEGABYTES = 25
LARGER_FILES = "Larger ones are scored by `python -m backend.score FILE -o OUT`."


class UnusableFile(Exception):
    """The file as a whole cannot be used; the message is one sentence for a person."""


class UnknownColumns(UnusableFile):
    """Inputs have no column of their name: a person may say which of the file's columns they are."""

    def __init__(self, message: str, missing: tuple[str, ...], found: tuple[str, ...]) -> None:
        super().__init__(message)
        self.missing = missing
        self.found = found


@dataclass(frozen=True)
class BatchFile:
    """What a file holds: ``total`` rows, of which those in ``rows`` can be scored.

    ``rows`` are numbers as an editor shows them; ``inputs`` has shape (len(rows), number of inputs),
    columns in the order of ``FEATURE_NAMES``.
    """

    name: str
    total: int
    rows: NDArray[np.int64]
    inputs: NDArray[np.float64]
    problems: tuple[Problem, ...]
    understood: Understanding
    references: list[str | None] | None = None
    """The caller's own id of each usable row, None where it has none; None without such a column."""
    kept: Any | None = None
    """An Arrow record batch with the file's further columns, of the usable rows; None if there are none."""
    size: int = 0
    """Bytes of the upload."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """The file's column of each input and, if it has one, of the caller's own id."""

    @property
    def kept_names(self) -> list[str]:
        """Names of the further columns."""
        return [] if self.kept is None else list(self.kept.schema.names)

    def instances(self, start: int, end: int) -> list[HousingFeatures]:
        """Return usable rows, counted from 0, as the service takes them."""
        return [HousingFeatures.of(values) for values in self.inputs[start:end].tolist()]

    def kept_rows(self) -> Iterator[tuple[object, ...]]:
        """Yield the cells of the further columns of each usable row."""
        if self.kept is None:
            return iter(() for _ in self.rows)
        return zip(*(column.to_pylist() for column in self.kept.columns), strict=True)


def open_upload(content: bytes, sheet: str | None = None) -> Source:
    """Return an upload for ``read_batch``; of a workbook, the sheet is taken out.

    Raises
    ------
    UnusableFile
        If it is too large, or a workbook that cannot be read.
    """
    if len(content) > MOST_MEGABYTES * 1_000_000:
        raise UnusableFile(f"The file is larger than {MOST_MEGABYTES} MB. {LARGER_FILES}")
    try:
        return Source.of(content, sheet, MOST_ROWS)
    except InvalidInput as error:
        raise UnusableFile(str(error)) from error


def read_batch(
    name: str, content: bytes | Source, named: Mapping[str, str] | None = None
) -> BatchFile:
    """Read a CSV file, a sheet of a workbook or a Parquet file.

    Parameters
    ----------
    named
        Columns of the file by the input that a person says they are, as ``InputTable`` takes them.

    Raises
    ------
    UnknownColumns
        If inputs have no column.
    UnusableFile
        If it is too large, is no table with the inputs as columns, or has no row.
    """
    source = content if isinstance(content, Source) else open_upload(content)
    try:
        table = InputTable(source, named, keeps=True)
        found = gathered(_not_too_many(table))
    except MissingColumn as error:
        missing = tuple(one for one in error.missing if one in FEATURE_NAMES)
        raise UnknownColumns(str(error), missing, error.found) from error
    except InvalidInput as error:
        raise UnusableFile(str(error)) from error
    return BatchFile(
        name,
        found.read,
        found.rows,
        found.numbers,
        found.problems,
        table.understood,
        table.references(found),
        found.kept,
        len(source.content) if isinstance(source.content, bytes) else 0,
        table.taken,
    )


def template() -> str:
    """Return a CSV file to start from: the header and a few real rows, or the example."""
    rows = [tuple(preset.features.model_dump().values()) for preset in PRESETS]
    return csv_text(FEATURE_NAMES, rows or [tuple(EXAMPLE.values())])


def _not_too_many(table: InputTable) -> Iterator[Block]:
    read = 0
    for block in table.blocks():
        read += block.read
        if read > MOST_ROWS:
            raise UnusableFile(f"The file has more than {MOST_ROWS:,} rows. {LARGER_FILES}")
        yield block
