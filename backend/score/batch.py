"""Scoring a file of any size with the champion, in this process: flat memory, bad rows left out."""

import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from backend.score.cell_problem import CellProblem, cell_problems
from backend.score.csv_table import CsvTable
from backend.score.input_table import InputChunk, InputTable
from backend.score.output import (
    PROBLEMS_SUFFIX,
    ProblemReport,
    TableWriter,
    problem_report,
    scored_batch,
    scored_table,
)
from backend.score.parquet_table import ParquetTable
from backend.serving.served_model import ServedModel
from storage.errors import InvalidInput
from storage.schema.arrays import BoolArray

TABLES: dict[str, type[InputTable]] = {".csv": CsvTable, ".parquet": ParquetTable}


@dataclass(frozen=True)
class ScoringProgress:
    """How far it is: rows read and scored, problems found, share of the file from 0 to 1."""

    rows: int = 0
    scored: int = 0
    problems: int = 0
    share: float = 0.0
    seconds: float = 0.0

    @property
    def rows_per_second(self) -> float:
        """Rows read a second."""
        return self.rows / self.seconds if self.seconds > 0 else 0.0


class BatchScoring:
    """One file to score, and where the result goes.

    The result and the report of problems are each replaced as a whole at the end; when anything fails,
    what was there before stays.

    Parameters
    ----------
    source
        CSV or Parquet file with the eight inputs as columns.
    target
        CSV or Parquet file to write; the problems go to a file beside it, its name and ".problems.csv".

    Raises
    ------
    InvalidInput
        If the one cannot be read or the other not be written; the message is one sentence.
    """

    def __init__(self, source: Path, target: Path) -> None:
        _check_source(source)
        _check_target(source, target)
        self.target = target
        self.problems = target.with_name(target.name + PROBLEMS_SUFFIX)
        self._table = TABLES[source.suffix.lower()](source)

    def run(self, model: ServedModel, tell: Callable[[ScoringProgress], None]) -> ScoringProgress:
        """Score every row that can be; ``tell`` hears of each chunk.

        Raises
        ------
        InvalidInput
            If the file turns out to be unreadable further down, or has no row.
        OSError
            If the disk is full.
        """
        progress = ScoringProgress()
        started = time.perf_counter()
        with ExitStack() as stack:
            # Left in reverse: the result appears last, so whoever waits for it finds the report too.
            writer = stack.enter_context(scored_table(self.target))
            report = stack.enter_context(problem_report(self.problems))
            for chunk in self._table.chunks():
                scored = _score(model, chunk, writer, report)
                progress = ScoringProgress(
                    rows=chunk.end,
                    scored=progress.scored + scored,
                    problems=report.count,
                    share=chunk.share,
                    seconds=time.perf_counter() - started,
                )
                tell(progress)
        return progress


def _score(
    model: ServedModel, chunk: InputChunk, writer: TableWriter, report: ProblemReport
) -> int:
    refused = list(cell_problems(chunk.inputs, chunk.rows, chunk.readable))
    report.add(sorted([*chunk.problems, *refused], key=lambda problem: problem.row))
    good = chunk.readable.all(axis=1) & ~_is_refused(chunk, refused)
    rows, inputs = chunk.rows[good], chunk.inputs[good]
    if len(rows):
        answers = model.answer(inputs)
        writer.write_batch(scored_batch(rows, inputs, answers, model.manifest.version))
    return len(rows)


def _is_refused(chunk: InputChunk, refused: list[CellProblem]) -> BoolArray:
    return np.isin(chunk.rows, [problem.row for problem in refused])


def _check_source(source: Path) -> None:
    if not source.exists():
        raise InvalidInput(f"{source} is not there.")
    if not source.is_file():
        raise InvalidInput(f"{source} is no file.")
    _check_suffix(source)


def _check_target(source: Path, target: Path) -> None:
    _check_suffix(target)
    if not target.parent.is_dir():
        raise InvalidInput(f"The folder of {target} is not there.")
    if target.is_dir():
        raise InvalidInput(f"{target} is a folder.")
    if target.exists() and target.samefile(source):
        raise InvalidInput(f"The result would replace {source} itself; choose another name.")
    try:
        tempfile.TemporaryFile(dir=target.parent).close()
    except OSError as error:
        raise InvalidInput(f"{target} cannot be written ({error.strerror}).") from error


def _check_suffix(path: Path) -> None:
    if path.suffix.lower() not in TABLES:
        raise InvalidInput(f"{path} is neither .csv nor .parquet.")
