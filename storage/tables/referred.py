"""A table of inputs whose rows may have the caller's own id, in a column of its own."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from storage.domain.table import TABLE
from storage.schema.caller import REFERENCE, wrong_reference
from storage.tables.block import Block, in_order
from storage.tables.column import INPUT_COLUMNS, TextColumn
from storage.tables.problem import LONGEST_VALUE, Problem
from storage.tables.table import Table, open_table
from storage.tables.understanding import Understanding

NAMES = tuple(name for name in (TABLE.data.identifier, REFERENCE) if name is not None)
"""Columns that are taken for the caller's own id, the first that a file has."""


class InputTable:
    """The rows of a table of inputs, each with the caller's own id if the table has a column of them.

    Parameters
    ----------
    content
        A path, or the bytes of an upload.

    Raises
    ------
    InvalidInput
        As ``open_table``.
    """

    def __init__(self, content: Path | bytes) -> None:
        self._table: Table = open_table(content, INPUT_COLUMNS)
        others = self._table.understood.ignored
        self.column = next((name for name in NAMES if name in others), None)
        """The column of the ids; None: the table has none."""
        if self.column is not None:
            self._table = open_table(
                content, (*INPUT_COLUMNS, TextColumn(self.column, may_be_whole=True))
            )

    @property
    def understood(self) -> Understanding:
        """How it was read."""
        return self._table.understood

    def blocks(self) -> Iterator[Block]:
        """Yield all rows in order; a row whose id no prediction could have is a problem.

        Raises
        ------
        InvalidInput
            If a later part of the table cannot be read, or it has no row.
        """
        for block in self._table.blocks():
            yield block if self.column is None else _checked(block, self.column)

    def references(self, block: Block) -> list[str | None] | None:
        """Return the ids of a block's usable rows, None where the cell is empty; None without a column."""
        if self.column is None:
            return None
        return [text or None for text in block.texts[self.column]]


def _checked(block: Block, column: str) -> Block:
    wrong = {
        place: problem
        for place, text in enumerate(block.texts[column])
        if text and (problem := wrong_reference(text)) is not None
    }
    if not wrong:
        return block
    usable = np.ones(len(block.rows), dtype=np.bool_)
    usable[list(wrong)] = False
    problems = [
        Problem(
            int(block.rows[place]),
            column,
            f"Your own id of a row {problem}",
            block.texts[column][place][:LONGEST_VALUE],
        )
        for place, problem in wrong.items()
    ]
    kept = np.flatnonzero(usable).tolist()
    return Block(
        rows=block.rows[usable],
        numbers=block.numbers[usable],
        texts={name: [texts[place] for place in kept] for name, texts in block.texts.items()},
        problems=in_order([*block.problems, *problems]),
        read=block.read,
        share=block.share,
    )
