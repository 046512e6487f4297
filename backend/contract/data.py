"""GET /table: the table that the served model learned from, its columns, its split, and what is odd about it.

Whatever is counted was counted once, by the training; no answer contains a row.
"""

from typing import Literal

from pydantic import AwareDatetime, Field

from backend.contract.base import Described, Success
from storage.domain.target import TARGET_UNIT
from storage.schema.manifest import LearnedTable
from storage.schema.table_profile import (
    ColumnProfile,
    PartProfile,
    SplitProfile,
    ValueHistogram,
    WordCounts,
)

__all__ = [
    "ColumnProfile",
    "PartProfile",
    "SplitProfile",
    "TableColumn",
    "TableResponse",
    "ValueHistogram",
    "WordCounts",
]


class TableColumn(Described):
    """One column: what the table's definition says of it, and what the training found in it."""

    name: str = Field(description="Name of the column.")
    label: str = Field(description="What it is called.")
    unit: str = Field(description="Unit; empty for a number without one, and for a category.")
    description: str = Field(description="What it is.")
    kind: Literal["number", "integer", "category"] = Field(
        description="An `integer` is a number without a fraction."
    )
    may_be_missing: bool = Field(description="Whether a row may be without it.")
    accepted: list[float] | None = Field(
        description="Lowest and highest accepted value; null for a category."
    )
    typical: list[float] | None = Field(
        description="Lowest and highest typical value; null for a category."
    )
    found: ColumnProfile | None = Field(
        description="Its values in the table; null where `reason` says why nothing was counted."
    )


class TableResponse(Success):
    """GET /table: the base table of the served version."""

    title: str = Field(description="What is predicted.")
    about: str = Field(description="What is predicted of a row, to follow the title in a sentence.")
    subject: str = Field(description="What one row is called.")
    subjects: str = Field(description="What several rows are called.")
    model_version: str = Field(description="Version that learned from it.")
    trained_at: AwareDatetime = Field(
        description="When it was counted: when the version was trained."
    )
    table: LearnedTable | None = Field(
        description="Where it came from; null from releases before 0.3.0."
    )
    dataset_sha256: str = Field(description="SHA-256 of the table's values.")
    time: str | None = Field(description="Column that says when a row was recorded.")
    identifier: str | None = Field(description="Column with the caller's own id of a row.")
    target: TableColumn = Field(description=f"What is predicted, in {TARGET_UNIT}.")
    inputs: list[TableColumn] = Field(description="The inputs, in their order.")
    split: SplitProfile | None = Field(
        description="How the rows were split; null where `reason` says why."
    )
    validation_from: str | None = Field(
        description="Where rows were split by time: the first time of validation; training is before."
    )
    test_from: str | None = Field(
        description="Where rows were split by time: the first time of the test part."
    )
    doubts: list[str] = Field(description="What is odd about the table, a sentence each.")
    reason: str | None = Field(description="Why nothing was counted; null if it was.")
