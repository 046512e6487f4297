"""One column of rows that are to be learned from, whatever read them."""

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from storage.schema.arrays import FloatArray


class Observed(Protocol):
    """What is looked at in a column; NaN where a value is missing."""

    @property
    def name(self) -> str:
        """Of the column."""

    @property
    def values(self) -> FloatArray:
        """Shape (n,): numbers, or positions of words."""

    @property
    def words(self) -> tuple[str, ...]:
        """Of a category; empty: numbers."""

    @property
    def present(self) -> FloatArray:
        """The values that are there."""

    @property
    def distinct(self) -> FloatArray:
        """The different values, ascending."""

    @property
    def is_number(self) -> bool:
        """Whether its cells are numbers, whole or not."""


@dataclass(frozen=True)
class ObservedColumn:
    """A column of a checked table."""

    name: str
    values: FloatArray
    words: tuple[str, ...] = ()

    @cached_property
    def present(self) -> FloatArray:
        """The values that are there."""
        return self.values[~np.isnan(self.values)]

    @cached_property
    def distinct(self) -> FloatArray:
        """The different values, ascending."""
        return np.unique(self.present)

    @property
    def is_number(self) -> bool:
        """Whether its cells are numbers."""
        return not self.words
