"""What was recorded, read back page by page: logs, requests, predictions, model metrics."""

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from backend.contract.base import Moment, Request, Success
from storage.domain.inputs import HousingFeatures

DEFAULT_LIMIT = 100
LARGEST_LIMIT = 1_000


class WindowQuery(Request):
    """Query parameters of every list: a page of a time window, newest first."""

    since: Moment | None = None
    until: Moment | None = None
    limit: int = Field(DEFAULT_LIMIT, ge=1, le=LARGEST_LIMIT)
    page_token: str | None = None


class LogsQuery(WindowQuery):
    """GET /logs"""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] | None = None
    module: str | None = Field(
        None, max_length=200, description="A logger's name, or its beginning."
    )
    q: str | None = Field(None, max_length=200, description="Text that the message contains.")


class RequestsQuery(WindowQuery):
    """GET /metrics/api"""

    endpoint: str | None = Field(None, max_length=200, description="A route template.")
    status: int | None = Field(None, ge=100, le=599)


class PredictionsQuery(WindowQuery):
    """GET /predictions"""

    model_version: str | None = Field(None, max_length=100)
    labelled: bool | None = Field(
        None, description="Only predictions whose actual value is known, or only the others."
    )


class ModelMetricsQuery(Request):
    """GET /metrics/models"""

    limit: int = Field(DEFAULT_LIMIT, ge=1, le=LARGEST_LIMIT)


class Row(BaseModel):
    """One recorded row, as read back."""

    model_config = ConfigDict(frozen=True, protected_namespaces=())

    id: int
    timestamp: AwareDatetime


class LogRow(Row):
    """One line of a process's log."""

    level: str
    module: str
    message: str
    process: str
    request_id: str | None


class RequestRow(Row):
    """One answered request; ``response_time`` in seconds."""

    endpoint: str
    method: str
    status_code: int
    response_time: float
    success: bool
    error_message: str | None
    request_id: str
    model_version: str | None


class PredictionRow(Row):
    """One answered prediction, the inputs that it was made from, and the actual value once it is known."""

    prediction_id: str
    request_id: str
    input: HousingFeatures
    prediction: float
    interval_lower: float | None
    interval_upper: float | None
    model_type: str
    model_version: str
    actual: float | None = None
    labelled_at: AwareDatetime | None = None


class ModelMetricsRow(Row):
    """One trained model on the test part: errors in 100,000 USD, training time in seconds."""

    model_name: str
    model_type: str
    model_version: str
    rmse: float
    mae: float
    r2_score: float
    training_time: float
    parameters: dict[str, Any]


class PageResponse(Success):
    """A page of rows; ``total`` counts the rows returned, ``filters`` echoes what was asked."""

    total: int
    filters: dict[str, Any]
    next_page_token: str | None = None


class LogsResponse(PageResponse):
    """GET /logs"""

    logs: list[LogRow]


class RequestsResponse(PageResponse):
    """GET /metrics/api"""

    metrics: list[RequestRow]


class PredictionsResponse(PageResponse):
    """GET /predictions"""

    predictions: list[PredictionRow]


class LoggedPredictionResponse(Success):
    """GET /predictions/<prediction_id>"""

    prediction: PredictionRow


class ModelMetricsResponse(PageResponse):
    """GET /metrics/models"""

    metrics: list[ModelMetricsRow]
