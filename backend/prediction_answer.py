"""What POST /predict answers, from what was predicted and logged."""

from backend.contract.predictions import Contributions, Interval, PredictionResponse
from backend.prediction_service import LoggedPrediction
from storage.schema.features import HousingFeatures
from storage.spool_lines import Predicted


def prediction_response(
    logged: LoggedPrediction, features: HousingFeatures, contributions: Contributions | None = None
) -> PredictionResponse:
    """Return the answer to one request for one price."""
    model, predicted = logged.model, logged.predictions[0]
    return PredictionResponse(
        prediction=predicted.price,
        interval=interval_of(predicted, model.coverage),
        support=logged.support,
        warnings=model.warnings.of(predicted.inputs),
        contributions=contributions,
        prediction_id=predicted.prediction_id,
        model_type=logged.model_type,
        model_version=logged.model_version,
        input=features,
    )


def interval_of(predicted: Predicted, coverage: float) -> Interval:
    """Return the interval of one answer."""
    return Interval(lower=predicted.lower, upper=predicted.upper, coverage=coverage)
