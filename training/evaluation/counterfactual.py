"""Counterfactuals: the fewest and smallest changes of a row that take its prediction beyond a goal.

Candidates are mixtures of the row with training rows that reached the goal: what a training row has together
goes together, so they keep the support that inputs changed one by one would lose. From each, every change
that is not needed is taken back, and the others are made as small as the goal allows (after Wachter,
Mittelstadt and Russell, 2018, and the prototypes of Van Looveren and Klaise, 2021). Whatever is returned was
predicted once more and meets every condition.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from storage.schema.arrays import BoolArray, FloatArray, IndexArray

MOST_STARTS = 400
"""Training rows that candidates are mixed with, of those that reached the goal."""
MOST_KEPT = 12
"""Candidates that are made smaller."""
MOST_INPUTS = 16
"""Inputs that may change, the most important ones: with hundreds, a search would not end in time."""
FARTHEST = 5.0
"""Usual ranges; a value farther away is no different one."""
HALVINGS = 6
"""Each halves the distance between a change that is needed and one that is too small."""
MOST_FOUND = 3


class Answers(Protocol):
    """Predictions of rows."""

    @property
    def predicted(self) -> FloatArray:
        """Shape (n,), in the target's unit; so are the bounds of the intervals."""

    @property
    def lower(self) -> FloatArray:
        """Shape (n,)."""

    @property
    def upper(self) -> FloatArray:
        """Shape (n,)."""

    @property
    def support(self) -> FloatArray:
        """Shape (n,), from 0 to 1."""


@dataclass(frozen=True)
class Goal:
    """What a counterfactual has to reach.

    Attributes
    ----------
    value
        In the target's unit: reached from below (``rises``) or from above.
    bound
        The present interval's end on the goal's side: the new interval has to lie beyond it.
    minimum_support
        From 0 to 1.
    """

    value: float
    bound: float
    rises: bool
    minimum_support: float

    def is_met(self, answers: Answers) -> BoolArray:
        """Return which answers (n,) meet every condition."""
        if self.rises:
            reached, beyond = answers.predicted >= self.value, answers.lower > self.bound
        else:
            reached, beyond = answers.predicted <= self.value, answers.upper < self.bound
        supported = answers.support >= self.minimum_support
        met: BoolArray = supported & reached & beyond
        return met

    def is_reached(self, value: float) -> bool:
        """Return whether a value alone reaches the goal."""
        return value >= self.value if self.rises else value <= self.value

    def was_met(self, targets: FloatArray) -> BoolArray:
        """Return which recorded values (n,) reached the goal."""
        met: BoolArray = targets >= self.value if self.rises else targets <= self.value
        return met


@dataclass(frozen=True)
class Inputs:
    """The inputs of a search.

    Attributes
    ----------
    free
        Columns that may change.
    spread
        Shape (d,): the usual range of each column, which its changes are measured in.
    lowest, highest
        Shape (d,): what the service accepts.
    is_category, is_whole
        Shape (d,): a category is changed or not, a whole number stays one.
    """

    free: Sequence[int]
    spread: FloatArray
    lowest: FloatArray
    highest: FloatArray
    is_category: BoolArray
    is_whole: BoolArray

    def cost(self, rows: FloatArray, row: FloatArray) -> FloatArray:
        """Return how much each of rows (n, d) changes a row (d,): 1 for each change, and its size."""
        distances = self.distances(rows, row)
        return np.asarray(((distances > 0) + distances).sum(axis=1))

    def distances(self, rows: FloatArray, row: FloatArray) -> FloatArray:
        """Return how far each value of rows (n, d) is from a row's (d,): in usual ranges, or 1 for a word."""
        size = np.abs(rows - row) / self.spread
        size[:, self.is_category] = 1.0
        size = np.where(np.isnan(size), 1.0, np.minimum(size, FARTHEST))
        return np.asarray(np.where(self.is_changed(rows, row), size, 0.0))

    def is_changed(self, rows: FloatArray, row: FloatArray) -> BoolArray:
        """Return which values of rows (n, d) differ from those of a row (d,); two missing ones do not."""
        changed: BoolArray = (rows != row) & ~(np.isnan(rows) & np.isnan(row))
        return changed


