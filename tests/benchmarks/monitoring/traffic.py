"""Traffic as services have it: rows that are asked again, clients with an area each, weekdays."""

from collections.abc import Callable

import numpy as np
from scipy.spatial import KDTree

from storage.schema.arrays import FloatArray
from tests.benchmarks.monitoring.windows import INCOME, LATITUDE, LONGITUDE, Population, draw

Random = np.random.Generator
Traffic = Callable[[float, int, Random], FloatArray]
"""Draws so many rows of a day (a whole number is its midnight): inputs (n, 8)."""

AREA_ROWS = 150
"""Rows in the area of a client: those nearest to one of them."""
ACTIVITY = 2.0
"""Shape of the gamma distribution of how much a client asks in a day: it varies by 70 %."""
WEEKLY_SWING = 0.1
"""Incomes are so much higher in the middle of the week, and lower half a week later."""


def independent(population: Population, seed: int) -> Traffic:
    """Return traffic of fresh rows, which share nothing."""
    return lambda day, number, random: draw(population, number, random)


def _asked_again(times: int) -> Callable[[Population, int], Traffic]:
    """Return the traffic in which each row is asked so many times."""

    def traffic(population: Population, seed: int) -> Traffic:
        def rows(day: float, number: int, random: Random) -> FloatArray:
            different = draw(population, -(-number // times), random)
            return np.repeat(different, times, axis=0)[:number]

        return rows

    return traffic


def _clients(count: int) -> Callable[[Population, int], Traffic]:
    """Return the traffic of so many clients, each asking about an area of its own, some days more."""

    def traffic(population: Population, seed: int) -> Traffic:
        places = population.rows[:, [LATITUDE, LONGITUDE]]
        centres = places[np.random.default_rng(seed).choice(len(places), count, replace=False)]
        areas = KDTree(places).query(centres, AREA_ROWS)[1]

        def rows(day: float, number: int, random: Random) -> FloatArray:
            activity = np.random.default_rng([seed, int(day)]).gamma(ACTIVITY, size=count)
            who = random.choice(count, number, p=activity / activity.sum())
            asked: FloatArray = population.rows[areas[who, random.integers(AREA_ROWS, size=number)]]
            return asked

        return rows

    return traffic


def weekly(population: Population, seed: int) -> Traffic:
    """Return traffic in which incomes rise and fall with the weekday, by a tenth."""

    def rows(day: float, number: int, random: Random) -> FloatArray:
        found = draw(population, number, random).copy()
        found[:, INCOME] *= 1 + WEEKLY_SWING * np.sin(2 * np.pi * int(day) / 7)
        return found

    return rows


TRAFFIC: dict[str, Callable[[Population, int], Traffic]] = {
    "independent": independent,
    "each row twice": _asked_again(2),
    "each row three times": _asked_again(3),
    "20 clients": _clients(20),
    "100 clients": _clients(100),
    "weekly cycle": weekly,
}
