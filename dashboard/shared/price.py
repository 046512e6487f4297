"""Prices and shares, in words and as numbers for charts: 1990 US dollars, with the census cap."""

from typing import overload

from backend.contract.performance import Estimate
from backend.contract.predictions import DISPLAY, TARGET_CAP

CENSUS_NOTE = (
    "Prices are median house values in 1990 US dollars. The census capped values above "
    r"\$500,000 at \$500,001, so the model cannot predict above that."
)
"""Markdown: what a price means, and the highest one there is."""


def dollars(price: float) -> str:
    """Write a price given in units of 100,000 USD, to the nearest hundred dollars.

    Examples
    --------
    >>> dollars(4.15234)
    '$415,200'
    >>> dollars(-0.1212)
    '-$12,100'
    """
    amount = rounded_dollars(price)
    return f"{'-' if amount < 0 else ''}${abs(amount):,}"


def rounded_dollars(price: float) -> int:
    """Return a price given in units of 100,000 USD in dollars, to the nearest hundred.

    No model is accurate to the dollar, and the same price reads the same everywhere.

    Examples
    --------
    >>> rounded_dollars(4.15234)
    415200
    """
    return int(round(price * DISPLAY.factor / 100) * 100)


def recorded_dollars(value: float) -> str:
    """Write a value that the census recorded, to the dollar; a capped one says so.

    Examples
    --------
    >>> recorded_dollars(3.808)
    '$380,800'
    >>> recorded_dollars(5.00001)
    '$500,001 (the cap)'
    """
    text = f"${value * DISPLAY.factor:,.0f}"
    return f"{text} (the cap)" if is_capped(value) else text


def is_capped(price: float) -> bool:
    """Return whether a price is at or above what the census recorded.

    Examples
    --------
    >>> is_capped(5.00001), is_capped(4.9)
    (True, False)
    """
    return price >= TARGET_CAP


def escaped(text: str) -> str:
    r"""Keep Markdown from reading a dollar sign as the start of a formula.

    Examples
    --------
    >>> print(escaped("$415,200"))
    \$415,200
    """
    return text.replace("$", r"\$")


def dollar_difference(amount: int) -> str:
    """Write a difference in dollars, with its sign.

    Examples
    --------
    >>> dollar_difference(12_300), dollar_difference(-400), dollar_difference(0)
    ('+$12,300', '−$400', '$0')
    """
    sign = {True: "+", False: "−"}[amount > 0] if amount else ""
    return f"{sign}${abs(amount):,}"


def price(value: float) -> str:
    """Write a price difference as Markdown, to the nearest hundred dollars."""
    return escaped(dollars(value))


def price_range(estimate: Estimate) -> str:
    r"""Write a figure in 100,000 USD and its interval, as Markdown.

    Examples
    --------
    >>> price_range(Estimate(value=0.374, lower=0.355, upper=0.394))
    '**\\$37,400** :gray[\\$35,500 to \\$39,400]'
    """
    return f"**{price(estimate.value)}** :gray[{price(estimate.lower)} to {price(estimate.upper)}]"


def share_range(estimate: Estimate) -> str:
    """Write a share and its interval, as Markdown.

    Examples
    --------
    >>> share_range(Estimate(value=0.9, lower=0.874, upper=0.93))
    '**90.0%** :gray[87.4% to 93.0%]'
    """
    return (
        f"**{percent(estimate.value)}** :gray[{percent(estimate.lower)} to "
        f"{percent(estimate.upper)}]"
    )


def number_range(estimate: Estimate) -> str:
    """Write a figure without unit and its interval, as Markdown."""
    values = (estimate.value, estimate.lower, estimate.upper)
    value, lower, upper = map(two_digits, values)
    return f"**{value}** :gray[{lower} to {upper}]"


def two_digits(value: float) -> str:
    """Write a ratio or a share with two digits."""
    return f"{value:.2f}"


def percent(value: float) -> str:
    """Write a share in percent."""
    return f"{value:.1%}"


def in_dollars(value: float | None) -> float | None:
    """Return a price given in 100,000 USD in dollars, for a column that formats it; None stays None."""
    return None if value is None else value * DISPLAY.factor


@overload
def in_thousands(value: float) -> float: ...
@overload
def in_thousands(value: None) -> None: ...
def in_thousands(value: float | None) -> float | None:
    """Return a price given in 100,000 USD in thousand dollars, for a chart.

    Examples
    --------
    >>> in_thousands(0.374), in_thousands(None)
    (37.4, None)
    """
    return None if value is None else round(value * DISPLAY.factor / 1_000, 2)


def in_percent(share: float | None) -> float | None:
    """Return a share from 0 to 1 in percent, for a chart.

    Examples
    --------
    >>> in_percent(0.12345), in_percent(None)
    (12.35, None)
    """
    return None if share is None else round(100 * share, 2)
