"""GET /database/stats and POST /database/clear."""

from pydantic import BaseModel, Field

from backend.contract.base import Success


class RequestTotals(BaseModel):
    """All recorded requests together; ``avg_response_time`` in seconds, ``success_rate`` from 0 to 1."""

    total_requests: int
    avg_response_time: float
    successful_requests: int
    success_rate: float


class SpoolBacklog(BaseModel):
    """What waits for the log-writer, since when (0: nothing waits), and what it could not read."""

    bytes: int
    oldest_age_seconds: float
    rejected_records: int


class DatabaseStatistics(BaseModel):
    """The sizes of everything recorded."""

    logs_by_level: dict[str, int]
    api_metrics: RequestTotals
    total_model_metrics: int
    predictions: int
    labelled: int = Field(0, description="Actual values attached to predictions.")
    spool_backlog: SpoolBacklog
    size_bytes: int


class DatabaseStatisticsResponse(Success):
    """GET /database/stats"""

    statistics: DatabaseStatistics


class DatabaseClearedResponse(Success):
    """POST /database/clear: deleted rows by table."""

    message: str = "Database cleared successfully"
    deleted: dict[str, int]
