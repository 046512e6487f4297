"""What a change of the traffic costs, and what caused it: with intervals, and with what only labels can tell.

Errors are mean absolute errors in the target's unit, because they add up: over predictions, and over days.
"""

from typing import Literal

from pydantic import Field

from backend.contract.base import Described, Status
from storage.domain.target import TARGET_UNIT
from storage.schema.estimate import Estimate

SensorKind = Literal["stuck", "rounded", "mixed", "missing", "another_unit", "swapped"]
CauseName = Literal["nothing", "mix_of_inputs", "broken_sensor", "only_labels"]
CAUSES: dict[CauseName, str] = {
    "nothing": "No cause found",
    "mix_of_inputs": "Mix of inputs",
    "broken_sensor": "Broken sensor",
    "only_labels": "Only actual values tell",
}
"""Each cause in words."""
Basis = Literal["actual_values", "replay", "estimate"]


class SensorSign(Described):
    """One sign that a source of inputs is broken, rather than that other rows are asked for.

    ``value`` is the value that an input is stuck at, the decimals that are left of it, or the factor between
    its unit and the usual one; null for the other kinds.
    """

    kind: SensorKind = Field(description="How it is broken.")
    column: str | None = Field(description="Name of the input; null: inputs of several rows mixed.")
    share: float = Field(description="Share of rows or, if refused, of requests; 0 to 1.")
    value: float | None = Field(
        description="The value it is stuck at, the decimals left, or the factor of the unit."
    )
    refused: bool = Field(
        description="Whether these rows were refused, so that they got no prediction."
    )
    reason: str = Field(description="The sign in a sentence.")


class DriftCause(Described):
    """The cause of a change, named.

    ``mix_of_inputs``: other rows are asked for than in training. ``broken_sensor``: a source of inputs is
    spoiled, and ``signs`` say which and how. ``only_labels``: the inputs are as usual, but actual values are
    not. ``nothing``: no change was found, which without actual values says nothing about those.
    """

    name: CauseName = Field(description="The cause.")
    signs: list[SensorSign] = Field(
        description="Signs of a broken source, the largest first; empty for other causes."
    )
    inputs: list[str] = Field(
        description="Inputs that moved, the most important first; empty for other causes."
    )
    reason: str = Field(description="The cause in a sentence.")


class DriftHarm(Described):
    """What the change costs: the rise of the mean absolute error over the holdout's, times the traffic.

    ``basis`` is how the rise is known: measured on ``actual_values``, from a ``replay`` of the broken source
    on the holdout, or from the ``estimate`` of the error, which cannot see that actual values changed. The
    rise has two parts: what the inputs let expect, and what only actual values tell, null without enough of
    them. All are below zero where the error has fallen.
    """

    status: Status = Field(description="Whether there was enough data for a figure.")
    cause: DriftCause = Field(description="What caused the change.")
    basis: Basis | None = Field(description="How the rise is known; null without a figure.")
    per_prediction: Estimate | None = Field(
        description=f"Rise of the mean absolute error, in {TARGET_UNIT}."
    )
    from_inputs: Estimate | None = Field(
        description=f"The part of it that the inputs let expect, in {TARGET_UNIT}."
    )
    from_labels: Estimate | None = Field(
        description=f"The part of it that only actual values tell, in {TARGET_UNIT}; null without enough."
    )
    labelled: int = Field(description="Predictions with an actual value that were looked at.")
    predictions_per_day: float = Field(description="The window's traffic, in predictions per day.")
    per_day: Estimate | None = Field(
        description=f"The rise times the predictions of a day, in {TARGET_UNIT}."
    )
    cost_per_day: Estimate | None = Field(
        description="The rise of a day times the cost of one unit of error; null where no cost is set."
    )
    amounts: list[str] = Field(default_factory=list, description="What it costs, in sentences.")
    left_out: list[str] = Field(
        default_factory=list, description="What the figures leave out, in sentences."
    )

    @property
    def sentences(self) -> list[str]:
        """Cause, cost and what is left out, for a message."""
        return [f"{CAUSES[self.cause.name]}: {self.cause.reason}", *self.amounts, *self.left_out]
