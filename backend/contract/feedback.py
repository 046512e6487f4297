"""POST /feedback: the actual values of predictions."""

from typing import Annotated

from pydantic import Field, FiniteFloat

from backend.contract.base import Reason, Request, Success
from storage.domain.target import ACCEPTED_TARGETS, TARGET_UNIT, VALUE

LARGEST_FEEDBACK = 10_000
LONGEST_NAME = 100
LOWEST_PRICE, HIGHEST_PRICE = ACCEPTED_TARGETS


class FeedbackItem(Request):
    """The actual value of one prediction, in the target's unit."""

    prediction_id: str = Field(min_length=1, max_length=64, description="Id of the prediction.")
    actual: Annotated[FiniteFloat, Field(strict=True, ge=LOWEST_PRICE, le=HIGHEST_PRICE)] = Field(
        description=f"Actual {VALUE} in {TARGET_UNIT}."
    )


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


class FeedbackResponse(Success):
    """POST /feedback: how many values were stored, and the ids of the others."""

    accepted: int = Field(description="Actual values stored.")
    unknown: list[str] = Field(description="Ids that match no logged prediction.")
    duplicate: list[str] = Field(description="Ids that already had a value, which is kept.")
    conflicting: list[str] = Field(
        description="Duplicates whose value differs from the stored one."
    )
    corrected: list[str] = Field(
        default_factory=list, description="Ids whose stored value was replaced."
    )
