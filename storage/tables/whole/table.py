"""A table with all of its columns, for those who do not know yet what they hold."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from storage.errors import InvalidInput
from storage.schema.arrays import IntegerArray
from storage.tables.problem import Problem
from storage.tables.understanding import Understanding


@dataclass(frozen=True)
class WholeTable:
    """All rows and columns of a table, in memory.

    Attributes
    ----------
    rows
        Numbers of the rows, shape (n,), as ``Block.rows`` has them.
    columns
        Arrow arrays by name, n values each, in the file's order. Of CSV, text without the blanks around it:
        an empty cell is empty text. Of Parquet, the values with their types.
    problems
        One for each row of CSV that has too many or too few cells; these are not among ``rows``.
    understood
        How it was read. Which mark separates decimals is not known here.
    has_row_names
        Whether a first column without a name, such as pandas' index, was left out.
    """

    rows: IntegerArray
    columns: dict[str, Any]
    problems: tuple[Problem, ...]
    understood: Understanding
    has_row_names: bool = False

    def __len__(self) -> int:
        return len(self.rows)


def refuse_repeated(names: Sequence[str], ignored: Collection[str], origin: str) -> None:
    """Refuse names that two columns have, unless nobody wants them.

    Raises
    ------
    InvalidInput
        If so.
    """
    repeated = {name for name in names if name and name not in ignored and names.count(name) > 1}
    if repeated:
        raise InvalidInput(
            f"{origin} has more than one column {', '.join(sorted(repeated))}: keep one of them."
        )


def numbered(first: int, count: int) -> IntegerArray:
    """Return the numbers of so many rows.

    Examples
    --------
    >>> numbered(1, 3).tolist()
    [1, 2, 3]
    """
    return np.arange(first, first + count, dtype=np.int64)
