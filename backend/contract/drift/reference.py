"""With what a window of predictions is compared: training, an earlier period, or all rows but a segment's."""

from datetime import timedelta
from typing import Literal, Self

from pydantic import AwareDatetime, Field, model_validator
from pydantic_core import PydanticCustomError

from backend.contract.base import Described, Moment, Request
from backend.contract.query.where import Where

LONGEST_REFERENCE = timedelta(days=90)
ReferenceKind = Literal["training", "period", "others"]


class ReferenceQuery(Request):
    """What is compared with what; by default, all predictions of the window with the training data."""

    where: Where | None = Field(
        None,
        description="Conditions of the inputs, as in `GET /monitoring/performance/segment`: only rows that "
        "meet them are compared, with those of the training data or of the earlier period that meet them.",
    )
    reference_others: bool = Field(
        False,
        description="Compare the rows of `where` with all other predictions of the same window instead.",
    )

    reference_since: Moment | None = Field(
        None,
        description="Start of an earlier period to compare with; the training data by default.",
    )
    reference_until: Moment | None = Field(
        None, description="End of that period, at or before the window's start."
    )

    @model_validator(mode="after")
    def _is_period(self) -> Self:
        since, until = self.reference_since, self.reference_until
        if self.reference_others and (self.where is None or since is not None):
            raise PydanticCustomError(
                "reference_others",
                "reference_others needs where, which says what the others are not, and no earlier period",
            )
        if since is None and until is None:
            return self
        if since is None or until is None or not since < until <= since + LONGEST_REFERENCE:
            raise PydanticCustomError(
                "reference_period",
                "send reference_since and reference_until together, in this order, {days} days apart at most",
                {"days": LONGEST_REFERENCE.days},
            )
        return self


class DriftReference(Described):
    """What a window was compared with; times are null for the training data."""

    kind: ReferenceKind = Field(
        "training",
        description="The training data, an earlier period of the log, or the window's predictions that are "
        "not in the segment.",
    )
    since: AwareDatetime | None = Field(None, description="Start of the period.")
    until: AwareDatetime | None = Field(None, description="End of the period.")
    n_samples: int | None = Field(
        None, description="Rows that were compared with; null for the whole training data."
    )
    truncated: bool = Field(
        False, description="Whether only the newest predictions of the period were read."
    )
