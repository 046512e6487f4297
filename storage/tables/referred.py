"""A table of inputs whose rows may have the caller's own id, and other columns that come along."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from storage.domain.inputs import FEATURE_NAMES
from storage.domain.table import TABLE
from storage.errors import InvalidInput
from storage.schema.caller import REFERENCE, wrong_reference
from storage.tables.block import Block
from storage.tables.column import INPUT_COLUMNS, TextColumn, ValueColumn, listed
from storage.tables.problem import LONGEST_VALUE, Problem
from storage.tables.source import Source
from storage.tables.table import Table, open_table
from storage.tables.understanding import Understanding

NAMES = tuple(name for name in (TABLE.data.identifier, REFERENCE) if name is not None)
"""Columns that are taken for the caller's own id, the first that a file has."""
NO_IDS = ""
"""Chosen as the column of the ids: none is."""


class InputTable:
    """The rows of a table of inputs, each with the caller's own id if the table has a column of them.

    Parameters
    ----------
    content
        A path, the bytes of an upload, or a source, which may be a chosen sheet.
    named
        Columns of the file by the input that a person says they are; ``reference`` is the caller's own id,
        and empty says that no column has it. What is not named here has its own name.
    keeps
        Whether further columns are carried along as they are.

    Raises
    ------
    InvalidInput
        As ``open_table``, or if there is no such input, or one column is named twice.
    """

    def __init__(
        self,
        content: Path | bytes | Source,
        named: Mapping[str, str] | None = None,
        *,
        keeps: bool = False,
    ) -> None:
        source = content if isinstance(content, Source) else Source.of(content)
        named = named or {}
        self._named = {name: column for name, column in named.items() if column != name}
        columns = _columns(named)
        self._table: Table = open_table(source, columns, keeps=keeps)
        self.column = self._id_column(named.get(REFERENCE))
        """The column of the ids; None: the table has none."""
        if self.column is not None:
            ids = TextColumn(self.column, may_be_whole=True)
            self._table = open_table(source, (*columns, ids), keeps=keeps)

    def _id_column(self, chosen: str | None) -> str | None:
        if chosen is not None:
            return chosen if chosen != NO_IDS else None
        others = {*self._table.understood.ignored, *self._table.understood.kept}
        return next((name for name in NAMES if name in others), None)

    @property
    def taken(self) -> dict[str, str]:
        """The file's column of each input and, if it has one, of the caller's own id (``reference``)."""
        inputs = {name: self._named.get(name, name) for name in FEATURE_NAMES}
        return inputs if self.column is None else inputs | {REFERENCE: self.column}

    @property
    def understood(self) -> Understanding:
        """How it was read."""
        renamed = tuple((name, column) for name, column in self._named.items() if column != NO_IDS)
        return replace(self._table.understood, renamed=renamed)

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


def _columns(named: Mapping[str, str]) -> tuple[ValueColumn, ...]:
    """Return the inputs under the names that they have in the file."""
    if unknown := [name for name in named if name not in (*FEATURE_NAMES, REFERENCE)]:
        raise InvalidInput(
            f"There is no input {listed(unknown)}. The inputs are {', '.join(FEATURE_NAMES)}; your own id is "
            f"called {REFERENCE}."
        )
    columns = tuple(
        replace(column, name=named.get(column.name, column.name)) for column in INPUT_COLUMNS
    )
    _refuse_twice([*(column.name for column in columns), named.get(REFERENCE, NO_IDS)])
    return columns


def _refuse_twice(taken: Sequence[str]) -> None:
    twice = next((name for name in taken if name != NO_IDS and taken.count(name) > 1), None)
    if twice is not None:
        names = (*FEATURE_NAMES, REFERENCE)
        both = [name for name, column in zip(names, taken, strict=True) if column == twice]
        raise InvalidInput(
            f"The column {twice} is taken for {' and for '.join(both)}: it can be one of them."
        )


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
    return block.only(usable, problems)
