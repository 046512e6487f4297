"""POST /predict and /predict_batch; the inputs and their units."""

from collections.abc import Mapping
from typing import Self, cast

from pydantic import BaseModel, Field

from backend.contract.base import Request, Success
from storage.domain.feature import Feature
from storage.domain.inputs import (
    ARE_PLAIN,
    EXAMPLE,
    FEATURE_NAMES,
    FEATURES,
    HousingFeatures,
    numbers_of,
    values_of,
)
from storage.domain.subject import SUBJECTS
from storage.domain.target import DISPLAY, TARGET_CAP, TARGET_UNIT, VALUE
from storage.schema.caller import (
    LONGEST_METADATA_NAME,
    LONGEST_METADATA_VALUE,
    LONGEST_REFERENCE,
    REFERENCE,
    UNNAMED,
    Caller,
    Metadata,
    Reference,
)
from storage.schema.source import CLIENT, Source

__all__ = [
    "DISPLAY",
    "EXAMPLE",
    "FEATURES",
    "FEATURE_NAMES",
    "LONGEST_METADATA_NAME",
    "LONGEST_METADATA_VALUE",
    "LONGEST_REFERENCE",
    "REFERENCE",
    "TARGET_CAP",
    "BatchPredictionRequest",
    "BatchPredictionResponse",
    "Feature",
    "HousingFeatures",
    "PredictionRequest",
    "PredictionResponse",
    "RowWarning",
    "caller_of",
    "values_of",
]

LARGEST_BATCH = 10_000
NUMBER_OF_INPUTS = len(FEATURE_NAMES)


class PredictionRequest(HousingFeatures):
    """The inputs of one prediction and, beside them, what its caller says of it; no model sees that."""

    reference: Reference | None = Field(
        None,
        description="The caller's own id of what is predicted on, one line. It is logged, can be searched "
        "for, and can name the prediction when its actual value is known.",
        examples=["order-17"],
        exclude_if=lambda value: value is None,
    )
    metadata: Metadata | None = Field(
        None,
        description="Short texts by name, logged with the prediction: it is found and counted by them.",
        examples=[{"channel": "web"}],
        exclude_if=lambda value: value is None,
    )

    @classmethod
    def about(
        cls,
        features: HousingFeatures,
        reference: str | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> Self:
        """Return the request for some inputs; not validated, for the service will do that."""
        said = {"reference": reference, "metadata": metadata}
        given = {name: value for name, value in said.items() if value is not None}
        return cast(Self, cls.model_construct(None, **features.__dict__ | given))

    def vector(self) -> list[float]:
        """Return the inputs as they are in an array, in training order."""
        values = list(self.__dict__.values())[:NUMBER_OF_INPUTS]
        return values if ARE_PLAIN else numbers_of(values)


def caller_of(features: HousingFeatures, source: Source = CLIENT) -> Caller:
    """Return what the caller says of a prediction, and whose traffic it is."""
    said = isinstance(features, PredictionRequest) and (features.reference, features.metadata)
    if said and any(said):
        return Caller(features.reference, features.metadata or None, source)
    return UNNAMED if source == CLIENT else Caller(source=source)


class BatchPredictionRequest(Request):
    """POST /predict_batch"""

    instances: list[PredictionRequest] = Field(
        min_length=1,
        max_length=LARGEST_BATCH,
        fail_fast=True,
        description="Inputs, one set for each prediction.",
    )


class PredictQuery(Request):
    """Query parameters of POST /predict."""

    explain: bool = Field(False, description="Add the contribution of each input; slower.")


class Interval(BaseModel):
    """The range that contains the true value with probability ``coverage``; never above a table's cap."""

    lower: float = Field(description=f"Lower bound in {TARGET_UNIT}.")
    upper: float = Field(description=f"Upper bound in {TARGET_UNIT}.")
    coverage: float = Field(
        description=f"Probability that the interval contains the {VALUE}, 0 to 1."
    )


class InputWarning(BaseModel):
    """One input that is unusual in the training data."""

    field: str = Field(description="Name of the input.")
    message: str = Field(description="How it differs from the training data.")


class Contributions(BaseModel):
    """Explanation of a prediction: ``base_value`` and one Shapley value per input, which sum to it."""

    base_value: float = Field(
        description=f"Mean prediction over typical training rows, in {TARGET_UNIT}: nearly that over all."
    )
    values: dict[str, float] = Field(description=f"Shapley value of each input, in {TARGET_UNIT}.")
    standard_errors: dict[str, float] | None = Field(
        None,
        description="Standard error of each, where there are more than ten inputs and they are estimated;"
        " null where they are exact.",
    )
    rows: int | None = Field(
        None, description="Number of typical training rows that the input is compared with."
    )


class PredictionResponse(Success):
    """POST /predict"""

    prediction: float = Field(description=f"Predicted {VALUE} in {TARGET_UNIT}.")
    interval: Interval = Field(description="Prediction interval.")
    support: float = Field(
        description=f"Share of training {SUBJECTS} that are at least as far from the others as this input"
        " is: 0.5 is typical, 0 is extrapolation."
    )
    warnings: list[InputWarning] = Field(
        description="Inputs that are unusual in the training data."
    )
    contributions: Contributions | None = Field(None, description="Only with `explain=true`.")
    prediction_id: str = Field(description="Id to send an actual value for.")
    model_type: str = Field(description="Class of the model.")
    model_version: str = Field(description="Version of the model.")
    input: HousingFeatures = Field(description="Inputs of the prediction.")
    reference: str | None = Field(None, description="The caller's own id, as it was sent.")
    metadata: dict[str, str] | None = Field(
        None, description="The caller's texts by name, as they were sent."
    )


class RowWarning(InputWarning):
    """A warning about one instance of several."""

    instance: int = Field(description="Its place among the instances, from 0.")


class BatchPredictionResponse(Success):
    """POST /predict_batch: predictions and ids in the order of the instances."""

    predictions: list[float] = Field(description=f"Predictions in {TARGET_UNIT}.")
    intervals: list[Interval] = Field(description="Prediction intervals.")
    prediction_ids: list[str] = Field(description="Ids to send actual values for.")
    n_predictions: int = Field(description="Number of predictions.")
    supports: list[float] = Field(
        default_factory=list,
        description="Support of each, from 0 to 1, as POST /predict answers it.",
    )
    warnings: list[RowWarning] = Field(
        default_factory=list,
        description="Inputs that are unusual in the training data, with the instance that has them.",
    )
    model_type: str = Field(description="Class of the model.")
    model_version: str = Field(description="Version of the model.")
    references: list[str | None] | None = Field(
        None,
        description="The caller's own ids, in the order of the instances; null if there are none.",
    )
    metadata: list[dict[str, str] | None] | None = Field(
        None,
        description="The caller's texts, in the order of the instances; null if there are none.",
    )
