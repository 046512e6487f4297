"""Whether to retrain the model, judged by rows that are sent or by logged predictions."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from backend.contract.base import Request, Success
from backend.contract.drift.analysis import MOST_ROWS, DriftAnalysis, DriftRow
from backend.contract.feedback import HIGHEST_ACTUAL
from backend.contract.performance import Degradation, EstimatedError, RealizedError
from storage.domain.target import TARGET_UNIT

TargetValue = Annotated[
    float, Field(strict=True, allow_inf_nan=False, ge=-HIGHEST_ACTUAL, le=HIGHEST_ACTUAL)
]
"""In the target's unit; a model's answer may be below zero."""


PAIRS: dict[str, Any] = {
    "anyOf": [
        {
            "required": ["predictions", "actuals"],
            "properties": {"predictions": {"type": "array"}, "actuals": {"type": "array"}},
        },
        {"properties": {"predictions": {"type": "null"}, "actuals": {"type": "null"}}},
    ]
}
"""What can be said of them in a schema; that they are equally many cannot."""


class RetrainingCheckRequest(Request):
    """POST /monitoring/retraining-check: an empty body means the logged window.

    ``predictions`` and ``actuals`` are pairs, in the target's unit; ``new_data`` may contain other rows.
    """

    model_config = ConfigDict(json_schema_extra=PAIRS)

    new_data: list[DriftRow] | None = Field(
        None,
        max_length=MOST_ROWS,
        fail_fast=True,
        description="Rows to check for drift.",
    )
    predictions: list[TargetValue] | None = Field(
        None,
        max_length=MOST_ROWS,
        fail_fast=True,
        description=f"Predictions in {TARGET_UNIT}.",
    )
    actuals: list[TargetValue] | None = Field(
        None,
        max_length=MOST_ROWS,
        fail_fast=True,
        description=f"Actual values in {TARGET_UNIT}, in the same order.",
    )

    @model_validator(mode="after")
    def _pairs(self) -> Self:
        predictions, actuals = self.predictions, self.actuals
        if (predictions is None) != (actuals is None):
            raise ValueError("send predictions and actuals together, or neither")
        if predictions is not None and actuals is not None and len(predictions) != len(actuals):
            raise ValueError(
                f"there are {len(predictions)} predictions and {len(actuals)} actuals; "
                "send one of each, in the same order"
            )
        return self

    @property
    def is_empty(self) -> bool:
        """Whether to check the logged window."""
        return self.new_data is None and self.predictions is None


class PerformanceAnalysis(BaseModel):
    """Realized error with its degradation, and estimated error (null for rows that are sent)."""

    realized: RealizedError = Field(description="Realized error.")
    degradation: Degradation = Field(description="Realized error compared with the holdout.")
    estimated: EstimatedError | None = Field(
        description="Estimated error; null for rows that were sent."
    )


class DataVolumeCheck(BaseModel):
    """Whether there is enough data to judge drift and error, and how much was labelled since the training."""

    rows: int = Field(description="Rows checked for drift.")
    minimum_rows: int = Field(description="Rows needed for a drift verdict.")
    enough_rows: bool = Field(description="Whether there are enough for drift.")
    labelled_rows: int = Field(description="Labelled rows.")
    minimum_labelled_rows: int = Field(description="Labelled rows needed to judge the error.")
    enough_labelled_rows: bool = Field(description="Whether there are enough to judge the error.")
    newly_labelled_rows: int = Field(description="Predictions labelled since the last training.")
    labelled_rows_for_retraining: int = Field(
        description="New labels that suggest a retraining; 0 means never."
    )


class RetrainingBlock(BaseModel):
    """One reason why a scheduled check may not request a retraining now; a person still can."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["automatic_off", "open_retraining", "cooldown", "same_data"] = Field(
        description="What blocks it."
    )
    sentence: str = Field(description="The same in one sentence.")


class RetrainingDecision(BaseModel):
    """Whether to retrain: ``source`` is the most serious cause, null without one.

    ``reasons`` are the causes, the most serious first, or why there is none. ``blocks`` keep a scheduled
    check from requesting a retraining; ``blocked_by`` has their sentences. The decision rests on ``figures``.
    """

    model_config = ConfigDict(frozen=True)

    should_retrain: bool = Field(description="Whether a retraining is suggested.")
    source: Literal["degradation", "drift", "age", "labels"] | None = Field(
        description="The most serious cause; null without one."
    )
    reasons: list[str] = Field(description="Causes, the most serious first, or why there is none.")
    blocks: list[RetrainingBlock] = Field(
        [], description="What keeps a scheduled check from requesting a retraining."
    )
    blocked_by: list[str] = Field([], description="The sentences of `blocks`.")
    figures: dict[str, Any] = Field({}, description="Figures behind the decision.")

    @property
    def asks_by_itself(self) -> bool:
        """Whether a scheduled check requests a retraining now."""
        return self.should_retrain and not self.blocks


class RetrainingCheckResponse(Success, RetrainingDecision):
    """POST /monitoring/retraining-check: an analysis is null if it is off or nothing was sent for it."""

    model_config = ConfigDict(frozen=True, protected_namespaces=())

    checked: Literal["sent", "logged"] = Field(
        description="Whether rows that were sent or logged predictions were checked."
    )
    drift_analysis: DriftAnalysis | None = Field(description="Drift; null if it was not checked.")
    performance_analysis: PerformanceAnalysis | None = Field(
        description="Error; null if it was not checked."
    )
    data_volume_check: DataVolumeCheck = Field(description="Whether there was enough data.")
    model_version: str = Field(description="Version of the model.")


class StoredCheckResponse(RetrainingCheckResponse):
    """POST /monitoring/checks: the stored check, with its alerts and the retraining it requested."""

    check_id: str = Field(description="Id of the check on the timeline.")
    alerts: list[str] = Field(description="Alerts that the check raised.")
    trigger_id: str | None = Field(description="Retraining that the check requested; null if none.")
