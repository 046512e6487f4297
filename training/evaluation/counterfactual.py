"""Counterfactuals: the fewest and smallest changes of a row that take its prediction beyond a goal.

Candidates are mixtures of the row with training rows that reached the goal: what a training row has together
goes together, so they keep the support that inputs changed one by one would lose. From each, every change
that is not needed is taken back, and the others are made as small as the goal allows (after Wachter,
Mittelstadt and Russell, 2018, and the prototypes of Van Looveren and Klaise, 2021). Whatever is returned was
predicted once more and meets every condition.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from storage.schema.arrays import BoolArray, FloatArray, IndexArray

MOST_STARTS = 200
"""Training rows that candidates are mixed with, the nearest that reached the goal."""
MOST_KEPT = 12
"""Candidates that are made smaller."""
MOST_INPUTS = 16
"""Inputs that may change, the most important ones: with hundreds, a search would not end in time."""
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
        is_changed = self.is_changed(rows, row)
        size = np.abs(rows - row) / self.spread
        size[:, self.is_category] = 1.0
        size = np.where(np.isnan(size), 1.0, np.minimum(size, 5.0))
        return np.asarray((is_changed * (1.0 + size)).sum(axis=1))

    def is_changed(self, rows: FloatArray, row: FloatArray) -> BoolArray:
        """Return which values of rows (n, d) differ from those of a row (d,); two missing ones do not."""
        changed: BoolArray = (rows != row) & ~(np.isnan(rows) & np.isnan(row))
        return changed


def counterfactuals(
    answer: Callable[[FloatArray], Answers],
    row: FloatArray,
    goal: Goal,
    inputs: Inputs,
    training: FloatArray,
    targets: FloatArray,
) -> FloatArray:
    """Return up to three rows (k, d) that meet the goal, the one with the fewest and smallest changes first.

    None, shape (0, d): there is no supported answer near any training row that reached the goal.

    Parameters
    ----------
    answer
        Predicts rows (n, d).
    row
        Shape (d,), the present inputs.
    training, targets
        Shapes (m, d) and (m,): rows that the model learned, and their recorded values.
    """
    starts = _mixed(row, inputs, training[goal.was_met(targets)])
    if not len(starts):
        return starts
    met = starts[goal.is_met(answer(starts))]
    if not len(met):
        return met
    kept = met[np.argsort(inputs.cost(met, row), kind="stable")[:MOST_KEPT]]
    smaller = _shrunk(answer, _undone(answer, kept, row, goal, inputs), row, goal, inputs)
    smaller = _readable(answer, smaller, row, goal, inputs)
    checked = smaller[goal.is_met(answer(smaller))]
    order = np.argsort(inputs.cost(checked, row), kind="stable")
    return _different(checked[order], row, inputs)


def _mixed(row: FloatArray, inputs: Inputs, reached: FloatArray) -> FloatArray:
    """Return the row with the free inputs of the nearest training rows, shape (n, d)."""
    if not len(inputs.free) or not len(reached):
        return np.empty((0, len(row)))
    # All inputs count: a training row that is far in what must stay says little about what would go with it.
    nearest = np.argsort(inputs.cost(reached, row), kind="stable")[:MOST_STARTS]
    mixed = np.tile(row, (len(nearest), 1))
    free = np.asarray(inputs.free)
    mixed[:, free] = reached[nearest][:, free]
    return np.unique(mixed, axis=0)


def _undone(
    answer: Callable[[FloatArray], Answers],
    rows: FloatArray,
    row: FloatArray,
    goal: Goal,
    inputs: Inputs,
) -> FloatArray:
    """Take back, one after another, the changes that are not needed: the largest first."""
    rows = rows.copy()
    for _ in range(len(inputs.free)):
        tried, owners = _one_change_less(rows, row, inputs)
        if not len(tried):
            break
        met = goal.is_met(answer(tried))
        if not met.any():
            break
        for owner in np.unique(owners[met]):
            options = tried[met & (owners == owner)]
            rows[owner] = options[np.argmin(inputs.cost(options, row))]
    return rows


def _one_change_less(
    rows: FloatArray, row: FloatArray, inputs: Inputs
) -> tuple[FloatArray, IndexArray]:
    """Return every row with one change taken back, and whose it is."""
    owners, columns = np.nonzero(inputs.is_changed(rows, row))
    tried = rows[owners].copy()
    tried[np.arange(len(owners)), columns] = row[columns]
    return tried, owners


def _shrunk(
    answer: Callable[[FloatArray], Answers],
    rows: FloatArray,
    row: FloatArray,
    goal: Goal,
    inputs: Inputs,
) -> FloatArray:
    """Move each changed number back towards the row as far as the goal allows, one column at a time."""
    rows = rows.copy()
    for column in inputs.free:
        moves = inputs.is_changed(rows, row)[:, column] & ~inputs.is_category[column]
        if not moves.any() or np.isnan(row[column]):
            continue
        near, far = np.full(len(rows), row[column]), rows[:, column].copy()
        for _ in range(HALVINGS):
            tried = rows.copy()
            middle = (near + far) / 2
            tried[:, column] = np.round(middle) if inputs.is_whole[column] else middle
            met = goal.is_met(answer(tried)) & moves
            far = np.where(met, tried[:, column], far)
            near = np.where(met, near, middle)
        rows[moves, column] = far[moves]
    return rows


def _readable(
    answer: Callable[[FloatArray], Answers],
    rows: FloatArray,
    row: FloatArray,
    goal: Goal,
    inputs: Inputs,
) -> FloatArray:
    """Round each changed number to three digits, away from the row, where the goal is still met."""
    rows = rows.copy()
    for column in inputs.free:
        moves = inputs.is_changed(rows, row)[:, column] & np.isfinite(rows[:, column])
        if inputs.is_category[column] or not moves.any():
            continue
        tried = rows.copy()
        tried[:, column] = _three_digits(rows[:, column], rises=rows[:, column] > row[column])
        accepted = (tried >= inputs.lowest) & (tried <= inputs.highest)
        met = goal.is_met(answer(tried)) & moves & accepted[:, column]
        rows[met, column] = tried[met, column]
    return rows


def _three_digits(values: FloatArray, rises: BoolArray) -> FloatArray:
    """Return values (n,) with three significant digits, rounded up where they rise.

    >>> _three_digits(np.array([10.7599, 0.972994, 0.0]), np.array([True, False, True])).tolist()
    [10.8, 0.972, 0.0]
    """
    size = np.floor(np.log10(np.maximum(np.abs(values), 1e-12)))
    steps = values / 10.0 ** (size - 2)
    rounded = np.where(rises, np.ceil(steps), np.floor(steps)) * 10.0 ** (size - 2)
    return np.array([float(f"{value:.3g}") for value in rounded.tolist()])


def _different(rows: FloatArray, row: FloatArray, inputs: Inputs) -> FloatArray:
    """Return the first rows of which each changes other inputs than those before it."""
    seen: list[bytes] = []
    chosen = []
    for place, changed in enumerate(inputs.is_changed(rows, row)):
        key = changed.tobytes()
        if key not in seen:
            seen.append(key)
            chosen.append(place)
    return rows[chosen[:MOST_FOUND]]
