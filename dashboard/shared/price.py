"""Prices in words: 1990 US dollars, with the census' cap."""

from backend.contract.predictions import TARGET_CAP, TARGET_UNIT_DOLLARS

CENSUS_NOTE = (
    "Prices are median house values in US dollars of 1990. The census recorded every value above "
    r"\$500,000 as \$500,001, so the model knows nothing above that cap."
)
"""Markdown: what a price means and where its knowledge ends."""


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

    No model is right to the dollar, and the same price reads the same everywhere.

    Examples
    --------
    >>> rounded_dollars(4.15234)
    415200
    """
    return round(price * TARGET_UNIT_DOLLARS / 100) * 100


def recorded_dollars(value: float) -> str:
    """Write a value that the census recorded, to the dollar; a capped one says so.

    Examples
    --------
    >>> recorded_dollars(3.808)
    '$380,800'
    >>> recorded_dollars(5.00001)
    '$500,001 (the cap)'
    """
    text = f"${value * TARGET_UNIT_DOLLARS:,.0f}"
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
