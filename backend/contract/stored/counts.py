"""How many log lines, requests and predictions there are: over time, and by value."""

from typing import Any

from pydantic import Field

from backend.contract.base import Success
from backend.contract.query.zone import ZoneQuery
from backend.contract.records import (
    LineFilters,
    PeriodQuery,
    PredictionFilters,
    RequestFilters,
)
from storage.schema.counts import CountStep as CountStep
from storage.schema.counts import Facet as Facet
from storage.schema.counts import FacetValue as FacetValue
from storage.schema.counts import RowCounts as RowCounts


class LineCountsQuery(LineFilters, PeriodQuery, ZoneQuery):
    """GET /logs/counts"""


class RequestCountsQuery(RequestFilters, PeriodQuery, ZoneQuery):
    """GET /metrics/api/counts"""


class PredictionCountsQuery(PredictionFilters, PeriodQuery, ZoneQuery):
    """GET /predictions/counts"""


class CountsResponse(RowCounts, Success):
    """GET /logs/counts, by level; /metrics/api/counts, by class of status; /predictions/counts, by source."""

    filters: dict[str, Any] = Field(description="Filters that were applied.")
