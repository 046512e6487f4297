"""What is stored of a model version beside its files: its manifest, and the pointer to the champion."""

from datetime import datetime
from typing import Any, Literal

from pydantic import AwareDatetime, ConfigDict, Field

from storage.schema.gate_check import GateCheck
from storage.schema.learned_split import LearnedSplit
from storage.schema.records import Record, utc_now
from storage.schema.triggers import TrainingPlan

TableSource = Literal["embedded", "sklearn", "file"]


class LearnedTable(Record):
    """The base table of a training: where it came from, its name without a folder, its rows.

    Its checksum is the manifest's ``dataset_sha256``; a copy is kept under that name
    (``storage/models/tables.py``).
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    source: TableSource = Field(
        description="The table of the repository, scikit-learn's loader, or a file."
    )
    name: str = Field(description="Name of the file.")
    rows: int = Field(description="Number of rows.")


class Recalibration(Record):
    """Where a version that has only its intervals of its own took the model from, and who calibrated them."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    model_version: str = Field(description="The version whose training made the model.")
    trained_at: AwareDatetime = Field(description="When that model was trained.")
    replaced: str = Field(description="The version whose intervals these replaced.")
    calibrated_rows: int = Field(description="Recent labelled rows that calibrated them.")
    judged_rows: int = Field(description="Further ones, which calibrated nothing, that judged.")
    times: float = Field(description="How many times as wide they are as those they replaced.")

    def sentence(self) -> str:
        """Return the same for a person."""
        return (
            f"Its model is that of version {self.model_version}, unchanged; its intervals were calibrated on "
            f"{self.calibrated_rows:,} recent labelled rows, judged by {self.judged_rows:,} others, and are "
            f"{self.times:.2f} times as wide as those of version {self.replaced}."
        )


class TrainingCode(Record):
    """Which code trained a version."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    commit: str | None = Field(
        description="Commit that was checked out; null outside a checkout, as in a container."
    )
    sha256: str = Field(
        description="Of the files that store and train: tells a change that is in no commit."
    )


class ModelManifest(Record):
    """The contents of a version folder. Written last: a folder without it is not a version.

    Fields that a later release adds are ignored.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: str
    model_name: str
    model_type: str
    created_at: AwareDatetime
    feature_names: tuple[str, ...]
    parameters: dict[str, Any]
    metrics: dict[str, float]
    dataset_sha256: str
    table: LearnedTable | None = Field(
        None, description="The base table; None: written by a release before 0.3.0."
    )
    split: LearnedSplit | None = Field(
        None,
        description="How its rows were dealt to the parts; None: at random, by a release before 0.3.0.",
    )
    training_sha256: str | None = Field(
        None, description="Checksum of the training rows, including labelled predictions."
    )
    labelled: dict[str, Any] | None = Field(
        None, description="How the labelled predictions were used; None: not requested."
    )
    lesson_sha256: str | None = Field(
        None,
        description="Checksum of all that decides what it learned: rows, seed, candidates, libraries.",
    )
    trigger_id: str | None = Field(None, description="Id of the retraining that produced it.")
    plan: TrainingPlan | None = Field(
        None, description="What its retraining did otherwise than the settings said; None: nothing."
    )
    candidates: list[str] = Field(
        default_factory=list,
        description="Names of the candidates that competed; empty from earlier releases.",
    )
    parent: str | None = Field(
        None,
        description="The version that served when it was trained; None: none, or not recorded.",
    )
    code: TrainingCode | None = Field(
        None, description="The code that trained it; None from earlier releases."
    )
    mlflow_run_id: str | None = None
    libraries: dict[str, str] = Field(
        default_factory=dict,
        description="Versions of what it was trained with; empty from releases before 0.3.0.",
    )
    doubts: list[str] = Field(
        default_factory=list,
        description="What is odd about the base table, a sentence each.",
    )
    checks: list[GateCheck] = Field(
        default_factory=list,
        description="The gate's checks of the model itself, as its training made them; empty from releases "
        "before 0.3.0.",
    )
    recalibration: Recalibration | None = Field(
        None,
        description="Whose model it carries, and what calibrated its intervals; None: of its own training.",
    )
    checksums: dict[str, str] = Field(description="SHA-256 by file name, relative to the folder.")

    @property
    def trained_at(self) -> datetime:
        """When its model was trained: a version with new intervals alone is newer than its model."""
        return self.recalibration.trained_at if self.recalibration is not None else self.created_at

    @property
    def model_version(self) -> str:
        """The version whose training made its model: its own, or the one whose model it carries."""
        return self.recalibration.model_version if self.recalibration is not None else self.version


Sameness = Literal["identical", "same model"]
"""Identical: the same answers with the same intervals. Same model: the same answers, other intervals."""

PointerMove = Literal["gate", "command line", "promotion", "rollback", "watch"]
"""What moved the champion pointer: the promotion gate, ``python -m training``, a person's promotion or
rollback, or the watch over a promotion, which rolls back."""


class ChampionPointer(Record):
    """Which version serves, where a rollback leads, and what moved the pointer (None: an older release).

    Releases before 0.3.0 kept in ``previous`` which version served before, after a rollback too. What decides
    is ``storage.models.way_back``.
    """

    version: str
    previous: str | None = None
    changed_at: AwareDatetime = Field(default_factory=utc_now)
    moved_by: PointerMove | None = None
