"""POST /feedback: the actual values of predictions."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, model_validator
from pydantic_core import PydanticCustomError

from backend.contract.base import Reason, Request, Success, one_of_two
from storage.domain.target import ACCEPTED_TARGETS, TARGET_UNIT, VALUE
from storage.schema.caller import LONGEST_REFERENCE

LARGEST_FEEDBACK = 10_000
LONGEST_NAME = 100
LOWEST_ACTUAL, HIGHEST_ACTUAL = ACCEPTED_TARGETS


class FeedbackItem(Request):
    """The actual value of one prediction, in the target's unit.

    The prediction is named by its id, or by the caller's own reference.
    """

    model_config = ConfigDict(json_schema_extra=one_of_two("prediction_id", "reference", "string"))

    prediction_id: Annotated[str, Field(min_length=1, max_length=64)] | None = Field(
        None,
        description="Id of the prediction.",
        exclude_if=lambda value: value is None,
    )
    reference: Annotated[str, Field(min_length=1, max_length=LONGEST_REFERENCE)] | None = Field(
        None,
        description="The caller's own id that was sent with the prediction, in place of `prediction_id`. If "
        "several predictions have it, all get the value if their inputs are the same; otherwise none does.",
        exclude_if=lambda value: value is None,
    )
    actual: Annotated[FiniteFloat, Field(strict=True, ge=LOWEST_ACTUAL, le=HIGHEST_ACTUAL)] = Field(
        description=f"Actual {VALUE} in {TARGET_UNIT}."
    )

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if self.prediction_id is None and self.reference is None:
            raise PydanticCustomError(
                "missing_name", "Name the prediction, by its prediction_id or by your reference"
            )
        if self.prediction_id is not None and self.reference is not None:
            raise PydanticCustomError(
                "two_names",
                "Name the prediction either by prediction_id or by reference, not by both",
            )
        return self


class Correction(Request):
    """Who replaces stored values, and why; audited, and kept with the earlier values."""

    person: str = Field(
        min_length=1,
        max_length=LONGEST_NAME,
        pattern=r"\S",
        description="Name of the person who knows the right values.",
    )
    reason: Reason = Field(description="Why the stored values are wrong.")


class FeedbackRequest(Request):
    """POST /feedback"""

    items: list[FeedbackItem] = Field(
        min_length=1,
        max_length=LARGEST_FEEDBACK,
        fail_fast=True,
        description="Actual values, each with the id of its prediction.",
    )
    correction: Correction | None = Field(
        None,
        description="With it, values that differ from the stored ones replace them. "
        "Without it, the stored ones are kept.",
    )
    dry_run: bool = Field(
        False,
        strict=True,
        description="Only say what would become of the values; nothing is stored or corrected.",
        exclude_if=lambda value: not value,
    )


class AmbiguousReference(BaseModel):
    """A reference of several predictions with different inputs: none of them got the value."""

    reference: str = Field(description="The reference.")
    prediction_ids: list[str] = Field(
        description="Ids of its predictions, newest first, at most 10: send the value for the right one."
    )


class FeedbackResponse(Success):
    """POST /feedback: how many values were stored, and the ids of the others; of a dry run, what would be."""

    accepted: int = Field(description="Actual values stored, one for each prediction.")
    unknown: list[str] = Field(
        description="Ids, or references, as they were sent, that match no logged prediction."
    )
    duplicate: list[str] = Field(description="Ids that already had a value, which is kept.")
    conflicting: list[str] = Field(
        description="Duplicates whose value differs from the stored one."
    )
    corrected: list[str] = Field(
        default_factory=list, description="Ids whose stored value was replaced."
    )
    ambiguous: list[AmbiguousReference] = Field(
        default_factory=list,
        description="References that name several predictions with different inputs.",
    )
    dry_run: bool = Field(False, description="Whether this was only a dry run: nothing was stored.")
