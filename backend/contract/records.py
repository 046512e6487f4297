"""Recorded logs, requests, predictions and model metrics, page by page."""

import re
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from backend.contract.base import Moment, Request, Success
from backend.contract.query.sources import Sources
from storage.domain.inputs import HousingFeatures
from storage.domain.target import TARGET_UNIT, VALUE
from storage.schema.caller import Metadata, Reference
from storage.schema.metadata_counts import MetadataCount
from storage.schema.source import Source

METADATA_PARAMETER = re.compile(r"metadata(?:\.(.*)|\[(.*)\])", re.DOTALL)
"""One text in a query string; a dot needs no quoting in a shell, brackets are what OpenAPI describes."""
PAGE_FORM = "^[0-9]{1,16}_[0-9]{1,18}$"
"""Microseconds since 1970 and the number of a row."""
SLOW_PAGE_FORM = "^([0-9]{1,16}|[0-9]{1,6}[.][0-9]{1,20}|[0-9]e-[0-9]{2})_[0-9]{1,18}$"
"""Of lists that may have the slowest first: then the seconds that it took, in place of the time."""
DEFAULT_LIMIT = 100
LARGEST_LIMIT = 1_000


class PeriodQuery(Request):
    """Query parameters of a time window."""

    since: Moment | None = Field(None, description="Only rows at or after this time.")
    until: Moment | None = Field(None, description="Only rows before this time.")


class WindowQuery(PeriodQuery):
    """Query parameters of every list: one page of a time window, newest first."""

    limit: int = Field(DEFAULT_LIMIT, ge=1, le=LARGEST_LIMIT, description="Largest number of rows.")
    page_token: str | None = Field(
        None,
        description="The `next_page_token` of the previous page.",
        json_schema_extra={"pattern": PAGE_FORM},
    )


class LineFilters(Request):
    """Query parameters that choose log lines."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"] | None = Field(
        None, description="Only lines of this level."
    )
    module: str | None = Field(
        None, max_length=200, description="Name of a logger, or its beginning."
    )
    process: str | None = Field(None, max_length=100, description="Only lines of this process.")
    q: str | None = Field(None, max_length=200, description="Text contained in the message.")


class LogsQuery(LineFilters, WindowQuery):
    """GET /logs"""


class RequestFilters(Request):
    """Query parameters that choose requests."""

    endpoint: str | None = Field(
        None, max_length=200, description="Route template, such as /predict."
    )
    status: int | None = Field(None, ge=100, le=599, description="HTTP status.")
    model_version: str | None = Field(
        None, max_length=100, description="Only requests that this version answered."
    )
    min_latency_ms: float | None = Field(
        None, ge=0, le=1e9, description="Only requests that took at least so many milliseconds."
    )
    sources: Sources | None = Field(
        None, description="Whose requests, separated by commas; all by default."
    )


class RequestsQuery(RequestFilters, WindowQuery):
    """GET /metrics/api"""

    order: Literal["newest", "slowest"] | None = Field(
        None, description="What comes first; the newest by default."
    )
    page_token: str | None = Field(
        None,
        description="The `next_page_token` of the previous page, in the same order.",
        json_schema_extra={"pattern": SLOW_PAGE_FORM},
    )


class PredictionFilters(Request):
    """Query parameters that choose predictions."""

    model_version: str | None = Field(
        None, max_length=100, description="Only predictions of this version."
    )
    labelled: bool | None = Field(
        None, description="true: only predictions with an actual value; false: only those without."
    )
    reference: Reference | None = Field(
        None, description="Only predictions with this id of the caller's own."
    )
    sources: Sources | None = Field(
        None, description="Whose predictions, separated by commas; all by default."
    )
    metadata: Metadata | None = Field(
        None,
        description="Only predictions with each of these texts, written `metadata.name=value` or "
        "`metadata[name]=value`.",
    )

    @model_validator(mode="before")
    @classmethod
    def _gathered(cls, given: Any) -> Any:
        """Gather what a query string has one by one."""
        if not isinstance(given, dict):
            return given
        read = {name: METADATA_PARAMETER.fullmatch(name) for name in given}
        entries = [
            (found[found.lastindex or 0], given[name]) for name, found in read.items() if found
        ]
        if not entries:
            return given
        metadata = dict(entries)
        if len(metadata) < len(entries):
            raise PydanticCustomError(
                "misread", "A name of metadata is given twice: keep one of them"
            )
        return {name: given[name] for name, found in read.items() if not found} | {
            "metadata": metadata
        }


class PredictionsQuery(PredictionFilters, WindowQuery):
    """GET /predictions"""


class MetadataQuery(PeriodQuery):
    """GET /predictions/metadata"""

    limit: int = Field(10, ge=1, le=100, description="Largest number of values of each name.")


class ModelMetricsQuery(Request):
    """GET /metrics/models"""

    limit: int = Field(DEFAULT_LIMIT, ge=1, le=LARGEST_LIMIT, description="Largest number of rows.")


class Row(BaseModel):
    """One recorded row."""

    model_config = ConfigDict(frozen=True, protected_namespaces=())

    id: int = Field(description="Number of the row.")
    timestamp: AwareDatetime = Field(description="When it was recorded.")


class LogRow(Row):
    """One line of a process's log."""

    level: str = Field(description="Level, such as WARNING.")
    module: str = Field(description="Name of the logger.")
    message: str = Field(description="The message.")
    process: str = Field(description="Process that wrote the line.")
    request_id: str | None = Field(description="Request during which it was written.")


