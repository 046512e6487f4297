"""GET /dependence and /interaction: how the model that serves answers in general."""

from pydantic import BaseModel, Field

from backend.contract.base import Request, Success
from storage.domain.inputs import FeatureName
from storage.domain.subject import SUBJECTS
from storage.domain.target import TARGET_UNIT, VALUE

ROWS = f"Training {SUBJECTS} that the other inputs are taken from."


class DependenceCurve(BaseModel):
    """The mean prediction along one input, with its spread over the rows.

    The spread is what the middle 80 % of the rows differ from the mean, each moved to its own mean: none
    where the input has the same effect everywhere. A row with another value of one input need not exist.
    """

    feature: FeatureName = Field(description="The input.")
    importance: float = Field(
        description="Share of the predictions' change that is due to the input, 0 to 1."
    )
    values: list[float] = Field(
        description="Values of the input, in its own unit; of a category, the positions of its words."
    )
    categories: list[str] | None = Field(None, description="The words of a category, in order.")
    means: list[float] = Field(description=f"Mean predicted {VALUE} in {TARGET_UNIT}.")
    lower: list[float] = Field(description=f"Lower end of the spread in {TARGET_UNIT}.")
    upper: list[float] = Field(description=f"Upper end of the spread in {TARGET_UNIT}.")


class DependenceResponse(Success):
    """GET /dependence: the most important input first."""

    curves: list[DependenceCurve] = Field(description="One curve for each input.")
    rows: int = Field(description=ROWS)
    model_version: str = Field(description="Version of the model.")


class InteractionQuery(Request):
    """Query parameters of GET /interaction."""

    first: FeatureName = Field(description="One input.")
    second: FeatureName = Field(description="Another one.")


class InteractionAxis(BaseModel):
    """The values of one of the two inputs."""

    feature: FeatureName = Field(description="The input.")
    values: list[float] = Field(
        description="Its values, in its own unit; of a category, the positions of its words."
    )
    categories: list[str] | None = Field(None, description="The words of a category, in order.")


class InteractionResponse(Success):
    """GET /interaction: ``means[i][j]`` is at the first input's value i and the second's value j."""

    first: InteractionAxis = Field(description="One input.")
    second: InteractionAxis = Field(description="The other one.")
    means: list[list[float]] = Field(description=f"Mean predicted {VALUE} in {TARGET_UNIT}.")
    strength: float = Field(
        description="Share of the common effect that is due to the combination, 0 (they only add up) to 1."
    )
    rows: int = Field(description=ROWS)
    model_version: str = Field(description="Version of the model.")
