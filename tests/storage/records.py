"""Records for tests."""

from storage.domain.inputs import EXAMPLE, FEATURE_NAMES, HousingFeatures
from storage.schema.records import (
    AnswerRecord,
    LogRecord,
    ModelMetricsRecord,
    PredictionRecord,
    RefusedInputRecord,
    RequestRecord,
    ShadowRecord,
    SpoolRecord,
)


def prediction(request_id: str = "request", value: float = 4.5) -> PredictionRecord:
    """One prediction."""
    return PredictionRecord(
        request_id=request_id,
        inputs=HousingFeatures(**EXAMPLE),
        prediction=value,
        model_type="LinearRegression",
        model_version="one",
    )


def request(endpoint: str = "/predict", status: int = 200) -> RequestRecord:
    """One answered request."""
    return RequestRecord(
        endpoint=endpoint,
        method="POST",
        status_code=status,
        response_time=0.002,
        success=status < 400,
        request_id="request",
    )


def answer(request_id: str = "request", value: float = 4.5, status: int = 200) -> AnswerRecord:
    """One prediction with the request that it answered."""
    return AnswerRecord(
        **dict(prediction(request_id, value)) | {"kind": "answer"},
        endpoint="/predict",
        method="POST",
        status_code=status,
        response_time=0.002,
    )


def log(message: str = "It works.", level: str = "INFO", module: str = "backend.app") -> LogRecord:
    """One log line."""
    return LogRecord(level=level, module=module, message=message, process="test")


def model_metrics() -> ModelMetricsRecord:
    """One trained model."""
    return ModelMetricsRecord(
        model_name="linear_regression",
        model_type="LinearRegression",
        model_version="one",
        rmse=0.7,
        mae=0.5,
        r2_score=0.6,
        training_time=0.1,
        parameters={"fit_intercept": True},
    )


def shadow(prediction_id: str = "prediction", version: str = "two") -> ShadowRecord:
    """One silent answer of a challenger."""
    return ShadowRecord(
        prediction_id=prediction_id,
        model_version=version,
        prediction=4.25,
        interval_lower=4.0,
        interval_upper=4.5,
        difference=-0.25,
    )


def one_of_each() -> list[SpoolRecord]:
    """One record for each table that a request or a training fills."""
    return [prediction(), request(), log(), model_metrics()]


def refused(
    request_id: str = "request", field: str = FEATURE_NAMES[0], value: float | None = 83_252.0
) -> RefusedInputRecord:
    """Return a refusal of one number above the highest."""
    return RefusedInputRecord(
        request_id=request_id, field=field, problem="less_than_equal", problems=1, value=value
    )


def clashing(record: SpoolRecord) -> SpoolRecord:
    """Another prediction under the id of one."""
    return record.model_copy(update={"prediction": 9.75})
