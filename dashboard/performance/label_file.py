"""A file of actual values: read row by row, with every problem by its row and column."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backend.contract.definition import ACCEPTED_TARGETS, TARGET_UNIT
from backend.contract.feedback import FeedbackItem
from backend.contract.predictions import LONGEST_REFERENCE, REFERENCE
from storage.tables.block import Block, gathered, in_order
from storage.tables.column import NumberColumn, TextColumn
from storage.tables.problem import LONGEST_VALUE, Problem
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


def read_labels(content: bytes) -> LabelFile:
    r"""Read a CSV, Excel or Parquet file with the columns prediction_id and actual (the target's unit).

    In place of prediction_id there may be the column reference, the caller's own ids. A row whose
    actual value is empty is not known yet and left out; further columns are ignored.

    Raises
    ------
    UnreadableFile
        If it is no table, one of the two columns is missing, or there is no row.

    Examples
    --------
    >>> found = read_labels(b"prediction_id,actual\na1,4.2\na2,\na3,many\n")
    >>> [item.actual for item in found.items], found.empty
    ([4.2], 1)
    >>> found.problems
    (Problem(row=4, column='actual', message='Not a number', value='many'),)
    """
    try:
        name, table = _opened(content)
        found = gathered(table.blocks())
    except InvalidInput as error:
        raise UnreadableFile(str(error)) from error
    items, problems = _checked(found, name)
    return LabelFile(
        items,
        int(np.isnan(found.numbers).sum()),
        in_order([*found.problems, *problems]),
        table.understood,
    )


def _opened(content: bytes) -> tuple[str, Table]:
    """Return the column that names the predictions, and the table."""
    by_id = (TextColumn(ID), VALUES)
    try:
        return ID, open_table(content, by_id)
    except MissingColumn as without_ids:
        try:
            by_reference = (TextColumn(REFERENCE, may_be_whole=True), VALUES)
            return REFERENCE, open_table(content, by_reference)
        except MissingColumn as error:
            # Of a file that has neither, the first says what is missing.
            raise (without_ids if REFERENCE in error.missing else error) from None


def _checked(found: Block, name: str) -> tuple[list[FeedbackItem], list[Problem]]:
    items, problems = [], []
    longest = LONGEST_NAMES[name]
    ids, values = found.texts[name], found.numbers[:, 0].tolist()
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
            problems.append(Problem(row, name, message, named[:LONGEST_VALUE]))
    return items, problems


def _contradicted(ids: Sequence[str], values: Sequence[float]) -> set[str]:
    """Return the ids with different values: none of them is known to be the right one."""
    kept: dict[str, float] = {}
    return {
        prediction_id
        for prediction_id, value in zip(ids, values, strict=True)
        if not np.isnan(value) and kept.setdefault(prediction_id, value) != value
    }
