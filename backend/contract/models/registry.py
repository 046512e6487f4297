"""/models: the trained versions, the current and previous champion, and changing it by hand."""

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from backend.contract.base import Reason, Request, Success
from backend.contract.performance import Estimate
from storage.domain.target import TARGET_UNIT
from storage.models.remarks import VersionNote as VersionNote
from storage.schema.manifest import LearnedTable as LearnedTable
from storage.schema.manifest import PointerMove as PointerMove
from storage.schema.manifest import Sameness as Sameness


class ModelVersion(BaseModel):
    """One trained version; errors are in the target's unit, on the test part.

    If ``holdout_rmse`` is null, ``holdout_reason`` says why.
    """

    model_config = ConfigDict(frozen=True, protected_namespaces=())

    version: str = Field(description="Name of the version.")
    model_name: str = Field(description="Candidate that won the training.")
    model_type: str = Field(description="Class of the model.")
    created_at: AwareDatetime = Field(description="When it was made.")
    trained_at: AwareDatetime = Field(
        description="When its model was trained; earlier, if only the intervals are its own."
    )
    metrics: dict[str, float] = Field(
        description=f"Metrics on the test part; errors in {TARGET_UNIT}."
    )
    parameters: dict[str, Any] = Field(description="Hyperparameters.")
    dataset_sha256: str = Field(description="SHA-256 of the training table.")
    table: LearnedTable | None = Field(
        None, description="The training table; null from releases before 0.3.0."
    )
    mlflow_run_id: str | None = Field(description="Run in MLflow, if there is one.")
    is_champion: bool = Field(description="Whether this version is the champion.")
    is_previous: bool = Field(description="Whether a rollback leads to this version.")
    is_rolled_back: bool = Field(
        False,
        description="Whether somebody rolled back from this version, and nobody has promoted it since.",
    )
    has_served: bool = Field(
        False, description="Whether this version serves or has served, also one rolled back from."
    )
    same_as_champion: Sameness | None = Field(
        None,
        description='"identical": it gives the same answers and intervals as the champion, "same model": the '
        "same answers with other intervals; null if it answers differently, and of the champion itself.",
    )
    tags: list[str] = Field(default_factory=list, description="Tags that people gave it.")
    notes: list[VersionNote] = Field(
        default_factory=list, description="Notes that people wrote of it, the newest first."
    )
    doubts: list[str] = Field(
        default_factory=list, description="What is odd about the training table, a sentence each."
    )
    libraries_note: str | None = Field(
        None, description="How the libraries it was trained with differ from those that serve it."
    )
    intervals_note: str | None = Field(
        None,
        description="Whose model it carries and what calibrated its intervals, if these alone are its own.",
    )
    holdout_rmse: Estimate | None = Field(
        None, description=f"RMSE on the holdout, in {TARGET_UNIT}."
    )
    holdout_reason: str | None = Field(None, description="Why there is no holdout RMSE.")


class RemovedModelVersion(BaseModel):
    """A version whose files were removed, because enough newer ones are kept."""

    model_config = ConfigDict(frozen=True, protected_namespaces=())

    version: str = Field(description="Name of the version.")
    model_name: str = Field(description="Candidate that had won the training.")
    created_at: AwareDatetime = Field(description="When it was made.")
    removed_at: AwareDatetime = Field(description="When it was removed.")


class ModelsResponse(Success):
    """GET /models: newest first. ``unreadable`` lists versions left out because their manifest is damaged."""

    versions: list[ModelVersion] = Field(description="Newest first.")
    champion: str | None = Field(description="Version of the champion.")
    previous: str | None = Field(
        description="Version that a rollback leads to: the newest that served before and was not "
        "rolled back from."
    )
    changed_at: AwareDatetime | None = Field(description="When the champion last changed.")
    moved_by: PointerMove | None = Field(
        None,
        description="What changed it: the promotion gate, a training from the command line, a person's "
        "promotion or rollback, or the watch over a promotion; null from older releases.",
    )
    unreadable: list[str] = Field(
        description="Versions left out because their manifest is damaged."
    )
    removed: list[RemovedModelVersion] = Field(
        default_factory=list,
        description="Versions whose files were removed, newest first; see `HOUSING_VERSIONS_KEPT`.",
    )


ChampionChangeKind = Literal["promotion", "rollback"]


class ChampionChange(Request):
    """POST /models/<version>/promote and POST /models/rollback"""

    reason: Reason = Field(description="Reason for the change.")
    expected_champion: str | None = Field(
        None,
        max_length=100,
        description="The version to replace. If another one is champion by now, for example after a double"
        " click, nothing changes and the answer is 409.",
    )


class ChampionChangedResponse(Success):
    """POST /models/<version>/promote and POST /models/rollback: the new champion and the one before."""

    change: ChampionChangeKind = Field(description="Kind of change.")
    version: str = Field(description="Version of the new champion.")
    previous: str | None = Field(description="Version that was champion before.")
    changed_at: AwareDatetime = Field(description="When the champion changed.")
    message: str = Field(description="The result in words.")
