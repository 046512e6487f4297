"""Which rows a query string asks for, as storage reads them."""

from dataclasses import fields

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
        min_seconds=None if query.min_latency_ms is None else query.min_latency_ms / 1_000,
    )


def prediction_filter(query: PredictionFilters) -> PredictionFilter:
    """Return the filter for predictions."""
    named = {field.name for field in fields(PredictionFilter)} - {"sources"}
    return PredictionFilter(**query.model_dump(include=named), sources=query.sources or SOURCES)
