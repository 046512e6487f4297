"""When each row of a training table was recorded."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa

from storage.domain.table import TABLE
from storage.schema.arrays import FloatArray, IntegerArray
from storage.tables.column import TextColumn
from storage.tables.number import EMPTY
from storage.tables.problem import LONGEST_VALUE, Problem
from storage.tables.times import moments, written

TIME = TABLE.data.time if TABLE.data.is_split_by_time else None
"""The column by which rows are dealt to the parts; None: at random."""
TIME_COLUMNS = () if TIME is None else (TextColumn(TIME, of_any_type=True),)


class RowTimes(NamedTuple):
    """The times of n rows.

    Attributes
    ----------
    moments
        Shape (n,): seconds since 1970, or numbers such as years.
    are_dates
        Which of the two.
    """

    moments: FloatArray
    are_dates: bool

    def written(self, moment: float) -> str:
        """Return one of the moments for a person."""
        return written(moment, is_date=self.are_dates)


def read_row_times(
    texts: Sequence[str], rows: IntegerArray, column: str
) -> tuple[RowTimes, tuple[Problem, ...]]:
    """Read the cells of a time column, with a problem for each that is empty or written unlike the others.

    Parameters
    ----------
    texts
        The n cells.
    rows
        Shape (n,): their rows in the file.
    """
    found, are_dates = moments(pa.array(texts, pa.string()))
    problems = tuple(
        Problem(int(rows[place]), column, _why(texts[place]), texts[place][:LONGEST_VALUE])
        for place in np.flatnonzero(~np.isfinite(found)).tolist()
    )
    return RowTimes(found, are_dates), problems


def _why(text: str) -> str:
    return "No date, time or number as in the other rows" if text else EMPTY
