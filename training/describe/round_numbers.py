"""Ranges and steps in round numbers, as a person would write them."""

import math
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import numpy as np

from storage.schema.arrays import FloatArray

LARGEST = 1e300
"""No range is extended beyond it."""
LONGEST_INTEGER = 10**15


@dataclass(frozen=True)
class Ranges:
    """What is accepted of a number, what is typical, and the step of a form."""

    accepted: tuple[float, float]
    typical: tuple[float, float]
    step: float


def ranges_of(values: FloatArray, *, is_integer: bool) -> Ranges:
    """Return ranges that hold all values, with as much room on each side as they span.

    Nothing below zero is accepted where no value is. Typical is what 99.8 % of the values are between.

    Examples
    --------
    >>> ranges_of(np.linspace(3.0, 41.0, 1000), is_integer=False)
    Ranges(accepted=(0, 79), typical=(3, 41), step=0.2)
    """
    lowest, highest = float(values.min()), float(values.max())
    if is_integer and {lowest, highest} == {0.0, 1.0}:
        return Ranges((0, 1), (0, 1), 1)
    accepted = with_room(lowest, highest, is_integer=is_integer)
    low, high = (float(each) for each in np.quantile(values, [0.001, 0.999], method="nearest"))
    if not low < high:
        low, high = lowest, highest
    typical = outward(low, high, is_integer=is_integer)
    typical = (max(typical[0], accepted[0]), min(typical[1], accepted[1]))
    step = round_step((typical[1] - typical[0]) / 100)
    return Ranges(accepted, typical, max(1, step) if is_integer else step)


def with_room(lowest: float, highest: float, *, is_integer: bool = False) -> tuple[float, float]:
    """Return a round range with as much room on each side as there is between the two numbers.

    Examples
    --------
    >>> with_room(1985, 2008), with_room(-3.0, 7.5)
    ((1962, 2031), (-14, 18))
    """
    span = highest - lowest
    low, high = max(lowest - span, -LARGEST), min(highest + span, LARGEST)
    if lowest >= 0:
        low = max(low, 0.0)
    if highest <= 0:
        high = min(high, 0.0)
    return outward(min(low, lowest), max(high, highest), is_integer=is_integer)


def outward(low: float, high: float, *, is_integer: bool = False) -> tuple[float, float]:
    """Return the nearest round numbers below and above, to a hundredth or a tenth of what is between.

    Examples
    --------
    >>> outward(0.2, 12034.5), outward(0.1234, 0.8765)
    ((0, 13000), (0.12, 0.88))
    """
    span = high - low
    if not 0 < span < LARGEST:
        return low, high
    exponent = math.floor(math.log10(span)) - 1
    if is_integer:
        exponent = max(exponent, 0)
    below, above = _multiple(low, exponent, ROUND_FLOOR), _multiple(high, exponent, ROUND_CEILING)
    return (below if below <= low else low), (above if above >= high else high)


def round_step(value: float) -> float:
    """Return 1, 2 or 5 times a power of ten, the largest that is not above.

    Examples
    --------
    >>> round_step(0.38), round_step(120), round_step(7)
    (0.2, 100, 5)
    """
    exponent = _exponent(value)
    digit = value / 10.0**exponent
    first = 5 if digit >= 5 else 2 if digit >= 2 else 1
    return plain(Decimal(first).scaleb(exponent))


def one_digit(value: float) -> float:
    """Return a number with one digit that counts.

    Examples
    --------
    >>> one_digit(0.0461), one_digit(237.0)
    (0.05, 200)
    """
    return plain(Decimal(f"{value:.0e}"))


def power_of_ten(value: float) -> float:
    """Return the largest power of ten that is not above.

    Examples
    --------
    >>> power_of_ten(66.7), power_of_ten(0.017)
    (10, 0.01)
    """
    return plain(Decimal(1).scaleb(_exponent(value)))


def spoken(value: float) -> str:
    """Return a number for a sentence, with four digits that count.

    Examples
    --------
    >>> spoken(107391.2), spoken(2004.0), spoken(0.0123456)
    ('107,400', '2004', '0.01235')
    """
    rounded = plain(Decimal(f"{value:.4g}"))
    if not 1e-4 <= abs(rounded) < LONGEST_INTEGER:
        return f"{rounded:g}"
    return f"{rounded:,}" if abs(rounded) >= 10_000 else f"{rounded}"


def plain(number: Decimal) -> float:
    """Return an integer where it is one, for it is read more easily."""
    is_whole = number == number.to_integral_value() and abs(number) < LONGEST_INTEGER
    return int(number) if is_whole else float(number)


def _exponent(value: float) -> int:
    return Decimal(repr(value)).adjusted()


def _multiple(value: float, exponent: int, rounding: str) -> float:
    unit = Decimal(1).scaleb(exponent)
    count = (Decimal(repr(value)) / unit).to_integral_value(rounding=rounding)
    return plain(count * unit)
