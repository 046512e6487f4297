"""With what a window of predictions is compared: the training data, or an earlier period of the same log."""

from datetime import timedelta
from typing import Literal, Self

from pydantic import AwareDatetime, Field, model_validator
from pydantic_core import PydanticCustomError

from backend.contract.base import Described, Moment, Request

LONGEST_REFERENCE = timedelta(days=90)


class ReferenceQuery(Request):
    """The earlier period that is asked for; without one, the training data."""

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

    kind: Literal["training", "period"] = Field(
        "training", description="The training data, or an earlier period of the log."
    )
    since: AwareDatetime | None = Field(None, description="Start of the period.")
    until: AwareDatetime | None = Field(None, description="End of the period.")
    n_samples: int | None = Field(None, description="Predictions of the period that are read.")
    truncated: bool = Field(
        False, description="Whether only the newest predictions of the period were read."
    )
