"""A request for retraining, from submission to result, and the worker's progress reports."""

from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, BeforeValidator, Field, model_validator

from storage.schema.moment import Moment
from storage.schema.records import LONGEST_REASON, Record, utc_now
from storage.schema.whole import read_whole

TriggerSource = Literal["manual", "drift", "degradation", "age", "labels", "schedule"]
"""The source of a retraining request: a person, or a check's finding."""


class DataWindow(Record):
    """A span of logged predictions: ``since`` included, ``until`` not; None has no bound."""

    since: Moment | None = None
    until: Moment | None = None

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.since is not None and self.until is not None and self.since >= self.until:
            raise ValueError("until must be later than since")
        return self


TriggerStatus = Literal["pending", "running", "done", "failed", "cancelled"]
ClosedStatus = Literal["done", "failed", "cancelled"]
WorkStage = Literal["claimed", "loading", "training", "evaluating", "gate", "publishing"]
"""The stages of a retraining, in order."""


class Cancellation(Record):
    """Who cancelled a retraining, and why."""

    requested_by: str
    reason: str = Field(min_length=1, max_length=LONGEST_REASON)
    at: AwareDatetime = Field(default_factory=utc_now)


class MlflowRun(Record):
    """MLflow's run of a whole training, and its experiment."""

    experiment_id: str
    run_id: str


class TrainingPlan(Record):
    """What one retraining does otherwise than the settings say; None: as they say."""

    labelled_days: float | None = Field(
        None,
        strict=True,
        ge=1,
        le=3650,
        description="Age up to which it learns from labelled predictions, in days.",
    )
    labelled_most_rows: (
        Annotated[int, Field(strict=True, ge=0, le=100_000), BeforeValidator(read_whole)] | None
    ) = Field(
        None,
        description="Most labelled predictions that it reads, the newest first; 0: the base table alone.",
    )
    labelled_weight: float | None = Field(
        None,
        strict=True,
        ge=0.01,
        le=100,
        description="Weight of one of them in the fit; a row of the base table weighs 1.",
    )
    candidates: tuple[str, ...] | None = Field(
        None,
        min_length=1,
        max_length=50,
        description="Names of the candidates that compete, of those that are configured.",
    )


class Trigger(Record):
    """A request for retraining, as kept in its trigger file.

    ``requested_by`` is the role of a key or the name of a process, ``person`` who used the key, if that was
    said. ``figures`` are a check's findings when it requested this, ``window`` the predictions concerned;
    ``plan`` is what it does otherwise than the settings say; ``force`` trains even if there is nothing new to
    learn; ``attempts`` counts the workers that started it. A ``cancellation`` of one that is done came too
    late.
    """

    trigger_id: str
    status: TriggerStatus = "pending"
    created_at: AwareDatetime = Field(default_factory=utc_now)
    source: TriggerSource = "manual"
    requested_by: str
    person: str | None = None
    reason: str = Field(min_length=1, max_length=LONGEST_REASON)
    window: DataWindow | None = None
    plan: TrainingPlan | None = None
    figures: dict[str, Any] = Field(default_factory=dict)
    force: bool = False
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
        """Return this trigger as finished now."""
        closing = {"status": status, "result": result, "cancellation": cancellation}
        return self.model_copy(update=closing | {"finished_at": utc_now()})


class HeartBeat(Record):
    """The worker's regular progress report on a trigger.

    ``step`` is a sentence, the ``number``-th of ``total`` in its stage, which began at ``begun_at``;
    ``progress`` is that of the whole retraining, from 0 to 1; ``mlflow`` is set once the run exists.
    """

    at: AwareDatetime = Field(default_factory=utc_now)
    stage: WorkStage
    step: str
    number: int = Field(1, ge=1)
    total: int = Field(1, ge=1)
    progress: float = Field(ge=0, le=1)
    begun_at: AwareDatetime = Field(default_factory=utc_now)
    mlflow: MlflowRun | None = None
