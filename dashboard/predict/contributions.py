"""The contribution of each input to a price, rounded to hundreds of dollars that add up."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backend.contract.predictions import DISPLAY, Contributions
from dashboard.shared.price import rounded_dollars

STEP_DOLLARS = 100
"""Every price on the page is to the nearest hundred dollars."""


@dataclass(frozen=True)
class Contribution:
    """What one input adds to the price, in dollars."""

    name: str
    dollars: int


@dataclass(frozen=True)
class PriceBuildUp:
    """From the base to the price: ``base + sum of the contributions == price``, in dollars."""

    base: int
    contributions: tuple[Contribution, ...]
    price: int


def build_up(contributions: Contributions, prediction: float) -> PriceBuildUp:
    """Return the build-up of a price, the largest contribution first.

    Rounded one by one, the parts would miss the price by a few hundred dollars. So each is rounded down,
    and those that lost most are rounded up until the sum is the displayed price: no part is off by more
    than a hundred dollars.
    """
    by_size = sorted(contributions.values.items(), key=lambda item: -abs(item[1]))
    parts = [contributions.base_value, *(value for _, value in by_size)]
    price = rounded_dollars(prediction)
    base, *rounded = round_to_sum([part * DISPLAY.factor for part in parts], price)
    named = zip((name for name, _ in by_size), rounded, strict=True)
    return PriceBuildUp(base, tuple(Contribution(name, part) for name, part in named), price)


def round_to_sum(parts: Sequence[float], total: int) -> list[int]:
    """Round dollars to hundreds that sum to ``total`` (largest remainders).

    Parameters
    ----------
    parts
        Dollars, whose sum is within fifty dollars of ``total``.
    total
        A whole number of hundreds.

    Examples
    --------
    >>> round_to_sum([149.0, 149.0, 149.0], 400)
    [200, 100, 100]
    """
    hundreds = np.array(parts) / STEP_DOLLARS
    rounded = np.floor(hundreds).astype(int)
    missing = total // STEP_DOLLARS - int(rounded.sum())
    most_lost = np.argsort(rounded - hundreds, kind="stable")
    rounded[most_lost[:missing]] += 1
    return [int(count) * STEP_DOLLARS for count in rounded]
