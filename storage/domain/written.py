"""Values of the target as a person reads them: ``[target.display]`` of ``table.toml``."""

from math import floor, log10

from storage.domain.target import DISPLAY, RESOLUTION, TARGET_UNIT

EXACT = 100
"""What was recorded, and errors, are written so many times finer than predictions are."""
SMALL, LARGE = 1e-3, 1e4
"""Between them, differences that matter are written with decimals."""


def rounded(value: float, step: float = DISPLAY.step) -> float:
    """Return a value of the target in the written unit, to the nearest multiple of ``step``.

    No model is accurate beyond it, and the same value reads the same everywhere.

    Examples
    --------
    >>> rounded(4.15234)
    415200.0
    """
    nearest = round(value * DISPLAY.factor / step) * step
    return float(round(nearest, digits(step)))


def written(value: float, step: float = DISPLAY.step) -> str:
    """Write a value of the target.

    Examples
    --------
    >>> written(4.15234), written(-0.1212)
    ('$415,200', '−$12,100')
    """
    amount = rounded(value, step)
    return f"{'−' if amount < 0 else ''}{_plain(abs(amount), step)}"


def written_exactly(value: float) -> str:
    """Write a value that was recorded, or an error, a hundred times as finely as a prediction.

    Examples
    --------
    >>> written_exactly(3.808123)
    '$380,812'
    """
    return written(value, DISPLAY.step / EXACT)


def figure(
    value: float, decimals: int = 4, *, sign: str = "", resolution: float = RESOLUTION
) -> str:
    """Write an error among others, in the target's unit, which is named beside them.

    Of a target that is far smaller or larger than usual, decimals would say nothing or far too much.

    Examples
    --------
    >>> figure(0.46), figure(0.0012, 3, sign="+", resolution=5.0)
    ('0.4600', '+0.001')
    >>> figure(5.12345678e-7, resolution=3e-8), figure(305_756_227.9, resolution=5e7)
    ('5.1235e-07', '3.0576e+08')
    """
    digits = f".{decimals}f" if SMALL <= resolution < LARGE else f".{decimals + 1}g"
    return f"{value:{sign}{digits}}"


def written_difference(value: float, step: float = DISPLAY.step) -> str:
    """Write a difference with its sign.

    Examples
    --------
    >>> written_difference(0.123), written_difference(-0.004), written_difference(0.0)
    ('+$12,300', '−$400', '$0')
    """
    amount = rounded(value, step)
    sign = {True: "+", False: "−"}[amount > 0] if amount else ""
    return sign + _plain(abs(amount), step)


def written_roughly(value: float) -> str:
    """Write a difference that is a sum of many with its sign, to three digits.

    Examples
    --------
    >>> written_roughly(1252.038), written_roughly(-0.123)
    ('+$125,000,000', '−$12,300')
    """
    largest = abs(value * DISPLAY.factor)
    return written_difference(value, max(DISPLAY.step, _third_digit(largest)))


def roughly(value: float) -> str:
    """Write a number to three digits.

    Examples
    --------
    >>> roughly(31_300.96), roughly(-1990.8), roughly(0.12345), roughly(0.0)
    ('31,300', '−1,990', '0.123', '0')
    """
    step = _third_digit(abs(value))
    amount = f"{abs(round(value / step) * step):,.{digits(min(step, 1.0))}f}"
    return f"{'−' if value < 0 else ''}{amount}"


def _third_digit(amount: float) -> float:
    """Return what the third digit of an amount counts; 1 of nothing."""
    return float(10.0 ** (floor(log10(amount)) - 2)) if amount > 0 else 1.0


def unrounded(value: float) -> str:
    """Write a value as the service answers it, with its unit.

    Examples
    --------
    >>> unrounded(4.15234)
    '4.1523 × 100,000 USD'
    """
    times = " ×" if TARGET_UNIT[0].isdigit() else ""
    return f"{value:,.{digits(RESOLUTION / EXACT)}f}{times} {TARGET_UNIT}"


def digits(step: float) -> int:
    """Return how many digits after the point a multiple of ``step`` needs.

    Examples
    --------
    >>> digits(100), digits(0.1), digits(0.25), digits(0.29)
    (0, 1, 2, 2)
    """
    multiples = ((count, step * 10**count) for count in range(12))
    found = next((count for count, each in multiples if _is_whole(each)), None)
    return max(0, -floor(log10(step))) if found is None else found


def _is_whole(number: float) -> bool:
    return number > 0.5 and abs(number - round(number)) < 1e-9


def _plain(amount: float, step: float) -> str:
    return f"{DISPLAY.prefix}{amount:,.{digits(step)}f}{DISPLAY.suffix}"