class RequestRow(Row):
    """One answered request."""

    endpoint: str = Field(description="Route template.")
    method: str = Field(description="HTTP method.")
    status_code: int = Field(description="HTTP status.")
    response_time: float = Field(description="Response time in seconds.")
    success: bool = Field(description="Whether the status is below 400.")
    error_message: str | None = Field(description="The error sent to the client.")
    request_id: str = Field(description="Id of the request.")
    model_version: str | None = Field(description="Version that answered, if a model did.")
    source: Source = Field(description="Whose request it was.")


class PredictionRow(Row):
    """One logged prediction with its inputs, and its actual value once known."""

    prediction_id: str = Field(description="Id of the prediction.")
    request_id: str = Field(description="Id of the request.")
    input: HousingFeatures = Field(description="Inputs of the prediction.")
    prediction: float = Field(description=f"Predicted {VALUE} in {TARGET_UNIT}.")
    interval_lower: float | None = Field(
        description=f"Lower bound of the interval, in {TARGET_UNIT}."
    )
    interval_upper: float | None = Field(
        description=f"Upper bound of the interval, in {TARGET_UNIT}."
    )
    model_type: str = Field(description="Class of the model.")
    model_version: str = Field(description="Version of the model.")
    actual: float | None = Field(
        None, description=f"Actual {VALUE} in {TARGET_UNIT}; null until it is known."
    )
    labelled_at: AwareDatetime | None = Field(
        None, description=f"When the actual {VALUE} was reported."
    )
    reference: str | None = Field(None, description="The caller's own id, if it sent one.")
    metadata: dict[str, str] | None = Field(
        None, description="The caller's texts by name, if it sent any."
    )
    source: Source = Field(description="Whose request it answered.")


class ModelMetricsRow(Row):
    """Metrics of one trained model on the test part; errors in the target's unit."""

    model_name: str = Field(description="Candidate that was trained.")
    model_type: str = Field(description="Class of the model.")
    model_version: str = Field(description="Version of the model.")
    rmse: float = Field(description=f"Root mean squared error in {TARGET_UNIT}.")
    mae: float = Field(description=f"Mean absolute error in {TARGET_UNIT}.")
    r2_score: float = Field(description="Coefficient of determination, at most 1.")
    training_time: float = Field(description="Training time in seconds.")
    parameters: dict[str, Any] = Field(description="Hyperparameters.")


class LabelCorrection(BaseModel):
    """An actual value that was replaced by another."""

    timestamp: AwareDatetime = Field(description="When it was replaced.")
    earlier: float = Field(description=f"The value until then, in {TARGET_UNIT}.")
    earlier_at: AwareDatetime = Field(description="When that value had arrived.")
    actual: float = Field(description=f"The value from then on, in {TARGET_UNIT}.")
    actor: str = Field(
        description="Key that replaced it: its name and role, such as `cron (operator)`, or the role alone."
    )
    person: str = Field(description="Name of the person who asked for it.")
    reason: str = Field(description="Why.")


class PageResponse(Success):
    """A page of rows; ``total`` counts the rows returned, ``filters`` repeats the query."""

    total: int = Field(description="Number of rows returned.")
    filters: dict[str, Any] = Field(description="Filters that were applied.")
    next_page_token: str | None = Field(
        None, description="Token of the next page; null on the last one."
    )
    looked_since: AwareDatetime | None = Field(
        None,
        description="If the newest million rows were looked at and this page is not full: rows before this "
        "time were not. The next page goes on there; if the slowest come first, there is none.",
    )


class LogsResponse(PageResponse):
    """GET /logs"""

    logs: list[LogRow] = Field(description="Newest first.")


class RequestsResponse(PageResponse):
    """GET /metrics/api"""

    metrics: list[RequestRow] = Field(description="Newest first.")


class PredictionsResponse(PageResponse):
    """GET /predictions"""

    predictions: list[PredictionRow] = Field(description="Newest first.")


class MetadataResponse(Success):
    """GET /predictions/metadata"""

    names: list[MetadataCount] = Field(description="Most frequent first, at most 50.")
    counted: int = Field(description="Predictions that were counted: those with metadata.")
    oldest: AwareDatetime | None = Field(
        description="When the oldest of them was answered; null if there are none."
    )
    truncated: bool = Field(description="Whether older ones of the window were left out.")
    filters: dict[str, Any] = Field(description="Filters that were applied.")


class LoggedPredictionResponse(Success):
    """GET /predictions/<prediction_id>"""

    prediction: PredictionRow = Field(description="The logged prediction.")
    corrections: list[LabelCorrection] = Field(
        default_factory=list,
        description="How its actual value was corrected, the oldest first; empty if never.",
    )


class ModelMetricsResponse(PageResponse):
    """GET /metrics/models"""

    metrics: list[ModelMetricsRow] = Field(description="Newest first.")
