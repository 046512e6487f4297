"""/retraining: requests for retraining, each from its asking to its result, and cancelling one."""

from typing import Any, Literal, get_args

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator

from backend.contract.base import Reason, Request, Success
from backend.contract.records import DEFAULT_LIMIT, LARGEST_LIMIT
from storage.schema.gate import GateDecision
from storage.schema.triggers import (
    Cancellation,
    DataWindow,
    TriggerSource,
    TriggerStatus,
    WorkStage,
)

__all__ = [
    "CancelRequest",
    "CancelResponse",
    "Cancellation",
    "GateDecision",
    "RetrainingResponse",
    "RetrainingRow",
    "RetrainingRun",
    "RetrainingsQuery",
    "RetrainingsResponse",
    "TriggerStatus",
    "WorkStage",
]

Stage = Literal["waiting", WorkStage, "done", "failed", "cancelled"]


class RetrainingRun(BaseModel):
    """The run in which MLflow records a retraining; ``url`` is its page there."""

    experiment_id: str
    run_id: str
    url: str


class RetrainingRow(BaseModel):
    """One retraining, as a list shows it.

    ``progress`` runs from 0 to 1. ``step`` says what the worker does now, the ``step_number``-th of
    ``steps`` in this stage, as it said at ``heartbeat_at``; ``reached`` is the stage that it is at or ended
    in. ``elapsed_seconds`` count from the claim, of the newest of the ``attempts``; ``remaining_seconds`` is
    an estimate, null while nothing is known. ``verdict`` is the sentence of the gate, or what went wrong.
    A ``cancellation`` of one that runs takes effect when its step ends.
    """

    model_config = ConfigDict(frozen=True, protected_namespaces=())

    trigger_id: str
    state: TriggerStatus
    stage: Stage
    reached: WorkStage | None
    step: str | None
    step_number: int | None
    steps: int | None
    progress: float = Field(ge=0, le=1)
    elapsed_seconds: float | None
    remaining_seconds: float | None
    heartbeat_at: AwareDatetime | None
    attempts: int
    created_at: AwareDatetime
    claimed_at: AwareDatetime | None
    finished_at: AwareDatetime | None
    source: TriggerSource
    reason: str
    requested_by: str
    window: DataWindow | None
    cancellation: Cancellation | None
    version: str | None
    promoted: bool | None
    verdict: str | None
    mlflow: RetrainingRun | None

    @property
    def id(self) -> str:
        """What tells this row of a table from others."""
        return self.trigger_id


class RetrainingResponse(Success, RetrainingRow):
    """GET /retraining/<trigger_id>

    ``figures`` are what a check saw when it asked; ``result`` is there once it is over; ``log_tail`` are
    the last lines that were logged while it was carried out. ``decision`` is the promotion gate's: null
    before it, and where another release wrote one that this one cannot read.
    """

    figures: dict[str, Any]
    result: dict[str, Any] | None
    decision: GateDecision | None
    log_tail: list[str]


class RetrainingsQuery(Request):
    """GET /retraining: ``state`` is one state, or several separated by commas."""

    limit: int = Field(DEFAULT_LIMIT, ge=1, le=LARGEST_LIMIT)
    state: str | None = None

    @field_validator("state")
    @classmethod
    def _known(cls, state: str | None) -> str | None:
        unknown = set(state.split(",")) - set(get_args(TriggerStatus)) if state is not None else ()
        if unknown:
            raise ValueError(f"state is one or more of {', '.join(get_args(TriggerStatus))}")
        return state

    @property
    def states(self) -> tuple[str, ...]:
        """The states asked for: all of them, where none is named."""
        return tuple(self.state.split(",")) if self.state else get_args(TriggerStatus)


class RetrainingsResponse(Success):
    """GET /retraining: the last asked for first; ``total`` counts the rows returned."""

    retrainings: list[RetrainingRow]
    total: int
    filters: dict[str, Any]


class CancelRequest(Request):
    """POST /retraining/<trigger_id>/cancel"""

    reason: Reason


class CancelResponse(Success):
    """POST /retraining/<trigger_id>/cancel: ``state`` is "running" until the step that it is at ends."""

    trigger_id: str
    state: TriggerStatus
    message: str
