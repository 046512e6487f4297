"""Windows of the simulator's scenarios, and of further broken sources, each with its true cause."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from backend.contract.drift.harm import CauseName
from backend.simulate.plan import Phase, PlannedRequest, PlannedRow, Traffic, plan
from backend.simulate.scenario import ONSET, SCENARIOS, RowPool, Scenario
from storage.domain.inputs import FEATURE_NAMES
from storage.predictions.refused import Refusal
from storage.schema.accepted import are_accepted
from storage.schema.arrays import BoolArray, FloatArray

SECONDS, RATE = 1_000.0, 8.0
"""Of a phase, and requests per second: about 16,000 rows."""
SPANS = {"as it begins": (ONSET, 0.5), "afterwards": (0.5, 1.0)}
"""Parts of a phase that are windows."""
WINDOW_ROWS = 1_000
TRUTHS: dict[str, CauseName] = {
    "steady": "nothing",
    "drift": "mix_of_inputs",
    "broken-sensor": "broken_sensor",
    "degradation": "only_labels",
    "late-labels": "nothing",
    "new-homes": "mix_of_inputs",
    "outage": "nothing",
}


@dataclass(frozen=True)
class HarmWindow:
    """Rows that are asked about, what is known of them, and why they are as they are.

    Attributes
    ----------
    inputs, actual
        Shapes (n, 8) and (n,), of the rows that the service accepts.
    is_labelled
        Shape (n,): whether the actual value is known when the window ends.
    refusals
        Of the other rows.
    others, others_actual
        Other accepted rows of the same time, shapes (m, 8) and (m,): the realized harm is theirs, so that no
        actual value that was known for the answer is in it.
    """

    name: str
    span: str
    truth: CauseName
    inputs: FloatArray
    actual: FloatArray
    is_labelled: BoolArray
    refusals: tuple[Refusal, ...]
    others: FloatArray
    others_actual: FloatArray


def scenario_windows(pool: RowPool, seed: int) -> Iterator[HarmWindow]:
    """Yield the windows of each scenario of the simulator."""
    for name, scenario in SCENARIOS.items():
        yield from _windows(name, TRUTHS[name], scenario, pool, seed)


def broken_windows(pool: RowPool, seed: int) -> Iterator[HarmWindow]:
    """Yield the windows of broken sources that the simulator does not have."""
    for name, spoil in BROKEN.items():
        yield from _windows(name, "broken_sensor", Broken(spoil), pool, seed)


Spoil = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True)
class Broken(Scenario):
    """A source that spoils each row from the onset on."""

    name: ClassVar[str] = "broken"
    spoil: Spoil

    def read(self, inputs: FloatArray, progress: float) -> FloatArray:
        """Spoil a row, shape (8,)."""
        return inputs if progress < ONSET else self.spoil(inputs)


def _with(name: str, change: Callable[[float], float], share: float = 1.0) -> Spoil:
    column = FEATURE_NAMES.index(name)

    def spoil(row: FloatArray) -> FloatArray:
        found = row.copy()
        # The same rows are spoiled in every run: the last digits decide.
        if (row.sum() * 1e4) % 1.0 < share:
            found[column] = change(float(row[column]))
        return found

    return spoil


BROKEN: dict[str, Spoil] = {
    "MedInc in dollars": _with("MedInc", lambda value: 10_000 * value),
    "Population in thousands": _with("Population", lambda value: value / 1_000),
    "AveRooms times 10, in a third": _with("AveRooms", lambda value: 10 * value, 1 / 3),
    "MedInc stuck in a fifth": _with("MedInc", lambda value: 3.0, 0.2),
    "Latitude rounded to 0.1": _with("Latitude", lambda value: round(value, 1)),
    "HouseAge missing in a tenth": _with("HouseAge", lambda value: np.nan, 0.1),
}


def _windows(
    name: str, truth: CauseName, scenario: Scenario, pool: RowPool, seed: int
) -> Iterator[HarmWindow]:
    requests = [*plan(pool, [Phase(scenario, SECONDS)], Traffic(RATE, seed))]
    for span, (begin, end) in SPANS.items():
        inside = [each for each in requests if begin <= each.at / SECONDS < end]
        yield _window(name, span, truth, inside, end * SECONDS)


def _window(
    name: str, span: str, truth: CauseName, requests: list[PlannedRequest], end: float
) -> HarmWindow:
    every = [(each, row) for each in requests for row in each.rows]
    # Spread over the span, so that the others are of the same state of a gradual change.
    chosen = np.zeros(len(every), dtype=np.bool_)
    chosen[np.linspace(0, len(every) - 1, WINDOW_ROWS).astype(int)] = True
    inputs = np.array([row.features.vector() for _, row in every], dtype=np.float64)
    actual = np.array([row.actual for _, row in every])
    taken = are_accepted(inputs)
    usable = taken.all(axis=1)
    known = [any(each.at + delay <= end for delay in row.label_delays) for each, row in every]
    return HarmWindow(
        name=name,
        span=span,
        truth=truth,
        inputs=inputs[chosen & usable],
        actual=actual[chosen & usable],
        is_labelled=np.array(known)[chosen & usable],
        refusals=tuple(_refusals(every, inputs, taken | ~chosen[:, np.newaxis])),
        others=inputs[~chosen & usable],
        others_actual=actual[~chosen & usable],
    )


def _refusals(
    pairs: list[tuple[PlannedRequest, PlannedRow]], inputs: FloatArray, taken: BoolArray
) -> Iterator[Refusal]:
    for row, column in np.argwhere(~taken).tolist():
        value = float(inputs[row, column])
        name, request = FEATURE_NAMES[column], f"{pairs[row][0].at:.6f}"
        if np.isnan(value):
            yield Refusal(request, name, "float_type", 1, None)
        else:
            yield Refusal(request, name, "out_of_range", 1, value)
