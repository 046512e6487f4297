"""What happens to the traffic: each scenario says which districts are asked about, and what goes wrong.

Everything here is a pure function of its arguments; ``progress`` is the part of the phase that has passed,
0 to 1. Prices are in units of 100,000 USD.
"""

from typing import ClassVar

import numpy as np

from storage.domain.inputs import INCOME, OCCUPANCY
from storage.domain.target import TARGET_CAP
from storage.schema.arrays import FloatArray
from training.dataset.splits import Part

ONSET = 0.25
"""Where in its phase a change begins."""
FULL = 0.5
"""Where in its phase a gradual change has all of its size."""


class Scenario:
    """Steady traffic: every held-out district is as likely as any other, and read as it is.

    The other scenarios differ from this one by a single method each, so that a chart shows one cause.
    """

    name: ClassVar[str] = "steady"
    summary: ClassVar[str] = "held-out districts, as the model knows them"
    label_share: ClassVar[float] = 0.8
    repeated_label_share: ClassVar[float] = 0.02
    """Share of labels that are sent twice, as a system that tries again does."""

    def activity(self, progress: float) -> float:
        """Return the rate of requests now, as a share of the usual one."""
        return 1.0

    def weights(self, rows: Part, progress: float) -> FloatArray | None:
        """Return how likely each row is to be asked about, summing to 1; None: all alike."""
        return None

    def read(self, inputs: FloatArray, progress: float) -> FloatArray:
        """Return what reaches the service of a district's eight inputs, shape (8,)."""
        return inputs

    def price(self, price: float, progress: float) -> float:
        """Return what the district turns out to be worth."""
        return price

    def label_delay(self, random: np.random.Generator, phase_seconds: float) -> float:
        """Return after how many seconds a price becomes known."""
        return float(random.exponential(4.0))

    def label_delays(self, random: np.random.Generator, phase_seconds: float) -> tuple[float, ...]:
        """Return when the price of one row is sent: never, once, or twice; seconds after the answer."""
        if random.random() >= self.label_share:
            return ()
        first = self.label_delay(random, phase_seconds)
        if random.random() >= self.repeated_label_share:
            return (first,)
        return (first, first + self.label_delay(random, phase_seconds))


class Drift(Scenario):
    """Other customers: rich districts are asked about more and more. Their prices stay true."""

    name = "drift"
    summary = "more and more rich districts; inputs and prices stay true"

    STRENGTH: ClassVar[float] = 0.9
    """By how many standard deviations the mean income would rise, were incomes normal."""

    def weights(self, rows: Part, progress: float) -> FloatArray | None:
        """Tilt the choice exponentially by income, which shifts a normal mean and keeps its width."""
        income = rows.inputs[:, INCOME]
        spread = float(income.std())
        if spread == 0:
            return None
        tilt = self.STRENGTH * size(progress) * (income - income.mean()) / spread
        likely = np.exp(tilt - tilt.max())
        return np.asarray(likely / likely.sum())


class BrokenSensor(Scenario):
    """A feed is stuck: the occupancy reads the same value whatever it is."""

    name = "broken-sensor"
    summary = "AveOccup is stuck at one value"

    STUCK_AT: ClassVar[float] = 3.5

    def read(self, inputs: FloatArray, progress: float) -> FloatArray:
        """Replace the occupancy from the onset on."""
        if progress < ONSET:
            return inputs
        stuck = inputs.copy()
        stuck[OCCUPANCY] = self.STUCK_AT
        return stuck


class Degradation(Scenario):
    """The market moves: inputs look as ever, and prices rise away from what the model learned."""

    name = "degradation"
    summary = "prices rise by a third, and the inputs do not show it"

    RISE: ClassVar[float] = 1 / 3

    def price(self, price: float, progress: float) -> float:
        """Raise the price; the census writes nothing above its cap."""
        return min(price * (1 + self.RISE * size(progress)), TARGET_CAP)


class LateLabels(Scenario):
    """Prices come late, in any order, and more of them twice."""

    name = "late-labels"
    summary = "prices become known late, out of order, some twice"
    label_share = 0.95
    repeated_label_share = 0.1

    def label_delay(self, random: np.random.Generator, phase_seconds: float) -> float:
        """Draw evenly from the second half of the phase's length."""
        return float(random.uniform(0.5, 1.0) * phase_seconds)


class Outage(Scenario):
    """Nobody asks for a while: the callers are cut off, the service is not touched."""

    name = "outage"
    summary = "no requests during the middle third"

    def activity(self, progress: float) -> float:
        """Stop in the middle third."""
        return 0.0 if 1 / 3 <= progress < 2 / 3 else 1.0


SCENARIOS: dict[str, Scenario] = {
    scenario.name: scenario
    for scenario in (
        Scenario(),
        Drift(),
        BrokenSensor(),
        Degradation(),
        LateLabels(),
        Outage(),
    )
}


def size(progress: float) -> float:
    """Return how much of a gradual change has come, 0 to 1.

    >>> [size(progress) for progress in (0.0, 0.25, 0.375, 0.5, 1.0)]
    [0.0, 0.0, 0.5, 1.0, 1.0]
    """
    return min(max((progress - ONSET) / (FULL - ONSET), 0.0), 1.0)
