"""The four callers of the one reader, each asked for rows, values and problems in the same form."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from dashboard.batch.file import UnusableFile, read_batch
from dashboard.performance.label_file import UnreadableFile, read_labels
from storage.domain.inputs import FEATURE_NAMES
from storage.errors import InvalidDataset, InvalidInput
from storage.tables.block import gathered
from storage.tables.column import INPUT_COLUMNS
from storage.tables.table import open_table
from training.dataset import file as training_file

Found = dict[str, Any]
"""Either {"refused": sentence} or {"rows", "values", "problems", "read"}."""
Caller = Callable[[Path], Found]


def by_scoring(path: Path) -> Found:
    """As ``python -m backend.score`` reads, block by block."""
    try:
        found = gathered(open_table(path, INPUT_COLUMNS).blocks())
    except InvalidInput as error:
        return {"refused": str(error).replace(str(path), "The file")}
    return {
        "rows": found.rows.tolist(),
        "values": found.numbers.tolist(),
        "problems": [_cells(problem) for problem in found.problems],
        "read": found.read,
    }


def by_console(path: Path) -> Found:
    """As the Batch page reads an upload."""
    try:
        file = read_batch(path.name, path.read_bytes())
    except UnusableFile as error:
        return {"refused": str(error)}
    return {
        "rows": file.rows.tolist(),
        "values": file.inputs.tolist(),
        "problems": [_cells(problem) for problem in file.problems],
        "read": file.total,
    }


def by_training(path: Path) -> str | list[list[float]]:
    """As ``python -m training --csv`` reads: the inputs of a usable table, or the refusal."""
    try:
        inputs: list[list[float]] = training_file.load_file(path).inputs.tolist()
    except InvalidDataset as error:
        return str(error).replace(str(path), "The file")
    return inputs


def by_labels(content: bytes) -> Found:
    """As the Performance page reads an upload."""
    try:
        file = read_labels(content)
    except UnreadableFile as error:
        return {"refused": str(error)}
    return {
        "values": {item.prediction_id: item.actual for item in file.items},
        "problems": [_cells(problem) for problem in file.problems],
        "empty": file.empty,
    }


def _cells(problem: Any) -> tuple[int, str, str, str]:
    return problem.row, problem.column, problem.message, problem.value


NAMES = list(FEATURE_NAMES)
