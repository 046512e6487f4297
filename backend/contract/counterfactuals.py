"""POST /counterfactuals: what would have to change for a prediction to reach a goal."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from backend.contract.base import Request, Success, one_of_two
from backend.contract.predictions import Interval
from storage.domain.inputs import FEATURE_NAMES, FeatureName, HousingFeatures
from storage.domain.place import HAS_PLACE, LATITUDE_NAME, LONGITUDE_NAME
from storage.domain.subject import SUBJECT
from storage.domain.target import TARGET_UNIT, VALUE

PLACE = [LATITUDE_NAME, LONGITUDE_NAME] if HAS_PLACE else []
USUAL_SUPPORT = 0.05
"""Below, one in twenty training rows is as far from the others."""


class CounterfactualsRequest(Request):
    """A row, a goal on one side, and what has to stay as it is."""

    model_config = ConfigDict(json_schema_extra=one_of_two("at_least", "at_most", "number"))

    input: HousingFeatures = Field(description=f"Inputs of the {SUBJECT}.")
    at_least: float | None = Field(
        None,
        strict=True,
        allow_inf_nan=False,
        description=f"The {VALUE} to reach from below, in {TARGET_UNIT}.",
    )
    at_most: float | None = Field(
        None,
        strict=True,
        allow_inf_nan=False,
        description=f"The {VALUE} to reach from above, in {TARGET_UNIT}.",
    )
    frozen: list[FeatureName] = Field(
        PLACE,
        description="Inputs that must not change; by default the place, if there is one.",
    )
    minimum_support: float = Field(
        USUAL_SUPPORT,
        strict=True,
        ge=0,
        le=1,
        description="How typical of the training data the new inputs must be.",
    )

    @model_validator(mode="after")
    def _has_one_goal(self) -> Self:
        unknown = set(self.frozen) - set(FEATURE_NAMES)
        if unknown:
            raise PydanticCustomError("frozen", "{name} is no input", {"name": sorted(unknown)[0]})
        if (self.at_least is None) == (self.at_most is None):
            raise PydanticCustomError("goal", "Give either at_least or at_most")
        return self


class Change(BaseModel):
    """One input that changes."""

    feature: FeatureName = Field(description="The input.")
    before: float | str | None = Field(description="Its value as it was sent.")
    after: float | str | None = Field(description="Its value in the alternative.")


class Alternative(BaseModel):
    """A row that reaches the goal."""

    input: HousingFeatures = Field(description="Its inputs.")
    changes: list[Change] = Field(description="How they differ from those sent.")
    prediction: float = Field(description=f"Its predicted {VALUE} in {TARGET_UNIT}.")
    interval: Interval = Field(description="Its interval, which does not touch the present one.")
    support: float = Field(description="How typical of the training data it is, 0 to 1.")


class CounterfactualsResponse(Success):
    """POST /counterfactuals: the alternative with the fewest and smallest changes first, at most three.

    ``reason`` says why there is none. Nothing is claimed about causes: the model would answer so.
    """

    prediction: float = Field(description=f"The present {VALUE} in {TARGET_UNIT}.")
    interval: Interval = Field(description="Its interval.")
    alternatives: list[Alternative] = Field(description="Empty if there is no supported answer.")
    reason: str | None = Field(description="Why there is none; null if there is one.")
    model_version: str = Field(description="Version of the model.")
