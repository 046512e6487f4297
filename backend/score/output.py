"""What a batch scoring writes: the scored rows as CSV or Parquet, and the problems as CSV."""

import csv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from backend.score.cell_problem import CellProblem
from backend.serving.served_model import ServedPredictions
from storage.domain.inputs import FEATURE_NAMES
from storage.process.atomic_files import atomic_replacement
from storage.schema.arrays import FloatArray, IntegerArray

RESULT_NAMES = ("prediction", "lower", "upper", "support")
"""Prices in units of 100,000 USD, support from 0 to 1."""
PROBLEM_NAMES = ("row", "column", "message", "value")
PROBLEMS_SUFFIX = ".problems.csv"


class TableWriter(Protocol):
    """Arrow's writer for one of the formats."""

    def write_batch(self, batch: Any) -> None:
        """Append rows."""


def scored_schema() -> Any:
    """Return the columns of the result."""
    numbers = [(name, pa.float64()) for name in (*FEATURE_NAMES, *RESULT_NAMES)]
    return pa.schema([("row", pa.int64()), *numbers, ("model_version", pa.string())])


def scored_batch(
    rows: IntegerArray, inputs: FloatArray, answers: ServedPredictions, model_version: str
) -> Any:
    """Return scored rows; shapes (n,), inputs (n, 8)."""
    results = (answers.predicted, answers.lower, answers.upper, answers.support)
    versions = pa.array(np.full(len(rows), model_version), pa.string())
    columns = [rows, *inputs.T, *results, versions]
    return pa.record_batch([pa.array(column) for column in columns], scored_schema())


@contextmanager
def scored_table(path: Path) -> Iterator[TableWriter]:
    """Write a new table by its suffix; ``path`` becomes it at the end, whole or not at all."""
    kinds = {".csv": pyarrow.csv.CSVWriter, ".parquet": pyarrow.parquet.ParquetWriter}
    with (
        atomic_replacement(path) as temporary,
        kinds[path.suffix.lower()](temporary, scored_schema()) as writer,
    ):
        yield writer


class ProblemReport:
    """The problems as CSV, one a line, and how many there were."""

    def __init__(self, stream: Any) -> None:
        self._writer = csv.writer(stream)
        self._writer.writerow(PROBLEM_NAMES)
        self.count = 0

    def add(self, problems: Iterable[CellProblem]) -> None:
        """Append problems."""
        for problem in problems:
            self._writer.writerow((problem.row, problem.column, problem.message, problem.value))
            self.count += 1


@contextmanager
def problem_report(path: Path) -> Iterator[ProblemReport]:
    """Write a new report; ``path`` becomes it at the end, whole or not at all."""
    with (
        atomic_replacement(path) as temporary,
        temporary.open("w", encoding="utf-8", newline="") as stream,
    ):
        yield ProblemReport(stream)
