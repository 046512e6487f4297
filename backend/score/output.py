"""Output of batch scoring: the scored rows as CSV or Parquet, and the problems as CSV."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol, TextIO

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from backend.contract.predictions import InputWarning
from backend.serving.served_model import ServedPredictions
from storage.domain.feature import Feature
from storage.domain.inputs import ARE_PLAIN, FEATURES
from storage.domain.written import rounded
from storage.process.atomic_files import atomic_replacement
from storage.schema.arrays import FloatArray
from storage.schema.caller import REFERENCE
from storage.tables.block import Block
from storage.tables.csv_writer import PROBLEM_NAMES, CsvWriter, problem_cells
from storage.tables.problem import Problem
from storage.tables.result_names import SHOWN_NAMES, kept_names, warnings_text

RESULT_NAMES = ("prediction", "lower", "upper", "support")
"""Values in the target's unit, support from 0 to 1."""
WARNINGS, VERSION = "warnings", "model_version"
PROBLEMS_SUFFIX = ".problems.csv"
WRITERS = {".csv": pyarrow.csv.CSVWriter, ".parquet": pyarrow.parquet.ParquetWriter}
"""Arrow's writers, by file suffix."""


class TableWriter(Protocol):
    """Arrow's writer for one format."""

    def write_batch(self, batch: Any) -> None:
        """Append rows."""


def scored_batch(
    block: Block,
    references: Sequence[str | None] | None,
    answers: ServedPredictions,
    warnings: Mapping[int, Sequence[InputWarning]],
    model_version: str,
) -> Any:
    """Return the scored rows of a block as an Arrow record batch.

    The row number, the caller's own id if there are any, inputs, results in the target's unit and as a person
    reads them, warnings and version; then the further columns of the file.

    Parameters
    ----------
    references
        The caller's own ids, n; None without such a column.
    warnings
        By the place of a row in the block.
    """
    count = len(block.rows)
    values = (answers.predicted, answers.lower, answers.upper)
    columns: dict[str, Any] = {"row": pa.array(block.rows, pa.int64())}
    if references is not None:
        columns[REFERENCE] = pa.array(references, pa.string())
    columns |= {
        feature.name: _written(feature, numbers)
        for feature, numbers in zip(FEATURES, block.numbers.T, strict=True)
    }
    columns |= dict(zip(RESULT_NAMES, map(pa.array, (*values, answers.support)), strict=True))
    columns |= dict(zip(SHOWN_NAMES, map(_shown, values), strict=bool(SHOWN_NAMES)))
    columns[WARNINGS] = _texts(warnings, count)
    columns[VERSION] = pa.array(np.full(count, model_version), pa.string())
    kept = [] if block.kept is None else block.kept.columns
    names = kept_names(() if block.kept is None else block.kept.schema.names, columns)
    return pa.record_batch([*columns.values(), *kept], names=[*columns, *names])


def _texts(warnings: Mapping[int, Sequence[InputWarning]], count: int) -> Any:
    texts = [warnings_text(warnings.get(place, ())) for place in range(count)]
    return pa.array(texts, pa.string())


def _shown(values: FloatArray) -> Any:
    return pa.array([rounded(value) for value in values.tolist()], pa.float64())


def _written(feature: Feature, values: FloatArray) -> Any:
    """Return a column of inputs as in a file: numbers, or the words of a category."""
    kind = pa.string() if feature.is_category else pa.float64()
    if ARE_PLAIN:
        return pa.array(values, kind)
    return pa.array([feature.value_of(value) for value in values.tolist()], kind)


class ScoredTable:
    """A table that is written in the format of its suffix, a batch at a time; all have the same columns."""

    def __init__(self, path: Path, kind: str, stack: ExitStack) -> None:
        self._path, self._kind, self._stack = path, kind, stack
        self._writer: TableWriter | None = None

    def add(self, batch: Any) -> None:
        """Append rows; the first batch says which columns there are."""
        if self._writer is None:
            opened = WRITERS[self._kind](self._path, batch.schema)
            self._writer = self._stack.enter_context(opened)
        self._writer.write_batch(batch)


@contextmanager
def scored_table(path: Path) -> Iterator[ScoredTable]:
    """Write a table in the format of its suffix; ``path`` is replaced atomically at the end."""
    with atomic_replacement(path) as temporary, ExitStack() as stack:
        yield ScoredTable(temporary, path.suffix.lower(), stack)


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
