"""Rows of the database as arrays, by the names of their columns."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any, Self

import numpy as np
import sqlalchemy as sa

from storage.domain.inputs import ARE_PLAIN, FEATURE_NAMES, numbers_of
from storage.schema.arrays import FloatArray
from storage.schema.unreadable import refuse_unreadable


@dataclass(frozen=True)
class Columns:
    """The rows that a query returned."""

    names: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]

    @classmethod
    def read(cls, connection: sa.Connection, query: sa.Select[Any]) -> Self:
        """Run a query whose columns have different names."""
        found = connection.execute(query)
        names, rows = tuple(found.keys()), tuple(tuple(row) for row in found)
        refuse_unreadable(query.selected_columns, rows)
        return cls(names, rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __add__(self, other: "Columns") -> "Columns":
        """Return these rows and then others of the same columns."""
        return Columns(self.names, self.rows + other.rows)

    def sorted_by(self, name: str) -> "Columns":
        """Return the rows in the order of one column; equal ones keep theirs."""
        return Columns(self.names, tuple(sorted(self.rows, key=self._of(name))))

    def __getitem__(self, rows: slice) -> "Columns":
        return Columns(self.names, self.rows[rows])

    def values(self, name: str) -> tuple[Any, ...]:
        """Return one column as it was read."""
        return tuple(map(self._of(name), self.rows))

    def number(self, name: str) -> FloatArray:
        """Return one column, shape (n,); NaN where there is no value."""
        return np.array(self.values(name), dtype=np.float64)

    def numbers(self, *names: str) -> FloatArray:
        """Return several columns, shape (n, k), in the order of the names; NaN where there is no value."""
        rows = list(map(self._of(*names), self.rows))
        return np.array(rows, dtype=np.float64).reshape(len(rows), len(names))

    def inputs(self) -> FloatArray:
        """Return the inputs, shape (n, k), in schema order: a category by its position, NaN for no value."""
        if ARE_PLAIN:
            return self.numbers(*FEATURE_NAMES)
        rows = [numbers_of(values) for values in map(self._of(*FEATURE_NAMES), self.rows)]
        return np.array(rows, dtype=np.float64).reshape(len(rows), len(FEATURE_NAMES))

    def seconds_after(self, moment: datetime, name: str) -> FloatArray:
        """Return how long after a moment the times of one column are, shape (n,); NaN without a time."""
        return _seconds((moment, time) for time in self.values(name))

    def seconds_between(self, earlier: str, later: str) -> FloatArray:
        """Return how long after one time the other is, shape (n,); NaN without the later one."""
        return _seconds(zip(self.values(earlier), self.values(later), strict=True))

    def _of(self, *names: str) -> Callable[[tuple[Any, ...]], Any]:
        return itemgetter(*(self.names.index(name) for name in names))


def _seconds(pairs: Iterable[tuple[datetime, datetime | None]]) -> FloatArray:
    return np.array(
        [np.nan if end is None else (end - start).total_seconds() for start, end in pairs],
        dtype=np.float64,
    )
