"""Output of batch scoring: the scored rows as CSV or Parquet, and the problems as CSV."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol, TextIO

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from backend.serving.served_model import ServedPredictions
from storage.domain.feature import Feature
from storage.domain.inputs import ARE_PLAIN, FEATURES
from storage.process.atomic_files import atomic_replacement
from storage.schema.arrays import FloatArray, IntegerArray
from storage.schema.caller import REFERENCE
from storage.tables.csv_writer import PROBLEM_NAMES, CsvWriter, problem_cells
from storage.tables.problem import Problem

RESULT_NAMES = ("prediction", "lower", "upper", "support")
"""Values in the target's unit, support from 0 to 1."""
PROBLEMS_SUFFIX = ".problems.csv"
WRITERS = {".csv": pyarrow.csv.CSVWriter, ".parquet": pyarrow.parquet.ParquetWriter}
"""Arrow's writers, by file suffix."""


class TableWriter(Protocol):
    """Arrow's writer for one format."""

    def write_batch(self, batch: Any) -> None:
        """Append rows."""


def scored_schema(has_references: bool) -> Any:
    """Return the columns of the result; the caller's own ids, if there are any, follow the row number."""
    inputs = [
        (feature.name, pa.string() if feature.is_category else pa.float64()) for feature in FEATURES
    ]
    results = [(name, pa.float64()) for name in RESULT_NAMES]
    references = [(REFERENCE, pa.string())] if has_references else []
    version = ("model_version", pa.string())
    return pa.schema([("row", pa.int64()), *references, *inputs, *results, version])


def scored_batch(
    rows: IntegerArray,
    references: Sequence[str | None] | None,
    inputs: FloatArray,
    answers: ServedPredictions,
    model_version: str,
) -> Any:
    """Return scored rows; shapes (n,), inputs (n, 8)."""
    results = (answers.predicted, answers.lower, answers.upper, answers.support)
    versions = pa.array(np.full(len(rows), model_version), pa.string())
    own = [] if references is None else [pa.array(references, pa.string())]
    columns = [rows, *own, *map(_written, FEATURES, inputs.T), *results, versions]
    schema = scored_schema(references is not None)
    return pa.record_batch([pa.array(column) for column in columns], schema)


def _written(feature: Feature, values: FloatArray) -> Any:
    """Return a column of inputs as in a file: numbers, or the words of a category."""
    if ARE_PLAIN:
        return values
    return pa.array([feature.value_of(value) for value in values.tolist()])


@contextmanager
def scored_table(path: Path, has_references: bool) -> Iterator[TableWriter]:
    """Write a table in the format of its suffix; ``path`` is replaced atomically at the end."""
    with (
        atomic_replacement(path) as temporary,
        WRITERS[path.suffix.lower()](temporary, scored_schema(has_references)) as writer,
    ):
        yield writer


class ProblemReport:
    """The problems as CSV, one per line, and their number."""

    def __init__(self, stream: TextIO) -> None:
        self._writer = CsvWriter(stream, PROBLEM_NAMES)
        self.count = 0

    def add(self, problems: Sequence[Problem]) -> None:
        """Append problems."""
        self._writer.write(problem_cells(problem) for problem in problems)
        self.count += len(problems)


@contextmanager
def problem_report(path: Path) -> Iterator[ProblemReport]:
    """Write a report; ``path`` is replaced atomically at the end."""
    with (
        atomic_replacement(path) as temporary,
        temporary.open("w", encoding="utf-8", newline="") as stream,
    ):
        yield ProblemReport(stream)
