"""Whether the model should be retrained: for rows that are sent, or for those that were logged."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from backend.contract.base import Request, Success
from backend.contract.drift import MOST_ROWS, DriftAnalysis, DriftRow
from backend.contract.feedback import HIGHEST_PRICE
from backend.contract.performance import Degradation, EstimatedError, RealizedError

Price = Annotated[
    float, Field(strict=True, allow_inf_nan=False, ge=-HIGHEST_PRICE, le=HIGHEST_PRICE)
]
"""In 100,000 USD; a model's answer may be below zero."""


class RetrainingCheckRequest(Request):
    """POST /monitoring/retraining-check: nothing of it means the logged window.

    ``predictions`` and ``actuals`` are pairs, in 100,000 USD; ``new_data`` may be other rows.
    """

    new_data: list[DriftRow] | None = Field(None, max_length=MOST_ROWS)
    predictions: list[Price] | None = Field(None, max_length=MOST_ROWS)
    actuals: list[Price] | None = Field(None, max_length=MOST_ROWS)

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
        """Whether it asks about the logged window."""
        return self.new_data is None and self.predictions is None


class PerformanceAnalysis(BaseModel):
    """Realized error with its degradation, and the estimated one (None for rows that are sent)."""

    realized: RealizedError
    degradation: Degradation
    estimated: EstimatedError | None


class DataVolumeCheck(BaseModel):
    """Whether there is enough to judge: for drift, for the error, and labelled since the training."""

    rows: int
    minimum_rows: int
    enough_rows: bool
    labelled_rows: int
    minimum_labelled_rows: int
    enough_labelled_rows: bool
    newly_labelled_rows: int
    labelled_rows_for_retraining: int


class RetrainingBlock(BaseModel):
    """One thing that keeps a scheduled check from requesting a retraining now; a person still can."""

    model_config = ConfigDict(frozen=True)

    kind: Literal["automatic_off", "open_retraining", "cooldown"]
    sentence: str


class RetrainingDecision(BaseModel):
    """Whether to retrain: ``source`` is the most serious cause, null without one.

    ``reasons`` are the causes, the most serious first, or why there is none. ``blocks`` keep a scheduled
    check from requesting a retraining; ``blocked_by`` are their sentences. ``figures`` led to the decision.
    """

    model_config = ConfigDict(frozen=True)

    should_retrain: bool
    source: Literal["degradation", "drift", "age", "labels"] | None
    reasons: list[str]
    blocks: list[RetrainingBlock] = []
    blocked_by: list[str] = []
    figures: dict[str, Any] = {}

    @property
    def asks_by_itself(self) -> bool:
        """Whether a scheduled check requests a retraining now."""
        return self.should_retrain and not self.blocks


class RetrainingCheckResponse(Success, RetrainingDecision):
    """POST /monitoring/retraining-check: an analysis is null where it is off, or nothing was sent for it."""

    model_config = ConfigDict(frozen=True, protected_namespaces=())

    checked: Literal["sent", "logged"]
    drift_analysis: DriftAnalysis | None
    performance_analysis: PerformanceAnalysis | None
    data_volume_check: DataVolumeCheck
    model_version: str


class StoredCheckResponse(RetrainingCheckResponse):
    """POST /monitoring/checks: kept on the timeline as ``check_id``, with what came of it."""

    check_id: str
    alerts: list[str]
    trigger_id: str | None
