"""All rows that match some filters, as one file."""

from typing import Literal

from pydantic import Field

from backend.contract.base import Request
from backend.contract.records import (
    LineFilters,
    PeriodQuery,
    PredictionFilters,
    RequestFilters,
)

MOST_EXPORTED = 1_000_000
"""Rows of one file."""
LIMIT_HEADER = "X-Row-Limit"
"""The header of the answer that repeats how many rows it has at most."""

ExportFormat = Literal["csv", "jsonl"]


class ExportQuery(Request):
    """Query parameters of a file."""

    format: ExportFormat = Field("csv", description="CSV, or JSON lines: an object a row.")
    limit: int = Field(
        MOST_EXPORTED,
        ge=1,
        le=MOST_EXPORTED,
        description="Largest number of rows, the newest. A file that has as many may not have all.",
    )


class LineExportQuery(LineFilters, PeriodQuery, ExportQuery):
    """GET /logs/export"""


class RequestExportQuery(RequestFilters, PeriodQuery, ExportQuery):
    """GET /metrics/api/export"""


class PredictionExportQuery(PredictionFilters, PeriodQuery, ExportQuery):
    """GET /predictions/export"""
