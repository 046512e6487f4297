"""The columns that a caller looks for in a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from storage.domain.feature import Feature
from storage.domain.inputs import FEATURES
from storage.schema.arrays import FloatArray

MOST_NAMES = 8
"""Most columns named in one sentence."""


@dataclass(frozen=True)
class NumberColumn:
    """A column of numbers from ``minimum`` to ``maximum``.

    ``unit`` is for messages. Where ``may_be_empty``, an empty cell is NaN and no problem; where
    ``may_be_missing``, NA or null too. Where ``is_whole``, a fraction is a problem. ``usual`` is the range of
    nearly all values, where it is known: it tells 2.556 from 2556 where a file leaves that open.
    """

    name: str
    minimum: float
    maximum: float
    unit: str
    may_be_empty: bool = False
    usual: tuple[float, float] | None = None
    may_be_missing: bool = False
    is_whole: bool = False


@dataclass(frozen=True)
class CategoryColumn:
    """A column of words, each of ``words``: read as its position there.

    Where ``may_be_missing``, an empty cell, NA or null is NaN and no problem.
    """

    name: str
    words: tuple[str, ...]
    may_be_missing: bool = False

    def positions(self, cells: Any) -> FloatArray:
        """Return the positions of an Arrow array of text, shape (n,); NaN where there is no such word.

        Examples
        --------
        >>> CategoryColumn("fuel", ("petrol", "diesel")).positions(pa.array([" diesel", "steam"])).tolist()
        [1.0, nan]
        >>> CategoryColumn("new", ("false", "true")).positions(pa.array(["TRUE"])).tolist()
        [1.0]
        """
        known = pa.array(self.words, pa.string())
        written = pc.utf8_trim_whitespace(cells)
        for word in self._truths():
            # A spreadsheet writes True and false as TRUE and FALSE.
            written = pc.if_else(pc.equal(written, word.upper()), word, written)
        found = pc.index_in(written, known)
        positions: FloatArray = found.cast(pa.float64()).to_numpy(zero_copy_only=False)
        return positions

    def _truths(self) -> list[str]:
        upper = [word.upper() for word in self.words]
        return [
            word
            for word, in_capitals in zip(self.words, upper, strict=True)
            if in_capitals in ("TRUE", "FALSE")
            and word != in_capitals
            and upper.count(in_capitals) == 1
        ]


@dataclass(frozen=True)
class TextColumn:
    """A column of text; an empty cell is empty text.

    Where ``may_be_whole``, Parquet may hold integers; where ``of_any_type``, other numbers, dates and times
    too: each is taken as the text that it would be.
    """

    name: str
    may_be_whole: bool = False
    of_any_type: bool = False


ValueColumn = NumberColumn | CategoryColumn
"""What becomes a column of an array."""
Column = ValueColumn | TextColumn


def _column_of(feature: Feature) -> ValueColumn:
    if feature.categories is not None:
        return CategoryColumn(feature.name, tuple(feature.categories), feature.missing)
    return NumberColumn(
        feature.name,
        feature.minimum,
        feature.maximum,
        feature.unit,
        may_be_missing=feature.missing,
        is_whole=feature.kind == "integer",
        usual=(feature.typical.lowest, feature.typical.highest),
    )


INPUT_COLUMNS: tuple[ValueColumn, ...] = tuple(map(_column_of, FEATURES))
"""The inputs of the model, with what the service accepts."""


def listed(names: Sequence[str]) -> str:
    """Return the first names for a sentence, and the number of further ones."""
    shown = ", ".join(" ".join(name.split())[:40] or "(no name)" for name in names[:MOST_NAMES])
    return shown if len(names) <= MOST_NAMES else f"{shown} and {len(names) - MOST_NAMES} more"
