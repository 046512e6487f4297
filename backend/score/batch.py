"""Scores a file of any size with the champion, in this process, in constant memory; skips invalid rows."""

import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from backend.score.output import (
    PROBLEMS_SUFFIX,
    WRITERS,
    ScoredTable,
    problem_report,
    scored_batch,
    scored_table,
)
from backend.serving.served_model import ServedModel, ServedPredictions
from storage.errors import InvalidInput
from storage.tables.block import Block
from storage.tables.referred import InputTable
from storage.tables.source import Source
from storage.tables.understanding import Understanding

NO_ANSWERS = ServedPredictions(*np.empty((4, 0)))


@dataclass(frozen=True)
class ScoringProgress:
    """Progress: rows read and scored, problems found, share of the file from 0 to 1."""

    rows: int = 0
    scored: int = 0
    problems: int = 0
    share: float = 0.0
    seconds: float = 0.0

    @property
    def rows_per_second(self) -> float:
        """Rows read per second."""
        return self.rows / self.seconds if self.seconds > 0 else 0.0


class BatchScoring:
    """One file to score, and the file for the result.

    The result and the report of problems are each replaced as a whole at the end; if anything fails,
    existing files stay unchanged.

    Parameters
    ----------
    source
        CSV file, Excel workbook, Parquet file or folder of Parquet parts with the inputs as columns.
    target
        CSV or Parquet file to write; the problems go to a file with the same name plus ".problems.csv".
    named
        Columns of the file by the input that they are, as ``InputTable`` takes them.
    sheet
        Name of the workbook's sheet; None: the first that is not hidden.

    Raises
    ------
    InvalidInput
        If the source cannot be read or the target cannot be written; the message can be shown to a user.
    """

    def __init__(
        self,
        source: Path,
        target: Path,
        named: Mapping[str, str] | None = None,
        sheet: str | None = None,
    ) -> None:
        _check_target(source, target)
        self.target = target
        self.problems = target.with_name(target.name + PROBLEMS_SUFFIX)
        self._table = InputTable(Source.of(source, sheet), named, keeps=True)

    @property
    def understood(self) -> Understanding:
        """How the file was read."""
        return self._table.understood

    def run(self, model: ServedModel, tell: Callable[[ScoringProgress], None]) -> ScoringProgress:
        """Score every valid row; ``tell`` is called after each block.

        Raises
        ------
        InvalidInput
            If a later part of the file cannot be read, or the file has no rows.
        OSError
            If the disk is full.
        """
        progress = ScoringProgress()
        started = time.perf_counter()
        with ExitStack() as stack:
            # Closed in reverse order: the result appears last, so the report exists once the result does.
            writer = stack.enter_context(scored_table(self.target))
            report = stack.enter_context(problem_report(self.problems))
            for block in self._table.blocks():
                report.add(block.problems)
                _score(model, block, self._table.references(block), writer)
                progress = ScoringProgress(
                    rows=progress.rows + block.read,
                    scored=progress.scored + len(block.rows),
                    problems=report.count,
                    share=block.share,
                    seconds=time.perf_counter() - started,
                )
                tell(progress)
        return progress


def _score(
    model: ServedModel, block: Block, references: list[str | None] | None, writer: ScoredTable
) -> None:
    # A block without any usable row is written too: the result has its columns, if nothing else.
    answers = model.answer(block.numbers) if len(block.rows) else NO_ANSWERS
    warnings = model.warnings.of_rows(block.numbers)
    writer.add(scored_batch(block, references, answers, warnings, model.manifest.version))


def _check_target(source: Path, target: Path) -> None:
    if target.suffix.lower() not in WRITERS:
        raise InvalidInput(f"{target} must end in .csv or .parquet.")
    if not target.parent.is_dir():
        raise InvalidInput(f"The folder of {target} does not exist.")
    if target.is_dir():
        raise InvalidInput(f"{target} is a folder.")
    if target.exists() and source.exists() and target.samefile(source):
        raise InvalidInput(f"The result would replace {source} itself; choose another name.")
    try:
        tempfile.TemporaryFile(dir=target.parent).close()
    except OSError as error:
        raise InvalidInput(f"{target} cannot be written ({error.strerror}).") from error
