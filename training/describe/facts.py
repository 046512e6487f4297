"""What a definition is drafted from: the columns with their roles, names and words."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from storage.domain.segments import MOST_WORDS
from storage.domain.sentence import in_sentence
from storage.schema.arrays import BoolArray, IntegerArray
from training.dataset.evidence import importances, middle_row, rises_steadily
from training.describe.column import Column
from training.describe.names import SIGNS, label_of, printable, unit_of, valid_names
from training.describe.options import Options
from training.describe.reading import Seen
from training.describe.roles import Roles
from training.describe.toml import Value

UNKNOWN_UNIT = "units"
"""Where neither the person nor the name says what the target is measured in."""
MOST_SEGMENTS = 12
"""Words of a category that are drafted as segments."""
TARGET_PARTS = (("Low", 0.1), ("Middle", 0.5), ("High", 0.9))


@dataclass(frozen=True)
class Facts:
    """A table that has been looked at."""

    options: Options
    seen: Seen
    roles: Roles

    @cached_property
    def names(self) -> dict[str, str]:
        """The name in the product of each column that is kept, by its name in the file."""
        roles = self.roles
        beside = [one for one in (roles.time, roles.identifier) if one is not None]
        kept = [*roles.inputs, roles.target, *beside]
        return valid_names([one.name for one in kept], frozenset(one.name for one in beside))

    @property
    def unit(self) -> str:
        """The target's unit."""
        unit = self.options.unit or unit_of(self.options.target) or UNKNOWN_UNIT
        return SIGNS.get(unit.casefold(), printable(unit)[:200] or UNKNOWN_UNIT)

    @property
    def label(self) -> str:
        """What a value of the target is called."""
        return label_of(self.options.target)

    @cached_property
    def complete(self) -> BoolArray:
        """Rows that have all inputs, shape (n,)."""
        rows = np.ones(len(self.seen), dtype=np.bool_)
        for one in self.roles.inputs:
            rows &= ~np.isnan(one.values)
        return rows

    @cached_property
    def example(self) -> dict[str, Value]:
        """The inputs of the row in the middle; where no row has them all, the middle of each column."""
        if self.complete.any():
            row = middle_row(self.roles.inputs, self.complete)
            return {one.name: value_at(one, row) for one in self.roles.inputs}
        return {one.name: _middle(one) for one in self.roles.inputs}

    @cached_property
    def by_importance(self) -> tuple[Column, ...]:
        """The inputs, those that tell most of the target first."""
        found = importances(self.roles.inputs, self.roles.target.values)
        order = np.argsort([-each for each in found], kind="stable")
        return tuple(self.roles.inputs[place] for place in order if found[place] > 0)

    @property
    def quartered(self) -> tuple[Column, ...]:
        """The two most important numbers that can be split into quarters."""
        return tuple(one for one in self.by_importance if _has_quarters(one))[:2]

    @property
    def segmented(self) -> Column | None:
        """The most important category with few words."""
        most = min(MOST_SEGMENTS, MOST_WORDS)
        few = (one for one in self.by_importance if 2 <= len(one.words) <= most)
        return next(few, None)

    @property
    def rising(self) -> Column | None:
        """The most important number with which the target rises steadily."""
        target = self.roles.target.values
        numbers = (one for one in self.by_importance if one.is_number)
        return next((one for one in numbers if rises_steadily(one, target)), None)

    def presets(self) -> list[tuple[str, int]]:
        """Return rows with a low, a middle and a high target, by what they are called."""
        rows: IntegerArray = np.flatnonzero(self.complete)
        if not len(rows):
            return []
        order = rows[np.argsort(self.roles.target.values[rows], kind="stable")]
        chosen = [
            (f"{word} {in_sentence(self.label)}"[:200], int(order[round(part * (len(order) - 1))]))
            for word, part in TARGET_PARTS
        ]
        return list({row: (name, row) for name, row in chosen}.values())


def value_at(column: Column, row: int) -> Value:
    """Return a value as a definition has it: a number, or a word."""
    value = float(column.values[row])
    if column.kind == "words":
        return column.words[int(value)]
    return int(value) if column.kind == "integer" else value


def values_at(columns: Sequence[Column], row: int) -> list[Value]:
    """Return a row of several columns."""
    return [value_at(one, row) for one in columns]


def _middle(column: Column) -> Value:
    if column.kind == "words":
        return column.words[int(np.argmax(np.bincount(column.present.astype(np.intp))))]
    middle = float(np.sort(column.present)[len(column.present) // 2])
    return int(middle) if column.kind == "integer" else middle


def _has_quarters(column: Column) -> bool:
    if not column.is_number:
        return False
    low, middle, high = np.quantile(column.present, [0.25, 0.5, 0.75])
    return bool(low < middle < high < column.present.max())