@dataclass(frozen=True)
class Search:
    """A search for the rows nearest to one that meet a goal.

    Attributes
    ----------
    answer
        Predicts rows (n, d).
    row
        Shape (d,), the present inputs.
    """

    answer: Callable[[FloatArray], Answers]
    row: FloatArray
    goal: Goal
    inputs: Inputs

    def run(self, training: FloatArray, targets: FloatArray) -> FloatArray:
        """Return up to three rows (k, d) that meet the goal, the fewest and smallest changes first.

        None, shape (0, d): there is no supported answer near any training row that reached the goal.

        Parameters
        ----------
        training, targets
            Shapes (m, d) and (m,): rows that the model learned, and their recorded values.
        """
        met = self._meeting(self._mixed(training[self.goal.was_met(targets)]))
        if not len(met):
            return met
        smaller = self._readable(self._shrunk(self._undone(met[:MOST_KEPT])))
        return self._different(self._meeting(smaller))

    def _meeting(self, rows: FloatArray) -> FloatArray:
        """Return the rows (n, d) that meet the goal, those that change the least first."""
        met = rows[self.goal.is_met(self.answer(rows))] if len(rows) else rows
        return met[np.argsort(self._cost(met), kind="stable")]

    def _cost(self, rows: FloatArray) -> FloatArray:
        return self.inputs.cost(rows, self.row)

    def _changed(self, rows: FloatArray) -> BoolArray:
        return self.inputs.is_changed(rows, self.row)

    def _mixed(self, reached: FloatArray) -> FloatArray:
        """Return the row with the free inputs of the nearest training rows, shape (n, d)."""
        if not len(self.inputs.free) or not len(reached):
            return np.empty((0, len(self.row)))
        nearest = self._nearest(reached)
        mixed = np.tile(self.row, (len(nearest), 1))
        free = np.asarray(self.inputs.free)
        mixed[:, free] = reached[nearest][:, free]
        return np.unique(mixed, axis=0)

    def _nearest(self, reached: FloatArray) -> IndexArray:
        """Return training rows like this one, and as many that are like it in what has to stay.

        The first keep changes small; the second have what goes with what stays where the goal is reached.
        """
        distances = self.inputs.distances(reached, self.row)
        frozen = [place for place in range(len(self.row)) if place not in self.inputs.free]
        orders = (distances.sum(axis=1), distances[:, frozen].sum(axis=1))
        halves = [np.argsort(order, kind="stable")[: MOST_STARTS // 2] for order in orders]
        return np.unique(np.concatenate(halves))

    def _undone(self, rows: FloatArray) -> FloatArray:
        """Take back, one after another, the changes that are not needed: the largest first."""
        rows = rows.copy()
        for _ in range(len(self.inputs.free)):
            tried, owners = self._one_change_less(rows)
            met = self.goal.is_met(self.answer(tried)) if len(tried) else np.empty(0, np.bool_)
            if not met.any():
                break
            for owner in np.unique(owners[met]):
                options = tried[met & (owners == owner)]
                rows[owner] = options[np.argmin(self._cost(options))]
        return rows

    def _one_change_less(self, rows: FloatArray) -> tuple[FloatArray, IndexArray]:
        """Return every row with one change taken back, and whose it is."""
        owners, columns = np.nonzero(self._changed(rows))
        tried = rows[owners].copy()
        tried[np.arange(len(owners)), columns] = self.row[columns]
        return tried, owners

    def _shrunk(self, rows: FloatArray) -> FloatArray:
        """Move each changed number back towards the row as far as the goal allows, column by column."""
        rows = rows.copy()
        for column, moves in self._numbers(rows):
            near, far = np.full(len(rows), self.row[column]), rows[:, column].copy()
            for _ in range(HALVINGS):
                middle = (near + far) / 2
                values = np.round(middle) if self.inputs.is_whole[column] else middle
                met = self._is_met_with(rows, column, values) & moves
                far, near = np.where(met, values, far), np.where(met, near, middle)
            rows[moves, column] = far[moves]
        return rows

    def _readable(self, rows: FloatArray) -> FloatArray:
        """Round each changed number to three digits, away from the row, where the goal is still met."""
        rows = rows.copy()
        for column, moves in self._numbers(rows):
            present, limits = rows[:, column], (self.inputs.lowest, self.inputs.highest)
            values = _three_digits(present, rises=present > self.row[column])
            accepted = (values >= limits[0][column]) & (values <= limits[1][column])
            met = self._is_met_with(rows, column, values) & moves & accepted
            rows[met, column] = values[met]
        return rows

    def _numbers(self, rows: FloatArray) -> Iterator[tuple[int, BoolArray]]:
        """Yield each column of numbers with the rows (n,) that change it; a missing value is no number."""
        for column in self.inputs.free:
            moves: BoolArray = self._changed(rows)[:, column] & np.isfinite(rows[:, column])
            if (
                not self.inputs.is_category[column]
                and np.isfinite(self.row[column])
                and moves.any()
            ):
                yield column, moves

    def _is_met_with(self, rows: FloatArray, column: int, values: FloatArray) -> BoolArray:
        tried = rows.copy()
        tried[:, column] = values
        return self.goal.is_met(self.answer(tried))

    def _different(self, rows: FloatArray) -> FloatArray:
        """Return the first rows of which each changes other inputs than those before it."""
        _, first = np.unique(self._changed(rows), axis=0, return_index=True)
        return rows[np.sort(first)[:MOST_FOUND]]


def _three_digits(values: FloatArray, rises: BoolArray) -> FloatArray:
    """Return values (n,) with three significant digits, rounded up where they rise.

    >>> _three_digits(np.array([10.7599, 0.972994, 0.0]), np.array([True, False, True])).tolist()
    [10.8, 0.972, 0.0]
    """
    size = np.floor(np.log10(np.maximum(np.abs(values), 1e-12)))
    steps = values / 10.0 ** (size - 2)
    rounded = np.where(rises, np.ceil(steps), np.floor(steps)) * 10.0 ** (size - 2)
    return np.array([float(f"{value:.3g}") for value in rounded.tolist()])
