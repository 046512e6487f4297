"""Scenarios: which rows are requested, and what goes wrong.

Everything here is a pure function of its arguments; ``progress`` is the part of the phase that has passed,
0 to 1. Values are in the target's unit.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from backend.simulate.new_rows import NAME, SUMMARY, new_rows
from storage.domain.inputs import FEATURES
from storage.domain.simulated import DRIFTING, STUCK, STUCK_AT
from storage.domain.subject import SUBJECTS
from storage.domain.target import DISPLAY, HIGHEST_ANSWER
from storage.schema.arrays import FloatArray
from training.dataset.splits import Part

NEW_SEED = 20_261_129
"""The same rows are new in every run: which of them are asked about is the plan's seed."""
ONSET = 0.25
"""Point in its phase where a change begins."""
FULL = 0.5
"""Point in its phase where a gradual change is complete."""


@dataclass(frozen=True)
class RowPool:
    """Rows to ask about: ``held_out`` ones, which no version ever learns from, and ``learned`` ones."""

    held_out: Part
    learned: Part


class Scenario:
    """Steady traffic: every held-out row is equally likely, and its inputs are unchanged.

    The other scenarios differ from this one by a single method each, so that a chart shows one cause.
    """

    name: ClassVar[str] = "steady"
    summary: ClassVar[str] = "held-out rows like those in training"
    label_share: ClassVar[float] = 0.8
    repeated_label_share: ClassVar[float] = 0.02
    """Share of labels that are sent twice, as a retrying client does."""

    def rows(self, pool: RowPool) -> Part:
        """Return the rows that may be asked about."""
        return pool.held_out

    def activity(self, progress: float) -> float:
        """Return the current request rate, as a share of the usual one."""
        return 1.0

    def weights(self, rows: Part, progress: float) -> FloatArray | None:
        """Return the probability of each row, summing to 1; None: equal."""
        return None

    def read(self, inputs: FloatArray, progress: float) -> FloatArray:
        """Return the eight inputs of a row as the service receives them, shape (8,)."""
        return inputs

    def actual(self, actual: float, progress: float) -> float:
        """Return the actual value of the row."""
        return actual

    def label_delay(self, random: np.random.Generator, phase_seconds: float) -> float:
        """Return the delay in seconds until a value is known."""
        return float(random.exponential(4.0))

    def label_delays(self, random: np.random.Generator, phase_seconds: float) -> tuple[float, ...]:
        """Return when the value of one row is sent: never, once or twice; in seconds after the answer."""
        if random.random() >= self.label_share:
            return ()
        first = self.label_delay(random, phase_seconds)
        if random.random() >= self.repeated_label_share:
            return (first,)
        return (first, first + self.label_delay(random, phase_seconds))


class Drift(Scenario):
    """Covariate drift: more and more requests with high values of one input. Targets are unchanged."""

    name = "drift"
    summary = (
        f"more and more {SUBJECTS} of high {FEATURES[DRIFTING].label.lower()}; what they are worth is "
        "unchanged"
    )

    STRENGTH: ClassVar[float] = 0.9
    """Rise of the input's mean in standard deviations, if it were normal."""

    def weights(self, rows: Part, progress: float) -> FloatArray | None:
        """Weight rows exponentially by the input, which shifts a normal mean and keeps its width."""
        values = rows.inputs[:, DRIFTING]
        values = np.where(np.isnan(values), np.nanmean(values), values)
        spread = float(values.std())
        if spread == 0:
            return None
        tilt = self.STRENGTH * size(progress) * (values - values.mean()) / spread
        likely = np.exp(tilt - tilt.max())
        return np.asarray(likely / likely.sum())


class BrokenSensor(Scenario):
    """A stuck feed: one input always has the same value."""

    name = "broken-sensor"
    summary = f"{FEATURES[STUCK].name} is stuck at one value"

    def read(self, inputs: FloatArray, progress: float) -> FloatArray:
        """Replace the input from the onset on."""
        if progress < ONSET:
            return inputs
        stuck = inputs.copy()
        stuck[STUCK] = STUCK_AT
        return stuck


class Degradation(Scenario):
    """Concept drift: inputs are unchanged, and targets rise above what the model learned."""

    name = "degradation"
    summary = f"the {DISPLAY.label.lower()} rises by a third; inputs are unchanged"

    RISE: ClassVar[float] = 1 / 3

    def actual(self, actual: float, progress: float) -> float:
        """Raise the target, up to the highest that is possible."""
        return min(actual + self.RISE * size(progress) * abs(actual), HIGHEST_ANSWER)


class LateLabels(Scenario):
    """Values arrive late, in any order, and more of them twice."""

    name = "late-labels"
    summary = "actual values become known late, out of order, some twice"
    label_share = 0.95
    repeated_label_share = 0.1

    def label_delay(self, random: np.random.Generator, phase_seconds: float) -> float:
        """Draw evenly from the second half of the phase's length."""
        return float(random.uniform(0.5, 1.0) * phase_seconds)


class New(Scenario):
    """Concept drift that a retraining can learn: rows of a new kind, made of those that it may learn."""

    name = NAME
    summary = SUMMARY

    def rows(self, pool: RowPool) -> Part:
        """Return the learned rows as ones of the new kind."""
        return new_rows(pool.learned, np.random.default_rng(NEW_SEED))


class Outage(Scenario):
    """No requests for a while: clients are cut off, the service keeps running."""

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
        New(),
        Outage(),
    )
}


def size(progress: float) -> float:
    """Return the completed share of a gradual change, 0 to 1.

    >>> [size(progress) for progress in (0.0, 0.25, 0.375, 0.5, 1.0)]
    [0.0, 0.0, 0.5, 1.0, 1.0]
    """
    return min(max((progress - ONSET) / (FULL - ONSET), 0.0), 1.0)
