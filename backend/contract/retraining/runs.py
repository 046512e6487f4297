"""/retraining: listing, following and cancelling retrainings."""

from typing import Any, Literal, get_args

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, field_validator

from backend.contract.base import Reason, Request, Success
from backend.contract.query.sources import listed
from backend.contract.records import DEFAULT_LIMIT, LARGEST_LIMIT
from storage.schema.gate import GateDecision
from storage.schema.triggers import (
    Cancellation,
    DataWindow,
    TrainingPlan,
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
    """The MLflow run of a retraining."""

    experiment_id: str = Field(description="Experiment in MLflow.")
    run_id: str = Field(description="Run in MLflow.")
    url: str = Field(description="Page of the run in MLflow.")


class RetrainingRow(BaseModel):
    """One retraining in the list.

    ``progress`` runs from 0 to 1. ``step`` is what the worker was doing at ``heartbeat_at``: step
    ``step_number`` of ``steps`` in its stage. ``reached`` is the current stage, or the one it ended in.
    ``elapsed_seconds`` count from the claim of the latest of the ``attempts``; ``remaining_seconds`` is an
    estimate, null if unknown. ``verdict`` is the gate's sentence, or what went wrong. Cancelling a running
    retraining takes effect at the end of its step.
    """

    model_config = ConfigDict(frozen=True, protected_namespaces=())

    trigger_id: str = Field(description="Id of the retraining.")
    state: TriggerStatus = Field(description="State of the request.")
    stage: Stage = Field(description="Current stage, or how it ended.")
    reached: WorkStage | None = Field(description="Last stage reached.")
    step: str | None = Field(description="What the worker is doing now.")
    step_number: int | None = Field(description="Number of the step in its stage, from 1.")
    steps: int | None = Field(description="Number of steps in the stage.")
    progress: float = Field(ge=0, le=1, description="Share of the work done, 0 to 1.")
    elapsed_seconds: float | None = Field(description="Seconds since the worker claimed it.")
    remaining_seconds: float | None = Field(
        description="Estimated seconds to the end; null if unknown."
    )
    remaining_runs: int | None = Field(
        None,
        description="Earlier retrainings of the same candidates whose steps the estimate rests on; 0: on its "
        "own progress alone.",
    )
    heartbeat_at: AwareDatetime | None = Field(
        description="When the worker last reported progress."
    )
    attempts: int = Field(description="How often the worker has started it.")
    created_at: AwareDatetime = Field(description="When it was requested.")
    claimed_at: AwareDatetime | None = Field(description="When the worker last started it.")
    finished_at: AwareDatetime | None = Field(description="When it ended.")
    source: TriggerSource = Field(description="Cause of the request.")
    reason: str = Field(description="Reason given for it.")
    requested_by: str = Field(
        description="Key (its name and role, or the role alone) or process that requested it."
    )
    person: str | None = Field(None, description="Name of the person who requested it, if given.")
    window: DataWindow | None = Field(description="Logged predictions the request refers to.")
    plan: TrainingPlan | None = Field(
        None, description="What it does otherwise than the settings say."
    )
    cancellation: Cancellation | None = Field(description="Who cancelled it, when and why.")
    version: str | None = Field(description="Version it trained.")
    identical_to: str | None = Field(
        None, description="The champion, if that version gives the same answers and intervals."
    )
    promoted: bool | None = Field(description="Whether that version became champion.")
    verdict: str | None = Field(
        description="The gate's decision in one sentence, or why the retraining failed."
    )
    mlflow: RetrainingRun | None = Field(description="Its run in MLflow.")

    @property
    def id(self) -> str:
        """The key of this row in a table."""
        return self.trigger_id


class RetrainingResponse(Success, RetrainingRow):
    """GET /retraining/<trigger_id>

    ``figures`` are those of the check that requested it; ``result`` is null until it has ended; ``log_tail``
    has its last log lines. ``decision`` is the promotion gate's: null before the gate, and if another
    release wrote it in a form that this one cannot read.
    """

    figures: dict[str, Any] = Field(description="Figures that a check based its request on.")
    result: dict[str, Any] | None = Field(description="Result; null until it has ended.")
    decision: GateDecision | None = Field(description="Decision of the promotion gate.")
    log_tail: list[str] = Field(description="Last log lines of the retraining.")


class RetrainingsQuery(Request):
    """GET /retraining: ``state`` is one state, or several separated by commas."""

    limit: int = Field(
        DEFAULT_LIMIT, ge=1, le=LARGEST_LIMIT, description="Largest number of retrainings."
    )
    state: str | None = Field(
        None,
        description="States, separated by commas; all by default.",
        json_schema_extra={"pattern": listed(get_args(TriggerStatus))},
    )

    @field_validator("state")
    @classmethod
    def _known(cls, state: str | None) -> str | None:
        unknown = set(state.split(",")) - set(get_args(TriggerStatus)) if state is not None else ()
        if unknown:
            raise ValueError(f"state must be one or more of {', '.join(get_args(TriggerStatus))}")
        return state

    @property
    def states(self) -> tuple[str, ...]:
        """The requested states; all if none is named."""
        return tuple(self.state.split(",")) if self.state else get_args(TriggerStatus)


class RetrainingsResponse(Success):
    """GET /retraining: most recently requested first; ``total`` counts the rows returned."""

    retrainings: list[RetrainingRow] = Field(description="Most recently requested first.")
    total: int = Field(description="Number of rows returned.")
    filters: dict[str, Any] = Field(description="Filters that were applied.")


class CancelRequest(Request):
    """POST /retraining/<trigger_id>/cancel"""

    reason: Reason = Field(description="Why it is cancelled.")


class CancelResponse(Success):
    """POST /retraining/<trigger_id>/cancel: ``state`` stays "running" until the current step ends."""

    trigger_id: str = Field(description="Id of the retraining.")
    state: TriggerStatus = Field(description="State after the request.")
    message: str = Field(description="The result in words.")
