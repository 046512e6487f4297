"""A request for retraining, from its asking to its result, and what the worker says meanwhile."""

from typing import Any, Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from storage.schema.records import LONGEST_REASON, Record, utc_now

TriggerSource = Literal["manual", "drift", "degradation", "age", "labels", "schedule"]
"""What asked for a retraining: a person, or what a check found."""


class DataWindow(Record):
    """A span of logged predictions: ``since`` included, ``until`` not; None has no bound."""

    since: AwareDatetime | None = None
    until: AwareDatetime | None = None

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.since is not None and self.until is not None and self.since >= self.until:
            raise ValueError("until must be later than since")
        return self


TriggerStatus = Literal["pending", "running", "done", "failed", "cancelled"]
ClosedStatus = Literal["done", "failed", "cancelled"]
WorkStage = Literal["claimed", "loading", "training", "evaluating", "gate", "publishing"]
"""What a worker is at, in this order."""


class Cancellation(Record):
    """Who wants a retraining to stop, and why."""

    requested_by: str
    reason: str = Field(min_length=1, max_length=LONGEST_REASON)
    at: AwareDatetime = Field(default_factory=utc_now)


class MlflowRun(Record):
    """The run in which MLflow records a whole training, and the experiment that it belongs to."""

    experiment_id: str
    run_id: str


class Trigger(Record):
    """A request for retraining, as kept in its trigger file.

    ``figures`` are what a check saw when it asked, ``window`` the predictions it is about; ``attempts``
    counts the workers that began it. A ``cancellation`` of one that is done came too late.
    """

    trigger_id: str
    status: TriggerStatus = "pending"
    created_at: AwareDatetime = Field(default_factory=utc_now)
    source: TriggerSource = "manual"
    requested_by: str
    reason: str = Field(min_length=1, max_length=LONGEST_REASON)
    window: DataWindow | None = None
    figures: dict[str, Any] = Field(default_factory=dict)
    attempts: int = Field(0, ge=0)
    claimed_at: AwareDatetime | None = None
    finished_at: AwareDatetime | None = None
    result: dict[str, Any] | None = None
    cancellation: Cancellation | None = None

    def closed(
        self,
        status: ClosedStatus,
        result: dict[str, Any] | None,
        cancellation: Cancellation | None = None,
    ) -> Self:
        """Return this trigger as it is once it is over, now."""
        closing = {"status": status, "result": result, "cancellation": cancellation}
        return self.model_copy(update=closing | {"finished_at": utc_now()})


class HeartBeat(Record):
    """What the worker that carries a trigger out says from time to time.

    ``step`` is a sentence, the ``number``-th of ``total`` in its stage, and began ``begun_at``; ``progress``
    is that of the whole retraining, from 0 to 1; ``mlflow`` is there once the run is.
    """

    at: AwareDatetime = Field(default_factory=utc_now)
    stage: WorkStage
    step: str
    number: int = Field(1, ge=1)
    total: int = Field(1, ge=1)
    progress: float = Field(ge=0, le=1)
    begun_at: AwareDatetime = Field(default_factory=utc_now)
    mlflow: MlflowRun | None = None
