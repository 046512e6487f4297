"""Request statistics of a time range, and its slowest requests."""

from datetime import timedelta
from typing import Any

from pydantic import AwareDatetime, Field

from backend.contract.base import Moment, Request, Success
from backend.contract.query.duration import StepLength, Window
from backend.contract.query.sources import Sources
from backend.contract.query.zone import ZoneQuery
from backend.contract.records import RequestRow
from storage.schema.rollup import SLOWEST_KEPT
from storage.schema.source import Source
from storage.schema.traffic import Figures as Figures
from storage.schema.traffic import Heat as Heat
from storage.schema.traffic import Stages as Stages
from storage.schema.traffic import Step as Step
from storage.schema.traffic import VersionChange as VersionChange


class RangeQuery(Request):
    """Query parameters of a time range that ends now, or at ``until``."""

    window: Window = Field(
        timedelta(hours=1),
        description="Length of the range, such as 30m, 24h or 7d.",
    )
    until: Moment | None = Field(None, description="End of the range; now by default.")
    endpoint: str | None = Field(
        None,
        max_length=1_000,
        description="Route templates, separated by commas; all by default.",
    )
    sources: Sources | None = Field(
        None, description="Whose requests, separated by commas; all by default."
    )

    @property
    def endpoints(self) -> tuple[str, ...]:
        """The requested route templates; empty means all."""
        return tuple(self.endpoint.split(",")) if self.endpoint else ()


class SummaryQuery(RangeQuery, ZoneQuery):
    """GET /metrics/api/summary"""

    step: StepLength | None = Field(
        None,
        description="Length of a step: a multiple of 10s, of 1m in windows above a day, of 10m above "
        "8 days; not longer than the window; at most 1,000 steps. By default a round one, for about 70 "
        "steps.",
    )
    heat: bool = Field(
        False, description="Whether to answer how the latencies of each step are spread."
    )


class SlowestQuery(RangeQuery):
    """GET /metrics/api/slowest"""

    limit: int = Field(
        SLOWEST_KEPT, ge=1, le=SLOWEST_KEPT, description="Largest number of requests."
    )


class SummaryResponse(Success):
    """GET /metrics/api/summary: ``since`` begins the first step, ``until`` ends the last."""

    since: AwareDatetime = Field(description="Start of the window.")
    until: AwareDatetime = Field(description="End of the window.")
    step_seconds: int = Field(description="Length of a step in seconds.")
    series: list[Step] = Field(description="Figures by step, oldest first.")
    totals: Figures = Field(description="Figures of the whole range.")
    version_changes: list[VersionChange] = Field(
        description="When another model version began to answer."
    )
    requests_by_endpoint: dict[str, int] = Field(
        description="Requests by route template, whatever the filter."
    )
    requests_by_source: dict[Source, int] = Field(
        description="Requests by source, of the requested route templates, whatever the sources."
    )
    heat: Heat | None = Field(
        None, description="How the latencies of each step are spread; null unless asked for."
    )
    filters: dict[str, Any] = Field(description="Filters that were applied.")


class SlowRequest(RequestRow):
    """One of the slowest requests; with stages, its response time is all of them together."""

    stages: Stages | None = Field(
        description="Where its time went, for predictions; null where nobody measured it."
    )


class SlowestResponse(Success):
    """GET /metrics/api/slowest: slowest first."""

    requests: list[SlowRequest] = Field(description="Slowest first.")
    total: int = Field(description="Number of rows returned.")
    filters: dict[str, Any] = Field(description="Filters that were applied.")
