"""Which rows a query string asks for, as storage reads them."""

from backend.contract.records import LogsQuery, PredictionsQuery, RequestsQuery
from storage.database.filters import LineFilter, PredictionFilter, RequestFilter
from storage.schema.source import SOURCES


def line_filter(query: LogsQuery) -> LineFilter:
    """Return the filter for log lines."""
    return LineFilter(level=query.level, module=query.module, search=query.q)


def request_filter(query: RequestsQuery) -> RequestFilter:
    """Return the filter for requests."""
    return RequestFilter(
        endpoint=query.endpoint, status=query.status, sources=query.sources or SOURCES
    )


def prediction_filter(query: PredictionsQuery) -> PredictionFilter:
    """Return the filter for predictions."""
    return PredictionFilter(
        model_version=query.model_version,
        labelled=query.labelled,
        reference=query.reference,
        metadata=query.metadata,
        sources=query.sources or SOURCES,
    )
