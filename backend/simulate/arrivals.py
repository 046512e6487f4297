"""Arrival times of requests: a Poisson process whose rate may follow a day."""

import math
from collections.abc import Callable, Iterator

import numpy as np

DAILY_SWING = 0.6
"""Amplitude of the daily rate, as a share of its mean."""


def steady_rate(seconds: float) -> float:
    """Return the rate at a time, as a share of the mean: always 1."""
    return 1.0


def daily_rate(day_seconds: float) -> Callable[[float], float]:
    """Return a rate that is lowest at the start of each day and highest in its middle, 1 on average.

    >>> rate = daily_rate(day_seconds=60)
    >>> [round(rate(at), 2) for at in (0, 15, 30, 45, 60)]
    [0.4, 1.0, 1.6, 1.0, 0.4]
    """
    return lambda seconds: 1 - DAILY_SWING * math.cos(2 * math.pi * seconds / day_seconds)


def arrivals(
    random: np.random.Generator,
    rate: Callable[[float], float],
    highest_rate: float,
    duration_seconds: float,
) -> Iterator[float]:
    """Yield the times of an inhomogeneous Poisson process, in s, ascending.

    Parameters
    ----------
    random
        Random generator.
    rate
        Events per second at a time, never above ``highest_rate``.
    highest_rate
        Events per second, above 0.
    duration_seconds
        All times are before this one.

    Notes
    -----
    Thinning: candidates come at the highest rate, and each is kept with probability rate / highest rate
    (Lewis and Shedler, *Simulation of nonhomogeneous Poisson processes by thinning*, 1979).
    """
    at = float(random.exponential(1 / highest_rate))
    while at < duration_seconds:
        if random.random() * highest_rate < rate(at):
            yield at
        at += float(random.exponential(1 / highest_rate))
