"""An uploaded file: its usable rows, and what is wrong with the others, by row and column."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backend.contract.definition import PRESETS
from backend.contract.predictions import EXAMPLE, FEATURE_NAMES, HousingFeatures
from storage.tables.block import Block, gathered
from storage.tables.csv_writer import csv_text
from storage.tables.problem import Problem
from storage.tables.referred import InputTable
from storage.tables.source import Source
from storage.tables.table import InvalidInput, Understanding

MOST_ROWS = 100_000
MOST_MEGABYTES = 25
LARGER_FILES = "Larger ones are scored by `python -m backend.score FILE -o OUT`."


class UnusableFile(Exception):
    """The file as a whole cannot be used; the message is one sentence for a person."""


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

    def instances(self, start: int, end: int) -> list[HousingFeatures]:
        """Return usable rows, counted from 0, as the service takes them."""
        return [HousingFeatures.of(values) for values in self.inputs[start:end].tolist()]


def read_batch(name: str, content: bytes) -> BatchFile:
    """Read the bytes of a CSV or Parquet file.

    Raises
    ------
    UnusableFile
        If it is too large, is no table with the inputs as columns, or has no row.
    """
    if len(content) > MOST_MEGABYTES * 1_000_000:
        raise UnusableFile(f"The file is larger than {MOST_MEGABYTES} MB. {LARGER_FILES}")
    try:
        table = InputTable(Source.of(content, most_rows=MOST_ROWS))
        found = gathered(_not_too_many(table))
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
