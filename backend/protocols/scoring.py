"""Rows from the four forms of MLflow's scoring protocol, and from a table that is sent as CSV or Parquet."""

from collections.abc import Mapping
from typing import Any

from backend.contract.base import ValidationProblem
from backend.contract.predictions import LARGEST_BATCH
from backend.contract.protocols.scoring import FORMS, InvocationsRequest, SplitFrame
from storage.domain.inputs import FEATURE_NAMES, values_of
from storage.errors import InvalidInput
from storage.schema.caller import REFERENCE
from storage.tables.block import Block
from storage.tables.problem import Problem
from storage.tables.referred import InputTable
from storage.tables.source import Source

MOST_PROBLEMS = 100

Row = dict[str, Any]


def rows_of(asked: InvocationsRequest) -> list[Row]:
    """Return the rows of a JSON body, not validated.

    Raises
    ------
    InvalidInput
        If it has none of the forms, more than one, or columns that do not fit together.
    """
    given = [form for form in FORMS if getattr(asked, form) is not None]
    if len(given) != 1:
        raise InvalidInput(
            f"Send the rows in exactly one of these forms: {', '.join(FORMS)}; {len(given)} are given."
        )
    if asked.dataframe_split is not None:
        return _rows_of_split(asked.dataframe_split)
    value = getattr(asked, given[0])
    if isinstance(value, list):
        return value
    return _rows_of_columns(value) if given[0] == "inputs" else [value]


def rows_of_table(content: bytes) -> tuple[list[Row], list[ValidationProblem]]:
    """Return the usable rows of a CSV or Parquet file, and the problems of others.

    Columns that are no input are left out.

    Raises
    ------
    InvalidInput
        If it cannot be read, lacks an input, or has more rows than one request may.
    """
    table = InputTable(Source.of(content))
    rows: list[Row] = []
    problems: list[Problem] = []
    read = 0
    for block in table.blocks():
        rows += _rows_of_block(table, block)
        problems += block.problems
        read += block.read
        if read > LARGEST_BATCH:
            raise InvalidInput(
                f"A request has at most {LARGEST_BATCH:,} rows; send the table in parts."
            )
    return rows, [_named(problem) for problem in problems[:MOST_PROBLEMS]]


def _rows_of_split(frame: SplitFrame) -> list[Row]:
    columns, width = frame.columns, len(frame.columns)
    if len({*columns}) != width:
        twice = next(name for name in columns if columns.count(name) > 1)
        raise InvalidInput(f"The column {twice} is given twice.")
    uneven = next((number for number, row in enumerate(frame.data) if len(row) != width), None)
    if uneven is not None:
        raise InvalidInput(
            f"dataframe_split.data[{uneven}] has {len(frame.data[uneven])} values for {width} columns."
        )
    return [dict(zip(columns, row, strict=True)) for row in frame.data]


def _rows_of_columns(columns: Mapping[str, Any]) -> list[Row]:
    lists = {
        name: values if isinstance(values, list) else [values] for name, values in columns.items()
    }
    if len({len(values) for values in lists.values()}) > 1:
        raise InvalidInput("The inputs have different numbers of values; give each the same.")
    return [dict(zip(lists, row, strict=True)) for row in zip(*lists.values(), strict=True)]


def _rows_of_block(table: InputTable, block: Block) -> list[Row]:
    rows = [dict(zip(FEATURE_NAMES, values_of(row), strict=True)) for row in block.numbers.tolist()]
    references = table.references(block)
    if references is None:
        return rows
    return [row | {REFERENCE: own} for row, own in zip(rows, references, strict=True)]


def _named(problem: Problem) -> ValidationProblem:
    return ValidationProblem(
        field=f"row {problem.row}.{problem.column}", message=problem.message, input=problem.value
    )
