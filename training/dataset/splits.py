"""The 64/16/20 split, at random or by time: train to fit, validation to choose, test to be used once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from storage.domain.inputs import FEATURE_NAMES
from storage.domain.subject import SUBJECT, SUBJECTS
from storage.domain.target import TARGET_NAME
from storage.errors import InvalidDataset
from storage.schema.arrays import FloatArray, IndexArray
from storage.schema.learned_split import AT_RANDOM, LearnedSplit
from training.dataset.districts import subjects_of
from training.dataset.likeness import Likeness
from training.dataset.table import HousingTable
from training.dataset.time_split import TEST_SHARE, VALIDATION_SHARE, deal_by_time


@dataclass(frozen=True)
class Part:
    """Some rows: inputs (n, d) in schema order, targets (n,) in the target's unit, weights (n,) for fitting.

    Without weights, all rows count the same.
    """

    inputs: FloatArray
    targets: FloatArray
    weights: FloatArray | None = None

    def __len__(self) -> int:
        return len(self.targets)


class SealedPart:
    """Rows that can be opened once; measuring on them again would bias the result."""

    def __init__(self, part: Part) -> None:
        self._part: Part | None = part
        self._length = len(part)

    def __len__(self) -> int:
        return self._length

    def open(self) -> Part:
        """Return the rows, the first time only.

        Raises
        ------
        RuntimeError
            At the second call: the caller would be choosing by the test part.
        """
        if self._part is None:
            raise RuntimeError("The test part was already opened; it may be used only once.")
        part, self._part = self._part, None
        return part

    def knows(self, inputs: FloatArray, likeness: Likeness) -> NDArray[np.bool_]:
        """Return, for each row (n, d), whether it is of a subject of this part or alike, without opening it.

        Raises
        ------
        RuntimeError
            If the part was opened: nothing may be trained after that.
        """
        if self._part is None:
            raise RuntimeError(
                "The test part was already opened; nothing may be trained after that."
            )
        return likeness.is_known(inputs, self._part.inputs)


@dataclass(frozen=True)
class Splits:
    """The three parts of one table: disjoint, together all but what ``learned.left_out`` counts.

    ``repeated`` counts the rows of a subject that an earlier row is of; ``learned`` says who is where.
    """

    train: Part
    validation: Part
    test: SealedPart
    repeated: int = 0
    learned: LearnedSplit = AT_RANDOM

    def holds_out(self, inputs: FloatArray) -> NDArray[np.bool_]:
        """Return, for each row (n, d), whether a model must not have learned its subject, or one alike."""
        return self.test.knows(inputs, self.likeness) | self.likeness.is_known(
            inputs, self.validation.inputs
        )

    @cached_property
    def likeness(self) -> Likeness:
        """What counts as a reading of the same subject, by the training part."""
        return Likeness.of(self.train.inputs)

    @property
    def learnable(self) -> Part:
        """The training and validation rows together: what the chosen model may learn from in the end."""
        parts = (self.train, self.validation)
        weights = None
        if self.train.weights is not None:
            weights = np.concatenate([self.train.weights, np.ones(len(self.validation))])
        return Part(
            np.concatenate([part.inputs for part in parts]),
            np.concatenate([part.targets for part in parts]),
            weights,
        )

    @property
    def row_counts(self) -> dict[str, int]:
        """Number of rows by part."""
        return {
            "train": len(self.train),
            "validation": len(self.validation),
            "test": len(self.test),
        }


def split(table: HousingTable, seed: int) -> Splits:
    """Split by the times of the rows where they count, else by a seeded permutation; each time the same.

    At random, all rows of one subject go where its first row goes: a model is judged by subjects it never
    learned. By time, see ``deal_by_time``.

    Raises
    ------
    InvalidDataset
        If it has so few different subjects or times that a part has none, all values of a part are the same,
        or the target is a copy of an input.
    """
    _refuse_copy(table)
    first = subjects_of(table.inputs)
    if table.times is not None:
        dealt = deal_by_time(table.times, first, table.origin)
        test, validation, train = dealt.test, dealt.validation, dealt.train
        learned, drawn = dealt.learned, "whose times put them into"
    else:
        test, validation, train = _deal_at_random(table, first, seed)
        learned, drawn = AT_RANDOM, "that the seed draws for"
    for part, rows in {"training": train, "validation": validation, "test": test}.items():
        _refuse_one_value(table, f"{drawn} {part}", rows)
    return Splits(
        train=_part(table, train),
        validation=_part(table, validation),
        test=SealedPart(_part(table, test)),
        repeated=len(table) - len(np.unique(first)),
        learned=learned,
    )


def _deal_at_random(
    table: HousingTable, first: IndexArray, seed: int
) -> tuple[IndexArray, IndexArray, IndexArray]:
    test, validation, train = kept_together(split_rows(len(table), seed), first)
    if not (len(test) and len(validation) and len(train)):
        different = len(np.unique(first))
        raise InvalidDataset(
            f"{table.origin} has {len(table):,} rows of only {different:,} different "
            f"{SUBJECT if different == 1 else SUBJECTS}: too few to learn from some and judge by others."
        )
    return test, validation, train


def kept_together(parts: Sequence[IndexArray], first: IndexArray) -> tuple[IndexArray, ...]:
    """Return the parts with each row in the part of its subject's first row; the order is kept.

    Examples
    --------
    >>> first = np.array([0, 1, 0, 3])
    >>> [part.tolist() for part in kept_together((np.array([2, 1]), np.array([3, 0])), first)]
    [[1], [2, 3, 0]]
    """
    order = np.concatenate(parts)
    part_of = np.empty(len(order), dtype=np.intp)
    part_of[order] = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    return tuple(order[part_of[first[order]] == number] for number in range(len(parts)))


def split_rows(row_count: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the row indices of test, validation and train."""
    # RandomState, because numpy promises that its stream never changes between releases.
    order = np.random.RandomState(seed).permutation(row_count)
    test_rows = round(TEST_SHARE * row_count)
    validation_rows = round(VALIDATION_SHARE * row_count)
    test, validation, train = np.split(order, [test_rows, test_rows + validation_rows])
    return test, validation, train


def _refuse_copy(table: HousingTable) -> None:
    # Whoever repeats that input is perfect.
    for name, column in zip(FEATURE_NAMES, table.inputs.T, strict=True):
        if np.ptp(column) and np.array_equal(column, table.targets):
            raise InvalidDataset(
                f"{table.origin} has the same values in {name} and {TARGET_NAME}, in all {len(table):,} "
                "rows: there is nothing to learn; check these columns."
            )


def _refuse_one_value(table: HousingTable, drawn: str, rows: IndexArray) -> None:
    # Whoever answers that value is perfect, or not defined: R2 is 1.0, 0.0 or a division by zero.
    if np.ptp(table.targets):
        if np.ptp(table.targets[rows]):
            return
        where = f"the {len(rows):,} rows {drawn}; train on more rows"
    else:
        where = f"all {len(table):,} rows: there is nothing to learn; check that column"
    value = f"{float(table.targets[rows[0]]):g}"
    raise InvalidDataset(f"{table.origin} has the same {TARGET_NAME}, {value}, in {where}.")


def _part(table: HousingTable, rows: np.ndarray) -> Part:
    return Part(table.inputs[rows], table.targets[rows])
