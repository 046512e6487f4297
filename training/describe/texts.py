"""What the cells of a text file are: numbers, times or words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from storage.errors import InvalidInput
from storage.schema.arrays import FloatArray
from storage.tables.column import NumberColumn
from storage.tables.number import SPACE_GROUPS, NumberMarks, grouped, plain, read_numbers
from storage.tables.survey import find_marks
from storage.tables.times import read_times
from training.describe.column import Column, of_numbers, of_words

NO_VALUE = frozenset({"", "na", "n/a", "#n/a", "<na>", "nan", "null", "?"})
"""What programs write for a missing value, in lower case."""
NO_NUMBER = NO_VALUE | {"-", "--", ".", "n.a.", "none", "nil", "missing", "unknown", "inf", "-inf"}
"""What can only be meant so among numbers; among words, "none" may be one of them."""
LEAST_NUMBERS = 0.95
"""Share of cells that are numbers, from which on the others are mistakes."""
GROUPED = {mark: rf"^{grouped(mark, other)}$" for mark, other in ((".", ","), (",", "."))}
NUMBERISH = "|".join(
    f"^({pattern})$"
    for pattern in (
        *(plain(mark) for mark in ".,"),
        *(grouped(mark, other) for mark, other in ((".", ","), (",", "."))),
        # Arrow's expressions have the character itself where Python's may have its number.
        re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), SPACE_GROUPS.pattern),
    )
)
SIGNED = (
    r"^([$€£¥]\s?[+-]?[0-9][0-9.,']*"
    r"|[+-]?[0-9][0-9.,']*(\s?[$€£¥%°]|\s[A-Za-z/]{1,6}|(kg|km|cm|mm|kw|hp|eur|usd)))$"
)
"""A number with a sign of its unit: $1,234 or 12 kg."""


class Texts:
    """A column of texts: its different ones, and how often each occurs."""

    def __init__(self, name: str, cells: Any) -> None:
        encoded = cells.combine_chunks().dictionary_encode()
        if isinstance(encoded, pa.ChunkedArray):
            encoded = encoded.combine_chunks()
        self.name = name
        self.different = encoded.dictionary
        self._places = np.asarray(encoded.indices)
        self._counts = np.bincount(self._places, minlength=len(self.different))
        folded = [str(text).casefold() for text in self.different.to_pylist()]
        self._is_no_value = np.array([text in NO_VALUE for text in folded], dtype=np.bool_)
        self._is_no_number = np.array([text in NO_NUMBER for text in folded], dtype=np.bool_)
        numberish = pc.match_substring_regex(self.different, NUMBERISH)
        self._is_numberish = np.asarray(numberish, dtype=np.bool_)

    @property
    def are_numbers(self) -> bool:
        """Whether nearly all cells with a value look like numbers."""
        told = self._counts[~self._is_no_number].sum()
        numbers = self._counts[self._is_numberish & ~self._is_no_number].sum()
        return bool(told) and bool(numbers >= LEAST_NUMBERS * told)

    @property
    def numbers(self) -> Any:
        """The different cells that look like numbers, an Arrow array."""
        return self.different.filter(pa.array(self._is_numberish))

    def looks_signed(self) -> str | None:
        """Return a cell such as "$1,234" if all look so; None if not."""
        told = self.different.filter(pa.array(~self._is_no_value))
        if not len(told) or not pc.all(pc.match_substring_regex(told, SIGNED)).as_py():
            return None
        return str(told[0])

    def column(self, marks: NumberMarks) -> Column:
        """Return the column, with numbers written with these marks."""
        if self.are_numbers:
            return self._of_numbers(marks)
        told = self.different.filter(pa.array(~self._is_no_value))
        if len(told) and (times := read_times(told)) is not None:
            return self._of_times(times)
        return self._of_words()

    def _of_numbers(self, marks: NumberMarks) -> Column:
        values = read_numbers(self.different, self.name, marks)
        is_wrong = ~np.isfinite(values) & ~self._is_no_number
        values = np.where(np.isfinite(values), values, np.nan)
        marked = self.numbers.filter(pc.match_substring(self.numbers, marks.decimal))
        column = of_numbers(
            self.name, values[self._places], is_integer=False if len(marked) else None
        )
        wrong = is_wrong[self._places]
        texts = [self.different[int(place)].as_py() for place in self._places[wrong][:3]]
        return replace(
            column, wrong=wrong, texts=tuple(texts), marks=self._marks(self._is_no_number)
        )

    def _of_times(self, times: Any) -> Column:
        spread = pa.nulls(len(self.different), times.type)
        spread = pc.replace_with_mask(spread, pa.array(~self._is_no_value), times)
        raw = spread.take(pa.array(self._places))
        seconds = pc.cast(raw, pa.int64()).to_numpy(zero_copy_only=False).astype(np.float64) / 1e6
        return Column(self.name, "time", seconds, raw, marks=self._marks(self._is_no_value))

    def _of_words(self) -> Column:
        words = [str(text) for text in self.different.to_pylist()]
        order = sorted(range(len(words)), key=lambda place: (words[place].casefold(), words[place]))
        rank = np.empty(len(words), dtype=np.float64)
        rank[order] = np.arange(len(words))
        rank[self._is_no_value] = np.nan
        values: FloatArray = rank[self._places]
        marks = self._marks(self._is_no_value)
        return of_words(self.name, values, [words[place] for place in order], marks)

    def _marks(self, is_missing: Any) -> tuple[str, ...]:
        found = self.different.filter(pa.array(is_missing)).to_pylist()
        return tuple(sorted(str(text) for text in found if text))


def marks_of(texts: Sequence[Texts], separator: str, name: str, decimal: str | None) -> NumberMarks:
    """Return how a file writes numbers; ``decimal`` is the mark that a person named, None if none did.

    A column whose commas only ever stand before three digits has thousands, beside decimal points.

    Raises
    ------
    InvalidInput
        If points and commas contradict each other, or 1.322 and 1,322 could each be meant.
    """
    numeric = {one.name: one.numbers for one in texts if one.are_numbers}
    columns = [NumberColumn(each, -np.inf, np.inf, "") for each in numeric]
    if decimal is None:
        marks = find_marks([list(numeric.values())], columns, separator, name)
    else:
        marks = NumberMarks(decimal)
    unclear = _unclear(numeric, marks)
    if unclear and decimal is None and separator == ";":
        column, cell = next(iter(unclear.items()))
        raise InvalidInput(
            f"{name} has {cell!r} in column {column}, where the {_WORDS[marks.other]} may separate thousands "
            "or decimals: say which by --decimal point or --decimal comma."
        )
    return NumberMarks(marks.decimal, marks.grouped | set(unclear))


_WORDS = {".": "point", ",": "comma"}


def _unclear(numeric: Mapping[str, Any], marks: NumberMarks) -> dict[str, str]:
    """Return the columns in which the other mark only ever stands before three digits, with a cell."""
    found = {}
    for name, cells in numeric.items():
        marked = cells.filter(pc.match_substring(cells, marks.other))
        if name in marks.grouped or not len(marked):
            continue
        if pc.all(pc.match_substring_regex(marked, GROUPED[marks.other])).as_py():
            found[name] = str(marked[0])
    return found
