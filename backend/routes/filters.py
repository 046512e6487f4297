"""Which rows a query string asks for, as storage reads them."""

from backend.contract.records import LineFilters, PredictionFilters, RequestFilters
from storage.database.filters import LineFilter, PredictionFilter, RequestFilter
from storage.schema.source import SOURCES


def line_filter(query: LineFilters) -> LineFilter:
    """Return the filter for log lines."""
    return LineFilter(level=query.level, module=query.module, process=query.process, search=query.q)


def request_filter(query: RequestFilters) -> RequestFilter:
    """Return the filter for requests."""
    return RequestFilter(
        endpoint=query.endpoint,
        status=query.status,
        model_version=query.model_version,
        sources=query.sources or SOURCES,
    )


def prediction_filter(query: PredictionFilters) -> PredictionFilter:
    """Return the filter for predictions."""
    return PredictionFilter(
        model_version=query.model_version,
        labelled=query.labelled,
        reference=query.reference,
        metadata=query.metadata,
        sources=query.sources or SOURCES,
    )
