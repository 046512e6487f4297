"""One column of a table whose meaning is not known yet."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from storage.schema.arrays import BoolArray, FloatArray

Kind = Literal["number", "integer", "words", "time", "other"]
MOST_EXACT = 2.0**53
"""From here on, float64 skips whole numbers."""


@dataclass(frozen=True)
class Column:
    """A column.

    Attributes
    ----------
    name
        As the file has it.
    kind
        What its cells are; "other": what is no input, such as lists.
    values
        Shape (n,): numbers, positions of words, or seconds since 1970. NaN where the cell is empty.
    raw
        The values as they are written into the rows file, an Arrow array of n.
    words
        Of words, in their order.
    marks
        Texts that were taken for a missing value.
    wrong
        Shape (n,): cells that are no number in a column of numbers.
    texts
        The first such cells, as written.
    """

    name: str
    kind: Kind
    values: FloatArray
    raw: Any
    words: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    wrong: BoolArray | None = None
    texts: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.values)

    def only(self, rows: BoolArray) -> "Column":
        """Return the same column of some rows; words that are in none of them are gone."""
        values, words = self.values[rows], self.words
        if self.kind == "words":
            values, words = _used(values, words)
        raw = self.raw.filter(pa.array(rows))
        wrong = None if self.wrong is None else self.wrong[rows]
        return replace(self, values=values, raw=raw, words=words, wrong=wrong)

    @cached_property
    def present(self) -> FloatArray:
        """The values that are there."""
        return self.values[~np.isnan(self.values)]

    @cached_property
    def distinct(self) -> FloatArray:
        """The different values, ascending."""
        return np.unique(self.present)

    @property
    def missing(self) -> int:
        """Number of empty cells."""
        return len(self.values) - len(self.present)

    @property
    def is_number(self) -> bool:
        """Whether its cells are numbers, whole or not."""
        return self.kind in ("number", "integer")

    @property
    def is_whole(self) -> bool:
        """Whether it is of numbers without a fraction, which need not be whole in other rows."""
        return self.is_number and bool((self.distinct == np.floor(self.distinct)).all())

    @property
    def can_be_ordered(self) -> bool:
        """Whether every cell is a number or a time."""
        return self.kind in ("number", "integer", "time") and not self.missing

    def as_words(self) -> "Column":
        """Return the column as a category: each number is a word."""
        if self.kind == "words":
            return self
        distinct = self.distinct.tolist()
        words = tuple(str(int(value)) if value == int(value) else repr(value) for value in distinct)
        values = np.full(len(self.values), np.nan)
        is_present = ~np.isnan(self.values)
        values[is_present] = np.searchsorted(self.distinct, self.values[is_present])
        return of_words(self.name, values, words, self.marks)


def of_numbers(name: str, values: FloatArray, *, is_integer: bool | None = None) -> Column:
    """Return a column of numbers; an infinity is no number.

    ``is_integer``: None if the values tell. False for those written with a fraction, such as 90.0: another
    row may have 90.5. With missing values that means nothing, for pandas writes whole numbers so then.
    """
    wrong = np.isinf(values)
    values = np.where(wrong, np.nan, values)
    present = values[~np.isnan(values)]
    if is_integer is None or len(present) < len(values):
        is_integer = bool((present == np.floor(present)).all())
    is_integer = is_integer and bool((np.abs(present) < MOST_EXACT).all())
    raw = pa.array(values, pa.float64(), from_pandas=True)
    if is_integer:
        raw = raw.cast(pa.int64())
    kind: Kind = "integer" if is_integer else "number"
    return Column(name, kind, values, raw, wrong=wrong)


def of_words(
    name: str, values: FloatArray, words: Sequence[str], marks: Sequence[str] = ()
) -> Column:
    """Return a column of words from their positions."""
    values, used = _used(values, tuple(words))
    positions = pa.array(values, pa.float64(), from_pandas=True).cast(pa.int64())
    raw = pa.array(used, pa.string()).take(positions)
    return Column(name, "words", values, raw, used, tuple(marks))


def _used(values: FloatArray, words: tuple[str, ...]) -> tuple[FloatArray, tuple[str, ...]]:
    """Return positions among the words that occur, and these."""
    is_present = ~np.isnan(values)
    used = np.unique(values[is_present])
    found = np.full(len(values), np.nan)
    found[is_present] = np.searchsorted(used, values[is_present])
    return found, tuple(words[int(position)] for position in used)
