"""POST /feedback: the actual values of predicted prices."""

from typing import Annotated

from pydantic import Field, FiniteFloat

from backend.contract.base import Request, Success
from storage.domain.target import ACCEPTED_TARGETS

LARGEST_FEEDBACK = 10_000
LOWEST_PRICE, HIGHEST_PRICE = ACCEPTED_TARGETS


class FeedbackItem(Request):
    """The actual value of one prediction, in units of 100,000 USD."""

    prediction_id: str = Field(min_length=1, max_length=64, description="Id of the prediction.")
    actual: Annotated[FiniteFloat, Field(strict=True, ge=LOWEST_PRICE, le=HIGHEST_PRICE)] = Field(
        description="Actual price in 100,000 USD."
    )


class FeedbackRequest(Request):
    """POST /feedback"""

    items: list[FeedbackItem] = Field(
        min_length=1,
        max_length=LARGEST_FEEDBACK,
        fail_fast=True,
        description="Actual values, each with the id of its prediction.",
    )


class FeedbackResponse(Success):
    """POST /feedback: how many values were stored, and the ids of the others."""

    accepted: int = Field(description="Actual values stored.")
    unknown: list[str] = Field(description="Ids that match no logged prediction.")
    duplicate: list[str] = Field(description="Ids that already had a value, which is kept.")
    conflicting: list[str] = Field(
        description="Duplicates whose value differs from the stored one."
    )
