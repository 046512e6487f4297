"""Where a version comes from: its rows, the code, and the retraining that somebody asked for."""

from pydantic import AwareDatetime, Field

from backend.contract.base import Described
from storage.schema.manifest import TrainingCode as TrainingCode
from storage.schema.triggers import TrainingPlan, TriggerSource


class LeftOutRows(Described):
    """Labelled predictions that were, or would be, not learned from, for one reason."""

    why: str = Field(description="The reason in words.")
    rows: int = Field(description="Number of predictions.")


class LearnedPredictions(Described):
    """How a training used predictions with an actual value."""

    since: AwareDatetime = Field(description="Predictions answered before were not read.")
    until: AwareDatetime = Field(description="Nor those answered from then on.")
    read: int = Field(description="Predictions that were read.")
    used: int = Field(description="Those that were learned from.")
    replaced: int = Field(description="Rows of the base table that newer readings replaced.")
    weight: float = Field(
        description="Weight of one of them in the fit; a row of the base table weighs 1."
    )
    left_out: list[LeftOutRows] = Field(description="The others by reason, the most first.")
    why_not: str | None = Field(
        description="Why the base table alone was learned from; null if it was not."
    )


class AskedRetraining(Described):
    """The retraining that made a version."""

    trigger_id: str = Field(description="Id of the retraining.")
    requested_at: AwareDatetime | None = Field(
        description="When it was requested; null, as what follows, if its record is no longer kept."
    )
    requested_by: str | None = Field(
        description="Key (its name and role, or the role alone) or process."
    )
    person: str | None = Field(description="Name of the person, if it was given.")
    source: TriggerSource | None = Field(description="Cause of the request.")
    reason: str | None = Field(description="Reason given for it.")


class Lineage(Described):
    """Where a version comes from; its base table is that of the version itself."""

    model_version: str = Field(
        description="The version whose training made its model: its own, unless its intervals alone are."
    )
    parent: str | None = Field(
        description="The version that served when it was trained; null if none did, or from older releases."
    )
    training_sha256: str | None = Field(
        description="Of the rows of the training part, labelled predictions included."
    )
    predictions: LearnedPredictions | None = Field(
        description="Predictions that it learned from; null without a retraining."
    )
    candidates: list[str] = Field(
        description="Candidates that competed; empty from older releases."
    )
    plan: TrainingPlan | None = Field(
        description="What its retraining did otherwise than the settings said; null: nothing."
    )
    code: TrainingCode | None = Field(
        description="The code that trained it; null from older releases."
    )
    libraries: dict[str, str] = Field(
        description="Versions of Python, the product and the libraries that trained it."
    )
    mlflow_run_id: str | None = Field(description="Run in MLflow of the training of its model.")
    retraining: AskedRetraining | None = Field(
        description="Null if it was trained from the command line."
    )
