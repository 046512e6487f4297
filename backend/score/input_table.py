"""A file of inputs, read a chunk of rows at a time."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from backend.score.cell_problem import CellProblem
from storage.domain.inputs import FEATURE_NAMES
from storage.errors import InvalidInput
from storage.schema.arrays import BoolArray, FloatArray, IntegerArray

MOST_NAMES = 8
"""Columns named in one sentence."""


@dataclass(frozen=True)
class InputChunk:
    """Consecutive rows of a file.

    Attributes
    ----------
    rows
        Row numbers from 1, shape (n,); a row that could not be split into cells is not among them.
    inputs
        Shape (n, 8), columns in schema order; NaN where a cell is not readable.
    readable
        Shape (n, 8).
    problems
        What could not be read.
    end
        Number of the last row so far, readable or not.
    share
        Of the file, read so far, from 0 to 1.
    """

    rows: IntegerArray
    inputs: FloatArray
    readable: BoolArray
    problems: Sequence[CellProblem]
    end: int
    share: float


class InputTable(ABC):
    """A file with the eight inputs as columns, in any order.

    Raises
    ------
    InvalidInput
        When it is opened or read, if it is not such a file; the message is one sentence.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @abstractmethod
    def chunks(self) -> Iterator[InputChunk]:
        """Yield all rows in order, a few thousand at a time, however many there are.

        Raises
        ------
        InvalidInput
            If the file breaks off, or has no row.
        """

    def _check_columns(self, names: Sequence[str]) -> None:
        if missing := [name for name in FEATURE_NAMES if name not in names]:
            raise InvalidInput(f"{self.path} has no column {', '.join(missing)}.")
        if repeated := [name for name in FEATURE_NAMES if list(names).count(name) > 1]:
            raise InvalidInput(f"{self.path} has more than one column {', '.join(repeated)}.")
        if further := [name for name in names if name not in FEATURE_NAMES]:
            shown = ", ".join(name[:40] or "(no name)" for name in further[:MOST_NAMES])
            raise InvalidInput(f"{self.path} has columns that are no input of the model: {shown}.")

    def _unreadable(self, error: Exception) -> InvalidInput:
        reason = str(error).splitlines()[0].rstrip(".")[:200]
        return InvalidInput(f"{self.path} cannot be read: {reason}.")
