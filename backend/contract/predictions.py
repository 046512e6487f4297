"""POST /predict and /predict_batch; the inputs and their units."""

from pydantic import BaseModel, Field

from backend.contract.base import Request, Success
from storage.domain.inputs import EXAMPLE, FEATURE_NAMES, FEATURES, Feature, HousingFeatures
from storage.domain.target import TARGET_CAP, TARGET_UNIT_DOLLARS

__all__ = [
    "EXAMPLE",
    "FEATURES",
    "FEATURE_NAMES",
    "TARGET_CAP",
    "TARGET_UNIT_DOLLARS",
    "BatchPredictionRequest",
    "BatchPredictionResponse",
    "Feature",
    "HousingFeatures",
    "PredictionResponse",
]


LARGEST_BATCH = 10_000


class BatchPredictionRequest(Request):
    """POST /predict_batch"""

    instances: list[HousingFeatures] = Field(min_length=1, max_length=LARGEST_BATCH)


class PredictQuery(Request):
    """Query parameters of POST /predict."""

    explain: bool = Field(False, description="Add the contribution of each input; takes longer.")


class Interval(BaseModel):
    """Where the true value lies with probability ``coverage``; never above the census's cap."""

    lower: float
    upper: float
    coverage: float


class InputWarning(BaseModel):
    """One input that is unlike the training data."""

    field: str
    message: str


class Contributions(BaseModel):
    """Why this price: ``base_value`` and one Shapley value per input, which sum to the prediction."""

    base_value: float = Field(description="Mean prediction over a sample of the training data.")
    values: dict[str, float]


class PredictionResponse(Success):
    """POST /predict"""

    prediction: float
    interval: Interval
    support: float = Field(
        description="Share of training districts that lie at least as far from the others as this input"
        " does: 0.5 is typical, 0 is extrapolation."
    )
    warnings: list[InputWarning]
    contributions: Contributions | None = None
    prediction_id: str
    model_type: str
    model_version: str
    input: HousingFeatures


class BatchPredictionResponse(Success):
    """POST /predict_batch: numbers and ids in the order of the instances."""

    predictions: list[float]
    intervals: list[Interval]
    prediction_ids: list[str]
    n_predictions: int
    model_type: str
    model_version: str
