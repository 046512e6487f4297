"""The scale that values of the target are drawn on: its ends, round marks on it, and their short labels.

All amounts are in the written unit.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from backend.contract.definition import DISPLAY, USUAL_ANSWERS
from dashboard.wording.value import in_written_unit

ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)
SHORT_SUFFIX = 2
"""Letters: a longer unit does not stand at every mark."""
SHORTENED_FROM = 10_000
LETTERS = ((1e9, "B"), (1e6, "M"), (1e3, "k"))
LEAST_SHARE = 1 / 3
"""Values that fill less of the usual scale are drawn on their own."""


@dataclass(frozen=True)
class Scale:
    """From the lowest to the highest amount."""

    lowest: float
    highest: float

    def percent(self, amount: float) -> float:
        """Return where an amount stands, from 0 to 100; beyond the ends: at the end.

        Examples
        --------
        >>> Scale(-100, 100).percent(-50), Scale(-100, 100).percent(700)
        (25.0, 100.0)
        """
        share = (amount - self.lowest) / (self.highest - self.lowest)
        return 100.0 * min(max(share, 0.0), 1.0)

    def step(self, parts: int) -> float:
        """Return a round step of which the scale has about so many.

        Examples
        --------
        >>> Scale(0, 500_001).step(20), Scale(25, 346).step(20)
        (25000.0, 20.0)
        """
        rough = (self.highest - self.lowest) / parts
        power = 10.0 ** math.floor(math.log10(rough))
        nearest = min(ROUND, key=lambda each: abs(math.log(each * power / rough)))
        return float(f"{nearest * power:.3g}")

    def marks(self, parts: int) -> list[float]:
        """Return the multiples of such a step on the scale.

        Examples
        --------
        >>> Scale(-30, 120).marks(4)
        [0.0, 50.0, 100.0]
        """
        step = self.step(parts)
        first, last = math.ceil(self.lowest / step - 1e-9), math.floor(self.highest / step + 1e-9)
        return [float(f"{count * step:.12g}") for count in range(first, last + 1)]

    def outward(self, parts: int) -> "Scale":
        """Return the scale with its ends moved outward to such steps."""
        step = self.step(parts)
        lowest = math.floor(self.lowest / step + 1e-9) * step
        highest = math.ceil(self.highest / step - 1e-9) * step
        return Scale(lowest, highest)

    def around(self, amounts: Iterable[float]) -> "Scale":
        """Return the scale, with its ends moved outward to hold these."""
        held = [self.lowest, self.highest, *amounts]
        return Scale(min(held), max(held))


USUAL = Scale(*map(in_written_unit, USUAL_ANSWERS))
"""Of answers."""


def scale_of(values: Iterable[float]) -> Scale:
    """Return the scale for values of the target: the usual one, or their own if they fill little of it."""
    amounts = [in_written_unit(value) for value in values]
    own = Scale(min(amounts), max(amounts))
    filled = (own.highest - own.lowest) / (USUAL.highest - USUAL.lowest)
    return USUAL.around(amounts) if filled >= LEAST_SHARE or not filled else own


def shortened(amounts: Sequence[float]) -> list[str]:
    """Write amounts for marks on one scale, all with the same letter for thousands.

    Examples
    --------
    >>> shortened([-50_000, 0, 100_000]), shortened([0.5, 1])
    (['−$50k', '$0', '$100k'], ['$0.5', '$1'])
    """
    largest = max(map(abs, amounts), default=0.0)
    size, letter = 1.0, ""
    if largest >= SHORTENED_FROM:
        size, letter = next(each for each in LETTERS if largest >= each[0])
    suffix = DISPLAY.suffix if len(DISPLAY.suffix.strip()) <= SHORT_SUFFIX else ""
    return [_short(amount / size, letter, suffix) for amount in amounts]


def _short(number: float, letter: str, suffix: str) -> str:
    digits = f"{float(f'{abs(number):.4g}'):,.10g}"
    sign, shown = ("−" if number < 0 else ""), letter if number else ""
    return f"{sign}{DISPLAY.prefix}{digits}{shown}{suffix}"
