"""A training table from a CSV, Excel or Parquet file; further columns are ignored."""

from collections import Counter
from pathlib import Path

from storage.domain.target import ACCEPTED_TARGETS, TARGET_NAME, TARGET_UNIT
from storage.errors import InvalidDataset, InvalidInput
from storage.tables.block import Block, gathered, in_order
from storage.tables.column import INPUT_COLUMNS, NumberColumn
from storage.tables.problem import Problem, counted
from storage.tables.table import open_table
from training.dataset.row_times import TIME, TIME_COLUMNS, RowTimes, read_row_times
from training.dataset.table import HousingTable

COLUMNS = (
    *INPUT_COLUMNS,
    NumberColumn(TARGET_NAME, *ACCEPTED_TARGETS, TARGET_UNIT),
    *TIME_COLUMNS,
)
MOST_PROBLEMS = 100
"""Most problems named in one message."""


def load_file(path: Path) -> HousingTable:
    """Read a CSV file, a Parquet file or a folder of Parquet parts; every float64 exactly as written.

    Raises
    ------
    InvalidDataset
        If it cannot be read, a column is missing or duplicated, or any row cannot be used: a training table
        is used completely or not at all. The message names the first hundred problems by row and column.
    """
    try:
        found = gathered(open_table(path, COLUMNS).blocks())
    except InvalidInput as error:
        raise InvalidDataset(str(error)) from error
    times, problems = _times(found)
    if problems := in_order([*found.problems, *problems]):
        raise InvalidDataset(_all_problems(path, problems, found.read))
    return HousingTable(found.numbers, str(path), times=times)


def _times(found: Block) -> tuple[RowTimes | None, tuple[Problem, ...]]:
    """Return the times of the rows whose values are usable, where the definition splits by them."""
    return (None, ()) if TIME is None else read_row_times(found.texts[TIME], found.rows, TIME)


def _all_problems(path: Path, problems: tuple[Problem, ...], rows: int) -> str:
    """Name what is wrong with whole columns once, then the other cells; ``rows`` are those of the table."""
    counts = Counter((problem.column, problem.message) for problem in problems)
    whole = {what for what, count in counts.items() if count == rows > 1}
    first = {(each.column, each.message): each for each in reversed(problems)}
    others = [each for each in problems if (each.column, each.message) not in whole]
    lines = [_line_of_column(first[what], rows) for what in counts if what in whole]
    lines += [_line(problem) for problem in others[:MOST_PROBLEMS]]
    if (more := len(others) - MOST_PROBLEMS) > 0:
        lines.append(f"and {counted(more, 'more problem')}")
    title = f"{path} has {counted(len(problems), 'problem')}; correct them and try again:"
    return "\n".join([title, *(f"  {line}" for line in lines)])


def _line_of_column(first: Problem, rows: int) -> str:
    place = f"column {first.column}, " if first.column else ""
    return f"{place}all {counted(rows, 'row')}: {first.message} (the first is {first.value!r})"


def _line(problem: Problem) -> str:
    place = f"row {problem.row}"
    if problem.column:
        place = f"{place}, column {problem.column}"
    return f"{place}: {problem.message} ({problem.value!r})"
