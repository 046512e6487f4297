"""POST /sensitivity and /nearest_districts: what the what-if form shows around one answer."""

from pydantic import BaseModel, Field

from backend.contract.base import Request, Success
from storage.domain.inputs import FeatureName, HousingFeatures

MOST_DISTRICTS = 50


class SensitivityQuery(Request):
    """Query parameters of POST /sensitivity."""

    feature: FeatureName | None = Field(None, description="One input; none means all of them.")
    points: int = Field(41, ge=2, le=201, description="Values along each input.")


class SensitivityCurve(BaseModel):
    """The price along one input with the others fixed, over the training data's histogram.

    ``values`` run from the training data's 0.1th to its 99.9th percentile, in the input's own unit;
    ``predictions`` are in 100,000 USD; ``histogram_counts[i]`` training districts lie between
    ``histogram_edges[i]`` and ``histogram_edges[i + 1]``.
    """

    feature: FeatureName
    values: list[float]
    predictions: list[float]
    histogram_edges: list[float]
    histogram_counts: list[int]


class SensitivityResponse(Success):
    """POST /sensitivity"""

    prediction: float
    curves: list[SensitivityCurve]
    model_version: str


class NearestQuery(Request):
    """Query parameters of POST /nearest_districts."""

    number: int = Field(10, ge=1, le=MOST_DISTRICTS)


class NearestDistrict(BaseModel):
    """One training district: how far away in km, its inputs, its recorded price in 100,000 USD."""

    distance_km: float
    input: HousingFeatures
    price: float


class NearestResponse(Success):
    """POST /nearest_districts: nearest first."""

    districts: list[NearestDistrict]
    model_version: str
