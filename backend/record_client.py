"""The part of the client that reads what the service recorded."""

from collections.abc import Iterator
from urllib.parse import quote

from backend.connection import ServiceConnection, ServiceRefused
from backend.contract.base import ErrorResponse
from backend.contract.database import DatabaseStatisticsResponse
from backend.contract.records import (
    LoggedPredictionResponse,
    LogsQuery,
    LogsResponse,
    MetadataQuery,
    MetadataResponse,
    ModelMetricsResponse,
    PredictionsQuery,
    PredictionsResponse,
    RequestsQuery,
    RequestsResponse,
)
from backend.contract.stored.counts import (
    CountsResponse,
    LineCountsQuery,
    PredictionCountsQuery,
    RequestCountsQuery,
)
from backend.contract.stored.export import (
    LineExportQuery,
    PredictionExportQuery,
    RequestExportQuery,
)
from backend.contract.stored.one_request import OneRequestResponse
from backend.contract.stored.traffic import (
    SlowestQuery,
    SlowestResponse,
    SummaryQuery,
    SummaryResponse,
)


class RecordClient(ServiceConnection):
    """The calls that read records, over a connection to a service."""

    def logs(self, query: LogsQuery | None = None) -> LogsResponse:
        """Return log lines, newest first."""
        return self._get(LogsResponse, "/logs", query)

    def api_metrics(self, query: RequestsQuery | None = None) -> RequestsResponse:
        """Return answered requests, newest first."""
        return self._get(RequestsResponse, "/metrics/api", query)

    def log_counts(self, query: LineCountsQuery | None = None) -> CountsResponse:
        """Return log lines over time by level, and by value."""
        return self._get(CountsResponse, "/logs/counts", query)

    def request_counts(self, query: RequestCountsQuery | None = None) -> CountsResponse:
        """Return requests over time by class of status, and by value."""
        return self._get(CountsResponse, "/metrics/api/counts", query)

    def prediction_counts(self, query: PredictionCountsQuery | None = None) -> CountsResponse:
        """Return predictions over time by source, and by value."""
        return self._get(CountsResponse, "/predictions/counts", query)

    def export_logs(self, query: LineExportQuery) -> Iterator[bytes]:
        """Yield log lines as a file, newest first."""
        return self._stream("/logs/export", query)

    def export_requests(self, query: RequestExportQuery) -> Iterator[bytes]:
        """Yield answered requests as a file, newest first."""
        return self._stream("/metrics/api/export", query)

    def export_predictions(self, query: PredictionExportQuery) -> Iterator[bytes]:
        """Yield logged predictions as a file, newest first."""
        return self._stream("/predictions/export", query)

    def traffic_summary(self, query: SummaryQuery | None = None) -> SummaryResponse:
        """Return requests, errors and latency of each step of a time range that ends now."""
        return self._get(SummaryResponse, "/metrics/api/summary", query)

    def slowest_requests(self, query: SlowestQuery | None = None) -> SlowestResponse:
        """Return the slowest requests of a time range that ends now, slowest first."""
        return self._get(SlowestResponse, "/metrics/api/slowest", query)

    def request(self, request_id: str) -> OneRequestResponse:
        """Return everything that is kept of the requests with one id."""
        return self._get(OneRequestResponse, _place("/requests", request_id))

    def predictions(self, query: PredictionsQuery | None = None) -> PredictionsResponse:
        """Return logged predictions, newest first."""
        return self._get(PredictionsResponse, "/predictions", query)

    def prediction_metadata(self, query: MetadataQuery | None = None) -> MetadataResponse:
        """Return the most frequent metadata of a window's predictions."""
        return self._get(MetadataResponse, "/predictions/metadata", query)

    def prediction(self, prediction_id: str) -> LoggedPredictionResponse:
        """Return one logged prediction."""
        return self._get(LoggedPredictionResponse, _place("/predictions", prediction_id))

    def model_metrics(self) -> ModelMetricsResponse:
        """Return the test metrics of trained models, newest first."""
        return self._get(ModelMetricsResponse, "/metrics/models")

    def database_statistics(self) -> DatabaseStatisticsResponse:
        """Return the number and size of all records."""
        return self._get(DatabaseStatisticsResponse, "/database/stats")


def _place(room: str, record_id: str) -> str:
    """Return the path of one record.

    Raises
    ------
    ServiceRefused
        If an address cannot have this id: on the way, a path loses its dots and leads elsewhere.
    """
    if record_id in ("", ".", ".."):
        sentence = f"There is nothing with the id {record_id!r}."
        unknown = ErrorResponse(
            title="Not found", status=404, detail=sentence, instance="", error=sentence
        )
        raise ServiceRefused(unknown)
    return f"{room}/{quote(record_id, safe='')}"
