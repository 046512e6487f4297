"""Reading a file whose columns are not known yet: what each is, and which rows can be used."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from storage.errors import InvalidDataset, InvalidInput
from storage.schema.arrays import BoolArray, IntegerArray
from storage.tables.blanks import BLANKS
from storage.tables.number import NumberMarks
from storage.tables.problem import counted
from storage.tables.understanding import Understanding
from storage.tables.whole.reading import read_whole
from storage.tables.whole.table import WholeTable
from training.describe.column import Column
from training.describe.options import Options
from training.describe.texts import Texts, marks_of
from training.describe.typed import is_text, typed_column

LEAST_ROWS = 50
"""Fewer cannot be split into rows to learn from and rows to judge by."""


@dataclass(frozen=True)
class Seen:
    """The usable rows of a file.

    Attributes
    ----------
    columns
        By name, in the file's order.
    rows
        Numbers of the usable rows, shape (n,).
    read
        Rows in the file.
    left_out
        One sentence for each reason for which rows were left out, with their number.
    understood
        How the file was read.
    """

    columns: dict[str, Column]
    rows: IntegerArray
    read: int
    left_out: tuple[str, ...]
    understood: Understanding
    has_row_names: bool = False

    def __len__(self) -> int:
        return len(self.rows)


def read_file(options: Options) -> Seen:
    """Read a file.

    Raises
    ------
    InvalidInput
        If it cannot be used; the message is one sentence with file, column and remedy.
    """
    table = read_whole(options.file, options.named(), frozenset(options.ignored))
    columns, marks = _columns(table, options)
    target = columns[options.target]
    if not len(table):
        _refuse_few(options, 0, table, [_shape(table)])
    _refuse_target(options, target, table)
    wrong = list(_wrong(options, columns, table))
    usable = np.ones(len(table), dtype=np.bool_)
    for rows, _ in wrong:
        usable &= ~rows
    left_out = [_shape(table), *(sentence for _, sentence in wrong)]
    _refuse_few(options, int(usable.sum()), table, left_out)
    return Seen(
        {name: column.only(usable) for name, column in columns.items()},
        table.rows[usable],
        len(table) + len(table.problems),
        tuple(sentence for sentence in left_out if sentence),
        _understood(table, marks),
        table.has_row_names,
    )


def _understood(table: WholeTable, marks: NumberMarks) -> Understanding:
    """Return how the table was read, with its marks if numbers were text."""
    understood = table.understood
    if not understood.encoding and not understood.sheet:
        return understood
    has_marks = understood.encoding or marks.decimal == "," or marks.grouped
    return replace(
        understood,
        decimal=marks.decimal if has_marks else "",
        grouped=tuple(sorted(marks.grouped)),
    )


def _columns(table: WholeTable, options: Options) -> tuple[dict[str, Column], NumberMarks]:
    texts = {
        name: Texts(name, pc.utf8_trim(cells.cast(pa.string()).fill_null(""), characters=BLANKS))
        for name, cells in table.columns.items()
        if is_text(cells.type)
    }
    origin = str(options.file)
    separator = "," if table.understood.sheet else table.understood.separator
    marks = marks_of(list(texts.values()), separator, origin, options.decimal)
    target = texts.get(options.target)
    if target is not None and not target.are_numbers and (cell := target.looks_signed()):
        raise InvalidInput(
            f"{origin} has {cell!r} in column {options.target}: write plain numbers, and the unit as --unit."
        )
    columns = {
        name: texts[name].column(marks) if name in texts else typed_column(name, cells)
        for name, cells in table.columns.items()
    }
    return columns, marks


def _refuse_target(options: Options, target: Column, table: WholeTable) -> None:
    where = f"{options.file}, column {options.target}"
    if not len(target.present):
        raise InvalidDataset(
            f"{where}, is empty in all {len(table):,} rows: there is nothing to learn."
        )
    if target.kind == "words":
        raise InvalidDataset(
            f"{where}, holds words such as {target.words[0][:40]!r}: only numbers can be predicted."
        )
    if not target.is_number:
        raise InvalidDataset(f"{where}, holds no numbers: only numbers can be predicted.")


def _wrong(
    options: Options, columns: dict[str, Column], table: WholeTable
) -> Iterator[tuple[BoolArray, str]]:
    """Yield, for each reason, the rows that cannot be used and a sentence."""
    needed = {options.target: "nothing to learn", options.time: "no time to split by"}
    for name, column in columns.items():
        if column.wrong is not None and column.wrong.any():
            first = int(table.rows[np.argmax(column.wrong)])
            cells = ", ".join(repr(text[:40]) for text in column.texts) or "an infinity"
            count = counted(int(column.wrong.sum()), "row")
            yield (
                column.wrong,
                f"{count} with no number in column {name} ({cells}; first: row {first})",
            )
        if name in needed:
            empty = np.isnan(column.values)
            if column.wrong is not None:
                empty &= ~column.wrong
            if empty.any():
                first = int(table.rows[np.argmax(empty)])
                count = counted(int(empty.sum()), "row")
                yield empty, f"{count} without {name}, {needed[name]} (first: row {first})"


def _shape(table: WholeTable) -> str:
    if not table.problems:
        return ""
    first = table.problems[0]
    message = first.message[:1].lower() + first.message[1:]
    return (
        f"{counted(len(table.problems), 'row')} that cannot be split (row {first.row}: {message})"
    )


def _refuse_few(options: Options, usable: int, table: WholeTable, left_out: list[str]) -> None:
    if usable < LEAST_ROWS:
        why = "; ".join(sentence for sentence in left_out if sentence)
        raise InvalidDataset(
            f"{options.file} has {counted(usable, 'usable row')}; at least {LEAST_ROWS} are needed"
            + (f". Left out: {why}." if why else ".")
        )
