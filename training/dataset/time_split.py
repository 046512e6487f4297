"""Dealing rows to the parts in the order of their times: learned from the past, judged by what came after."""

from dataclasses import dataclass

import numpy as np

from storage.domain.identity import HAS_IDENTITY
from storage.errors import InvalidDataset
from storage.schema.arrays import BoolArray, FloatArray, IndexArray
from storage.schema.learned_split import LearnedSplit
from storage.tables.problem import counted
from training.dataset.row_times import TIME, RowTimes

TEST_SHARE = 0.20
VALIDATION_SHARE = 0.16
LARGEST_DEVIATION = 0.5
"""Of a part's share of the rows: with a border this far from its place, times are too uneven to split by."""
REMEDY = 'write split = "random" under [data] in the definition to draw them at random'


@dataclass(frozen=True)
class DealtRows:
    """The rows of each part, ascending in time, and how they were dealt."""

    train: IndexArray
    validation: IndexArray
    test: IndexArray
    learned: LearnedSplit


def deal_by_time(times: RowTimes, first: IndexArray, origin: str) -> DealtRows:
    """Deal rows to the parts: validation is later than all of train, and test later than all of validation.

    Rows of one time are in one part, so the shares are about 64, 16 and 20 %. Where the definition says
    what one subject is, rows of an earlier part whose subject comes again in a later one are in none: a
    model would know the answers that it is judged by. Without that, equal rows at two times are what
    tomorrow will be like, and stay.

    Parameters
    ----------
    times
        Of the n rows.
    first
        Shape (n,): the first row of the same subject (``subjects_of``).
    origin
        The table's, for messages.

    Raises
    ------
    InvalidDataset
        If there are too few times for parts of about these shares, or too few subjects of their own.
    """
    borders = borders_of(times.moments)
    if borders is None:
        few = counted(len(np.unique(times.moments)), "different time")
        raise InvalidDataset(
            f"{origin} cannot be split by {TIME or 'time'}: {few} in {len(first):,} rows, too few or too "
            f"uneven for a validation part before a test part; {REMEDY}."
        )
    validation_from, test_from = borders
    parts = np.searchsorted(borders, times.moments, side="right")
    stays = _not_again(parts, first) if HAS_IDENTITY else np.ones(len(first), dtype=np.bool_)
    order = np.argsort(times.moments, kind="stable")
    train, validation, test = (
        order[(parts[order] == number) & stays[order]] for number in range(len(borders) + 1)
    )
    if not (len(train) and len(validation)):
        raise InvalidDataset(
            f"{origin} cannot be split by {TIME or 'time'}: nearly all early rows are of subjects that come "
            f"again later; {REMEDY}."
        )
    learned = LearnedSplit(
        kind="time",
        validation_from=times.written(validation_from),
        test_from=times.written(test_from),
        left_out=int(len(stays) - stays.sum()),
    )
    return DealtRows(train, validation, test, learned)


def borders_of(moments: FloatArray) -> tuple[float, float] | None:
    """Return the first moments of validation and of test; None if no two are near enough to their places.

    Parameters
    ----------
    moments
        Shape (n,), finite.

    Examples
    --------
    >>> borders_of(np.arange(100.0))
    (64.0, 80.0)
    >>> borders_of(np.repeat([1999.0, 2008.0], 50)) is None
    True
    """
    distinct, starts = np.unique(np.sort(moments), return_index=True)
    rows = len(moments)
    test = _nearest(starts, rows - TEST_SHARE * rows, TEST_SHARE * rows)
    if test is None:
        return None
    begin = starts[test] - VALIDATION_SHARE * rows
    validation = _nearest(starts[:test], begin, VALIDATION_SHARE * rows)
    if validation is None:
        return None
    return float(distinct[validation]), float(distinct[test])


def _nearest(starts: IndexArray, wanted: float, share: float) -> int | None:
    """Return which start is nearest to the wanted row, if near enough; never the first: some come before."""
    if len(starts) < 2:
        return None
    found = 1 + int(np.argmin(np.abs(starts[1:] - wanted)))
    return found if abs(starts[found] - wanted) <= LARGEST_DEVIATION * share else None


def _not_again(parts: IndexArray, first: IndexArray) -> BoolArray:
    """Return, for each row, whether no later part has its subject."""
    last = np.zeros(len(first), dtype=np.intp)
    np.maximum.at(last, first, parts)
    return np.asarray(parts == last[first])
