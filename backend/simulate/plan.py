"""Plans all requests and their times: a pure function of rows, phases and a seed."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from backend.simulate.arrivals import DAILY_SWING, arrivals, daily_rate, steady_rate
from backend.simulate.scenario import RowPool, Scenario
from storage.domain.inputs import FEATURES, HousingFeatures
from storage.domain.place import HAS_PLACE, LATITUDE, LONGITUDE
from storage.domain.simulated import STUCK
from storage.schema.arrays import FloatArray
from training.dataset.splits import Part

BATCH_SHARE = 0.1
"""Share of requests with several rows."""
LARGEST_BATCH = 20
MISTAKE_SHARE = 0.01
"""Share of requests with a mistake that the service rejects, such as latitude and longitude swapped."""


@dataclass(frozen=True)
class Phase:
    """One scenario and its duration."""

    scenario: Scenario
    seconds: float


@dataclass(frozen=True)
class Traffic:
    """The load. ``rate``: average requests/s; ``day_seconds``: length of a day, None: constant rate."""

    rate: float
    seed: int
    day_seconds: float | None = None


@dataclass(frozen=True)
class PlannedRow:
    """One row as sent to the service, its value, and when the value is sent (s after the answer)."""

    features: HousingFeatures
    actual: float
    label_delays: tuple[float, ...]


@dataclass(frozen=True)
class PlannedRequest:
    """One request, ``at`` seconds after the start; ``mistake``: the service should reject it."""

    at: float
    scenario: str
    rows: tuple[PlannedRow, ...]
    mistake: bool


def plan(pool: RowPool, phases: Sequence[Phase], traffic: Traffic) -> Iterator[PlannedRequest]:
    """Yield the requests of all phases, back to back, in the order of their times.

    The same rows, phases and traffic always give the same requests.
    """
    begin = 0.0
    for number, phase in enumerate(phases):
        random = np.random.default_rng([traffic.seed, number])
        rows = phase.scenario.rows(pool)
        rate = _rate(phase, traffic, begin)
        highest = traffic.rate * (1 if traffic.day_seconds is None else 1 + DAILY_SWING)
        for at in arrivals(random, rate, highest, phase.seconds):
            yield _request(random, rows, phase, begin, at)
        begin += phase.seconds


def _rate(phase: Phase, traffic: Traffic, begin: float) -> Callable[[float], float]:
    by_day = steady_rate if traffic.day_seconds is None else daily_rate(traffic.day_seconds)
    return lambda at: (
        traffic.rate * by_day(begin + at) * phase.scenario.activity(at / phase.seconds)
    )


def _request(
    random: np.random.Generator, rows: Part, phase: Phase, begin: float, at: float
) -> PlannedRequest:
    progress = at / phase.seconds
    number = int(random.integers(2, LARGEST_BATCH + 1)) if random.random() < BATCH_SHARE else 1
    mistake = bool(random.random() < MISTAKE_SHARE)
    weights = phase.scenario.weights(rows, progress)
    chosen = random.choice(len(rows), size=number, p=weights)
    return PlannedRequest(
        at=begin + at,
        scenario=phase.scenario.name,
        rows=tuple(
            PlannedRow(
                features=_features(phase.scenario.read(rows.inputs[row], progress), mistake),
                actual=phase.scenario.actual(float(rows.targets[row]), progress),
                label_delays=phase.scenario.label_delays(random, phase.seconds),
            )
            for row in chosen
        ),
        mistake=mistake,
    )


def _features(inputs: FloatArray, mistake: bool) -> HousingFeatures:
    return HousingFeatures.of(_with_mistake(inputs).tolist() if mistake else inputs.tolist())


def _with_mistake(inputs: FloatArray) -> FloatArray:
    """Swap latitude and longitude; without a place, give a number of ten times what is accepted."""
    wrong = inputs.copy()
    if HAS_PLACE:
        wrong[[LATITUDE, LONGITUDE]] = inputs[[LONGITUDE, LATITUDE]]
    else:
        wrong[STUCK] = 10 * abs(FEATURES[STUCK].maximum) + 1
    return wrong
