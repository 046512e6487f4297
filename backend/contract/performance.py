"""GET /monitoring/performance: what predictions were worth, and what they are probably worth.

Errors are in 100,000 USD. Realized figures come from actual values; estimated ones from a model of the error
and are named so in every field. What has too few rows is null, with the reason beside it, never NaN.
"""

from datetime import timedelta
from typing import Self

from pydantic import AwareDatetime, Field

from backend.contract.base import Described, Moment, Request, Status, Success
from backend.contract.duration import SHORTEST_WINDOW, Duration
from storage.schema.estimate import Estimate as Estimate

LONGEST_WINDOW = timedelta(days=365)


class PerformanceQuery(Request):
    """Predictions of the served version, answered in a window that ends now, or at ``until``."""

    window: Duration = Field(timedelta(hours=24), ge=SHORTEST_WINDOW, le=LONGEST_WINDOW)
    until: Moment | None = None


class RealizedError(Described):
    """From actual values: ``bias`` is the mean of predicted - actual, ``interval_coverage`` 0 to 1.

    A figure is null where it is not defined: ``r2`` where all actual values are equal, ``interval_coverage``
    where no prediction has an interval.
    """

    status: Status
    reason: str | None
    rows: int
    rmse: Estimate | None
    mae: Estimate | None
    r2: Estimate | None
    bias: Estimate | None
    interval_coverage: Estimate | None

    @classmethod
    def unknown(cls, reason: str, rows: int) -> Self:
        """Return that there are too few rows for a figure, and why."""
        figures = dict.fromkeys(("rmse", "mae", "r2", "bias", "interval_coverage"))
        return cls(status="not_enough_data", reason=reason, rows=rows, **figures)


class Degradation(Described):
    """Against the holdout; ``degraded`` is null without enough data. Ratios: now over then."""

    status: Status
    reason: str
    degraded: bool | None
    rmse_ratio: Estimate | None
    mae_ratio: Estimate | None

    @classmethod
    def unknown(cls, reason: str) -> Self:
        """Return that there is too little to compare, and why."""
        figures = dict.fromkeys(("degraded", "rmse_ratio", "mae_ratio"))
        return cls(status="not_enough_data", reason=reason, **figures)


class EstimatedError(Described):
    """Without actual values: what a model of the error expects, with its own confidence.

    The names say "estimated", so that no figure is taken for a realized one. The intervals are to hold what
    the actual values will give; degraded means that all of the ratio's lies above 1 + margin.
    """

    status: Status
    reason: str | None
    rows: int
    estimated_rmse: Estimate | None
    estimated_mae: Estimate | None
    estimated_rmse_ratio: Estimate | None = Field(description="Over the holdout's RMSE.")
    estimated_degraded: bool | None

    @classmethod
    def unknown(cls, reason: str, rows: int) -> Self:
        """Return that there is nothing to estimate from, and why."""
        names = ("rmse", "mae", "rmse_ratio", "degraded")
        figures = dict.fromkeys(f"estimated_{name}" for name in names)
        return cls(status="not_enough_data", reason=reason, rows=rows, **figures)


class LabelState(Described):
    """How many actual values are known, and how late: ``slow_delay_seconds`` is the 90th percentile."""

    predictions: int
    labelled: int
    share: float | None
    median_delay_seconds: float | None
    slow_delay_seconds: float | None


class ErrorSlice(Described):
    """One segment: a region, a quarter of the incomes, or a band of house ages.

    ``baseline_rmse`` is the holdout's there, null without enough rows.
    """

    kind: str
    name: str
    realized: RealizedError
    baseline_rmse: float | None


class ErrorCell(Described):
    """A square of half a degree, by its centre."""

    latitude: float
    longitude: float
    rows: int
    mae: float
    bias: float


class ResidualHistogram(Described):
    """Shares of predicted - actual between ``edges``; the outermost bins also hold what lies beyond."""

    edges: list[float]
    shares: list[float]
    baseline_shares: list[float]


class PerformanceStep(Described):
    """A step of time. The estimate is of all its predictions, so that it can be seen beside the truth."""

    since: AwareDatetime
    rows: int
    realized: RealizedError
    estimated: EstimatedError


class PerformanceResponse(Success):
    """GET /monitoring/performance; ``slices`` are the worst first, ``estimated`` is of unlabelled rows."""

    model_version: str
    since: AwareDatetime
    until: AwareDatetime
    rows_read: int = Field(description="Fewer than there are where a large window was thinned.")
    n_labelled: int
    expected_coverage: float
    labels: LabelState
    baseline: RealizedError | None = Field(description="On the holdout of the served version.")
    realized: RealizedError
    degradation: Degradation
    estimated: EstimatedError
    slices: list[ErrorSlice]
    cells: list[ErrorCell]
    residuals: ResidualHistogram | None
    step_seconds: int
    series: list[PerformanceStep]
