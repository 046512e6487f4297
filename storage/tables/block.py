"""Consecutive rows of a table: the usable ones as arrays, the others as problems."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol, Self

import numpy as np
import pyarrow as pa

from storage.schema.arrays import BoolArray, FloatArray, IntegerArray
from storage.tables.column import CategoryColumn, NumberColumn, ValueColumn, listed
from storage.tables.number import EMPTY, is_unknown
from storage.tables.problem import LONGEST_VALUE, Problem

TOO_LITTLE, TOO_MUCH = "Less than the minimum", "More than the maximum"


@dataclass(frozen=True)
class Block:
    """Consecutive rows.

    Attributes
    ----------
    rows
        Numbers of the usable rows, shape (n,). In CSV the number of the line in which a row begins, as an
        editor or a spreadsheet shows it: the header is row 1. In Parquet rows count from 1.
    numbers
        Shape (n, k): the requested number columns, in that order.
    texts
        The requested text columns, by name, n each.
    problems
        The problems of the other rows, by row and column; each such row has at least one.
    read
        Rows in this block, usable or not: ``len(rows)`` and the different rows of ``problems``.
    share
        Share of the file read so far, from 0 to 1.
    kept
        An Arrow record batch with the further columns of the usable rows, n each, as they came; None if there
        are none, or they were not asked for. Two of its columns may have the same name.
    """

    rows: IntegerArray
    numbers: FloatArray
    texts: dict[str, list[str]]
    problems: tuple[Problem, ...]
    read: int
    share: float
    kept: Any | None = None

    def only(self, chosen: BoolArray, problems: Sequence[Problem]) -> Self:
        """Return the block with some of its usable rows only, shape (n,), and further problems."""
        places = np.flatnonzero(chosen).tolist()
        return replace(
            self,
            rows=self.rows[chosen],
            numbers=self.numbers[chosen],
            texts={name: [texts[place] for place in places] for name, texts in self.texts.items()},
            problems=in_order([*self.problems, *problems]),
            kept=None if self.kept is None else self.kept.filter(pa.array(chosen)),
        )


class Cells(Protocol):
    """The cells of a block as written in the file."""

    def written(self, index: int, column: int) -> str:
        """Return a cell of a column of values."""

    def why_unreadable(self, index: int, column: int) -> str:
        """Say why it is not a number."""

    def is_empty(self, index: int, column: int) -> bool:
        """Return whether it is empty."""


def judged(
    rows: IntegerArray,
    numbers: FloatArray,
    columns: Sequence[ValueColumn],
    cells: Cells,
) -> tuple[BoolArray, list[Problem]]:
    """Find the cells that are not numbers or out of range: whole columns at a time, one problem per cell.

    Parameters
    ----------
    rows
        Shape (n,).
    numbers
        Shape (n, k), one column each; NaN means not a number, infinity too large.

    Returns
    -------
    tuple[BoolArray, list[Problem]]
        Which rows are usable, shape (n,), and the problems of the others.
    """
    usable = np.ones(len(rows), dtype=np.bool_)
    problems = []
    for position, column in enumerate(columns):
        values = numbers[:, position]
        for index in np.flatnonzero(_is_suspect(values, column)).tolist():
            if _may_be_left_out(column, cells, index, position):
                continue
            message = _message(float(values[index]), column, cells, index, position)
            value = cells.written(index, position)[:LONGEST_VALUE]
            problems.append(Problem(int(rows[index]), column.name, message, value))
            usable[index] = False
    return usable, problems


def in_order(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Return the problems by row; those of one row keep their order."""
    return tuple(sorted(problems, key=lambda problem: problem.row))


def _may_be_left_out(column: ValueColumn, cells: Cells, index: int, position: int) -> bool:
    if column.may_be_missing:
        return cells.is_empty(index, position) or is_unknown(cells.written(index, position))
    may_be_empty = isinstance(column, NumberColumn) and column.may_be_empty
    return may_be_empty and cells.is_empty(index, position)


def _is_suspect(values: FloatArray, column: ValueColumn) -> BoolArray:
    if isinstance(column, CategoryColumn):
        return np.isnan(values)
    # Comparisons with NaN are false, so NaN is examined too.
    is_suspect = ~((values >= column.minimum) & (values <= column.maximum))
    return is_suspect | (values != np.floor(values)) if column.is_whole else is_suspect


def _message(value: float, column: ValueColumn, cells: Cells, index: int, position: int) -> str:
    if isinstance(column, CategoryColumn):
        empty = cells.is_empty(index, position)
        return EMPTY if empty else f"None of the known values: {listed(column.words)}"
    if not np.isfinite(value):
        return cells.why_unreadable(index, position)
    if column.minimum <= value <= column.maximum:
        return "Not a whole number"
    if value < column.minimum:
        return f"{TOO_LITTLE}, {column.minimum:g}{_unit(column)}"
    return f"{TOO_MUCH}, {column.maximum:g}{_unit(column)}"


def is_out_of_range(problem: Problem) -> bool:
    """Return whether a problem is a number that the column does not take."""
    return problem.message.startswith((TOO_LITTLE, TOO_MUCH))


def _unit(column: NumberColumn) -> str:
    return f" (unit: {column.unit})" if column.unit else ""


def gathered(blocks: Iterator[Block]) -> Block:
    """Return all blocks of a table as one, for a table that fits into memory."""
    parts = list(blocks)
    return Block(
        rows=np.concatenate([part.rows for part in parts]),
        numbers=np.concatenate([part.numbers for part in parts]),
        texts={
            name: [text for part in parts for text in part.texts[name]] for name in parts[0].texts
        },
        problems=tuple(problem for part in parts for problem in part.problems),
        read=sum(part.read for part in parts),
        share=1.0,
        kept=None if parts[0].kept is None else _joined([part.kept for part in parts]),
    )


def _joined(batches: Sequence[Any]) -> Any:
    return pa.Table.from_batches(batches).combine_chunks()
