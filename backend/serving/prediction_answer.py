"""What POST /predict answers, from what was predicted."""

from backend.contract.predictions import Contributions, Interval, PredictionResponse
from backend.serving.prediction_service import ModelAnswer
from storage.schema.features import HousingFeatures
from storage.spool.lines import Predicted


def prediction_response(
    found: ModelAnswer, features: HousingFeatures, contributions: Contributions | None = None
) -> PredictionResponse:
    """Return the answer to one request for one price."""
    model, predicted = found.model, found.predictions[0]
    return PredictionResponse(
        prediction=predicted.price,
        interval=interval_of(predicted, model.coverage),
        support=found.support,
        warnings=model.warnings.of(predicted.inputs),
        contributions=contributions,
        prediction_id=predicted.prediction_id,
        model_type=found.model_type,
        model_version=found.model_version,
        input=features,
    )


def interval_of(predicted: Predicted, coverage: float) -> Interval:
    """Return the interval of one answer."""
    return Interval(lower=predicted.lower, upper=predicted.upper, coverage=coverage)
