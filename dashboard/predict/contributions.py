"""The contribution of each input to a prediction, rounded to steps that add up."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backend.contract.definition import DISPLAY, digits
from backend.contract.predictions import Contributions
from dashboard.wording.value import rounded

MOST_PARTS = 15
"""Of more inputs, the smallest contributions are shown as one."""


@dataclass(frozen=True)
class Contribution:
    """What some inputs, mostly one, add to the prediction: so many steps of ``DISPLAY.step``."""

    names: tuple[str, ...]
    steps: int


@dataclass(frozen=True)
class BuildUp:
    """From the base to the prediction: ``base + sum of the contributions == total``, in steps."""

    base: int
    contributions: tuple[Contribution, ...]
    total: int


def build_up(contributions: Contributions, prediction: float) -> BuildUp:
    """Return the build-up of a prediction, the largest contribution first.

    Rounded one by one, the parts would miss the prediction by a few steps. So each is rounded down, and those
    that lost most are rounded up until the sum is the displayed prediction: no part is off by more than a
    step.
    """
    by_size = sorted(contributions.values.items(), key=lambda item: -abs(item[1]))
    groups = _groups([name for name, _ in by_size])
    values = contributions.values
    parts = [contributions.base_value, *(sum(values[name] for name in names) for names in groups)]
    total = round(rounded(prediction) / DISPLAY.step)
    base, *steps = round_to_sum([part * DISPLAY.factor / DISPLAY.step for part in parts], total)
    named = zip(groups, steps, strict=True)
    return BuildUp(base, tuple(Contribution(names, part) for names, part in named), total)


def amount_of(steps: int) -> float:
    """Return steps in the written unit."""
    return float(round(steps * DISPLAY.step, digits(DISPLAY.step)))


def value_of(steps: int) -> float:
    """Return steps in the target's unit."""
    return amount_of(steps) / DISPLAY.factor


def round_to_sum(parts: Sequence[float], total: int) -> list[int]:
    """Round numbers to whole ones that sum to ``total`` (largest remainders).

    Parameters
    ----------
    parts
        Numbers, whose sum is within a half of ``total``.

    Examples
    --------
    >>> round_to_sum([1.49, 1.49, 1.49], 4)
    [2, 1, 1]
    """
    exact = np.array(parts)
    whole = np.floor(exact).astype(int)
    missing = total - int(whole.sum())
    most_lost = np.argsort(whole - exact, kind="stable")
    whole[most_lost[:missing]] += 1
    return [int(count) for count in whole]


def _groups(names: Sequence[str]) -> list[tuple[str, ...]]:
    if len(names) <= MOST_PARTS:
        return [(name,) for name in names]
    return [*((name,) for name in names[: MOST_PARTS - 1]), tuple(names[MOST_PARTS - 1 :])]
