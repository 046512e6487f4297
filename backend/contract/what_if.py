"""POST /sensitivity and /nearest_districts: what the what-if form shows around one prediction."""

from pydantic import BaseModel, Field

from backend.contract.base import Request, Success
from storage.domain.inputs import FeatureName, HousingFeatures
from storage.domain.subject import SUBJECT, SUBJECTS
from storage.domain.target import TARGET_UNIT, VALUE

MOST_NEAREST = 50


class SensitivityQuery(Request):
    """Query parameters of POST /sensitivity."""

    feature: FeatureName | None = Field(None, description="One input; all by default.")
    points: int = Field(41, ge=2, le=201, description="Number of values along each input.")


class SensitivityCurve(BaseModel):
    """The prediction along one input with the others fixed, over the training data's histogram.

    ``values`` run from the training data's 0.1th to its 99.9th percentile, in the input's own unit;
    ``predictions`` are in the target's unit; ``histogram_counts[i]`` training rows lie between
    ``histogram_edges[i]`` and ``histogram_edges[i + 1]``.
    """

    feature: FeatureName = Field(description="Input that varies.")
    values: list[float] = Field(
        description="Values of the input, in its own unit; of a category, the positions of its words."
    )
    categories: list[str] | None = Field(None, description="The words of a category, in order.")
    predictions: list[float] = Field(
        description=f"Predicted {VALUE} at each value, in {TARGET_UNIT}."
    )
    histogram_edges: list[float] = Field(
        description="Bin edges of the training data, in the input's unit."
    )
    histogram_counts: list[int] = Field(description=f"Training {SUBJECTS} in each bin.")


class SensitivityResponse(Success):
    """POST /sensitivity"""

    prediction: float = Field(
        description=f"Predicted {VALUE} of the inputs sent, in {TARGET_UNIT}."
    )
    curves: list[SensitivityCurve] = Field(description="One curve for each input.")
    model_version: str = Field(description="Version of the model.")


class NearestQuery(Request):
    """Query parameters of POST /nearest_districts."""

    number: int = Field(10, ge=1, le=MOST_NEAREST, description=f"Number of {SUBJECTS}.")


class NearestDistrict(BaseModel):
    """One training row with its distance, inputs and recorded value."""

    distance_km: float | None = Field(
        description="Distance on the map in km; null for a table without a place."
    )
    distance: float | None = Field(
        None,
        description="Without a place: Euclidean distance of the inputs, each divided by the range between"
        " its 5th and 95th percentile.",
    )
    input: HousingFeatures = Field(description=f"Inputs of the {SUBJECT}.")
    price: float = Field(description=f"Recorded {VALUE} in {TARGET_UNIT}.")


class NearestResponse(Success):
    """POST /nearest_districts: nearest first."""

    districts: list[NearestDistrict] = Field(description="Nearest first.")
    model_version: str = Field(description="Version of the model.")
