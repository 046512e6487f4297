"""A file of actual values: read row by row, with every problem by its row and column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from backend.contract.definition import ACCEPTED_TARGETS, TARGET_UNIT
from backend.contract.feedback import FeedbackItem
from backend.contract.predictions import LONGEST_REFERENCE, REFERENCE
from storage.tables.block import Block, gathered, in_order
from storage.tables.column import NumberColumn, TextColumn
from storage.tables.problem import LONGEST_VALUE, Problem
from storage.tables.source import Source
from storage.tables.table import InvalidInput, MissingColumn, Table, Understanding, open_table

ID, ACTUAL = "prediction_id", "actual"
LONGEST_ID = 64
LONGEST_NAMES = {ID: LONGEST_ID, REFERENCE: LONGEST_REFERENCE}
"""Characters of what names a prediction: its id or, in a file without such a column, the caller's own id."""
VALUES = NumberColumn(ACTUAL, *ACCEPTED_TARGETS, TARGET_UNIT, may_be_empty=True)
CONTRADICTED = "Another row has another value for this prediction"


@dataclass(frozen=True)
class LabelFile:
    """What a file holds: values to attach, rows left empty, rows that cannot be used."""

    items: list[FeedbackItem]
    empty: int
    problems: tuple[Problem, ...]
    understood: Understanding


class UnreadableFile(Exception):
    """The file as a whole cannot be used; the message is a sentence for a person."""


class UnknownColumns(UnreadableFile):
    """No column is called as it should be: a person may say which of those that were found are meant."""

    def __init__(self, message: str, found: Sequence[str]) -> None:
        super().__init__(message)
        self.found = tuple(dict.fromkeys(found))


def read_labels(content: bytes | Source, named: Mapping[str, str] | None = None) -> LabelFile:
    r"""Read a CSV, Excel or Parquet file with the columns prediction_id and actual (the target's unit).

    In place of prediction_id there may be the column reference, the caller's own ids. A row whose
    actual value is empty is not known yet and left out; further columns are ignored.

    Parameters
    ----------
    named
        The file's columns of the actual values and of the ids, which are called ``prediction_id`` or
        ``reference``; None: they have these names.

    Raises
    ------
    UnknownColumns
        If one of the two columns is missing.
    UnreadableFile
        If it is no table, or there is no row.

    Examples
    --------
    >>> found = read_labels(b"prediction_id,actual\na1,4.2\na2,\na3,many\n")
    >>> [item.actual for item in found.items], found.empty
    ([4.2], 1)
    >>> found.problems
    (Problem(row=4, column='actual', message='Not a number', value='many'),)
    """
    try:
        name, column, table = _opened(content) if named is None else _chosen(content, named)
        found = gathered(table.blocks())
    except MissingColumn as error:
        raise UnknownColumns(str(error), error.found) from error
    except InvalidInput as error:
        raise UnreadableFile(str(error)) from error
    items, problems = _checked(found, name, column)
    return LabelFile(
        items,
        int(np.isnan(found.numbers).sum()),
        in_order([*found.problems, *problems]),
        table.understood,
    )


def _chosen(content: bytes | Source, named: Mapping[str, str]) -> tuple[str, str, Table]:
    """Return what names the predictions, its column, and the table."""
    name = REFERENCE if REFERENCE in named else ID
    if named[name] == named[ACTUAL]:
        raise InvalidInput(f"The column {named[name]} cannot have both the ids and the values.")
    ids = TextColumn(named[name], may_be_whole=name == REFERENCE)
    table = open_table(content, (ids, replace(VALUES, name=named[ACTUAL])))
    return name, named[name], table


def _opened(content: bytes | Source) -> tuple[str, str, Table]:
    """Return the same for a file whose columns are called as they should be."""
    by_id = (TextColumn(ID), VALUES)
    try:
        return ID, ID, open_table(content, by_id)
    except MissingColumn as without_ids:
        try:
            by_reference = (TextColumn(REFERENCE, may_be_whole=True), VALUES)
            return REFERENCE, REFERENCE, open_table(content, by_reference)
        except MissingColumn as error:
            # Of a file that has neither, the first says what is missing.
            raise (without_ids if REFERENCE in error.missing else error) from None


def _checked(found: Block, name: str, column: str) -> tuple[list[FeedbackItem], list[Problem]]:
    items, problems = [], []
    longest = LONGEST_NAMES[name]
    ids, values = found.texts[column], found.numbers[:, 0].tolist()
    contradicted = _contradicted(ids, values)
    for row, named, actual in zip(found.rows.tolist(), ids, values, strict=True):
        if np.isnan(actual):
            continue
        if named in contradicted:
            problems.append(Problem(row, ACTUAL, CONTRADICTED, f"{actual:g}"))
        elif 1 <= len(named) <= longest:
            items.append(FeedbackItem.model_validate({name: named, ACTUAL: actual}))
        else:
            message = f"An id has 1 to {longest} characters"
            problems.append(Problem(row, column, message, named[:LONGEST_VALUE]))
    return items, problems


def _contradicted(ids: Sequence[str], values: Sequence[float]) -> set[str]:
    """Return the ids with different values: none of them is known to be the right one."""
    kept: dict[str, float] = {}
    return {
        prediction_id
        for prediction_id, value in zip(ids, values, strict=True)
        if not np.isnan(value) and kept.setdefault(prediction_id, value) != value
    }
