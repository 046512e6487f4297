"""POST /predict and /predict_batch; the inputs and their units."""

from pydantic import Field

from backend.contract.base import Request, Success
from storage.schema.features import (
    EXAMPLE,
    FEATURE_NAMES,
    FEATURES,
    TARGET_CAP,
    TARGET_UNIT_DOLLARS,
    Feature,
    HousingFeatures,
)

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


class PredictionResponse(Success):
    """POST /predict"""

    prediction: float
    prediction_id: str
    model_type: str
    model_version: str
    input: HousingFeatures


class BatchPredictionResponse(Success):
    """POST /predict_batch: numbers and ids in the order of the instances."""

    predictions: list[float]
    prediction_ids: list[str]
    n_predictions: int
    model_type: str
    model_version: str
