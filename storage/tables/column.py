"""The columns that a caller looks for in a table."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.domain.inputs import FEATURES

MOST_NAMES = 8
"""Most columns named in one sentence."""


@dataclass(frozen=True)
class NumberColumn:
    """A column of numbers from ``minimum`` to ``maximum``.

    ``unit`` is for messages. Where ``may_be_empty``, an empty cell is NaN and no problem. ``usual`` is the
    range of nearly all values, where it is known: it tells 2.556 from 2556 where a file leaves that open.
    """

    name: str
    minimum: float
    maximum: float
    unit: str
    may_be_empty: bool = False
    usual: tuple[float, float] | None = None


@dataclass(frozen=True)
class TextColumn:
    """A column of text; an empty cell is empty text."""

    name: str


Column = NumberColumn | TextColumn

INPUT_COLUMNS: tuple[NumberColumn, ...] = tuple(
    NumberColumn(
        feature.name,
        feature.minimum,
        feature.maximum,
        feature.unit,
        usual=(feature.typical.lowest, feature.typical.highest),
    )
    for feature in FEATURES
)
"""The inputs of the model, with the ranges that the service accepts."""


def listed(names: Sequence[str]) -> str:
    """Return the first names for a sentence, and the number of further ones."""
    shown = ", ".join(" ".join(name.split())[:40] or "(no name)" for name in names[:MOST_NAMES])
    return shown if len(names) <= MOST_NAMES else f"{shown} and {len(names) - MOST_NAMES} more"
