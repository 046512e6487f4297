"""GET /database/stats and POST /database/clear."""

from pydantic import BaseModel, Field

from backend.contract.base import Success


class RequestTotals(BaseModel):
    """Totals over all recorded requests."""

    total_requests: int = Field(description="Number of recorded requests.")
    avg_response_time: float = Field(description="Mean response time in seconds.")
    successful_requests: int = Field(description="Requests with a status below 400.")
    success_rate: float = Field(description="Share of successful requests, 0 to 1.")


class SpoolBacklog(BaseModel):
    """Records waiting for the log-writer, and those it could not read."""

    bytes: int = Field(description="Bytes waiting for the log-writer.")
    oldest_age_seconds: float = Field(
        description="Age of the oldest waiting record in seconds; 0 if none is waiting."
    )
    rejected_records: int = Field(description="Records that the log-writer could not read.")


class DatabaseStatistics(BaseModel):
    """Number and size of all records."""

    logs_by_level: dict[str, int] = Field(description="Log lines by level.")
    api_metrics: RequestTotals = Field(description="Totals of all requests.")
    total_model_metrics: int = Field(description="Recorded training results.")
    predictions: int = Field(description="Logged predictions.")
    labelled: int = Field(0, description="Actual values attached to predictions.")
    spool_backlog: SpoolBacklog = Field(description="Records not yet in the database.")
    size_bytes: int = Field(description="Size of the database in bytes.")


class DatabaseStatisticsResponse(Success):
    """GET /database/stats"""

    statistics: DatabaseStatistics = Field(description="Sizes of all records.")


class DatabaseClearedResponse(Success):
    """POST /database/clear: deleted rows by table, or that they are still being deleted."""

    message: str = Field("Database cleared successfully", description="The result in words.")
    deleted: dict[str, int] = Field(
        description="Rows deleted, by table; none while they are being deleted."
    )
    under_way: bool = Field(
        False,
        description="Whether they are still being deleted; the timeline says when it is done.",
    )
