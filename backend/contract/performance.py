"""GET /monitoring/performance: realized and estimated error of predictions.

Errors are in the target's unit. Realized figures come from actual values; estimated ones come from a model of
the error, and their field names say so. Figures with too few rows are null, with a reason, never NaN.
"""

from datetime import timedelta
from typing import Self

from pydantic import AwareDatetime, Field

from backend.contract.base import Described, Moment, Status, Success
from backend.contract.query.duration import LongWindow
from backend.contract.query.sources import LeftOut, Sources
from backend.contract.query.zone import ZoneQuery
from storage.domain.slices import SLICE_KINDS
from storage.domain.target import TARGET_UNIT
from storage.schema.estimate import Estimate as Estimate
from storage.schema.source import CUSTOMERS


class StepsQuery(ZoneQuery):
    """A window that ends now, or at ``until``, and is cut into steps."""

    window: LongWindow = Field(
        timedelta(hours=24),
        description="Length of the window, such as 30m, 24h or 7d.",
    )
    until: Moment | None = Field(None, description="End of the window; now by default.")


class PerformanceQuery(StepsQuery):
    """GET /monitoring/performance: predictions of one version."""

    model_version: str | None = Field(
        None,
        min_length=1,
        max_length=100,
        description="Version whose predictions are measured; the one that serves by default.",
    )
    sources: Sources = Field(
        CUSTOMERS, description="Whose traffic, separated by commas; the customers' by default."
    )


class RealizedError(Described):
    """Error measured with actual values: ``bias`` is the mean of predicted - actual, coverage is 0 to 1.

    A figure is null where it is not defined: ``r2`` where all actual values are equal, ``interval_coverage``
    where no prediction has an interval.
    """

    status: Status = Field(description="Whether there were enough labelled rows.")
    reason: str | None = Field(description="Why there are no figures.")
    rows: int = Field(description="Labelled rows.")
    rmse: Estimate | None = Field(description=f"Root mean squared error in {TARGET_UNIT}.")
    mae: Estimate | None = Field(description=f"Mean absolute error in {TARGET_UNIT}.")
    r2: Estimate | None = Field(description="Coefficient of determination, at most 1.")
    bias: Estimate | None = Field(description=f"Mean of predicted minus actual, in {TARGET_UNIT}.")
    interval_coverage: Estimate | None = Field(
        description="Share of actual values inside their interval, 0 to 1."
    )

    @classmethod
    def unknown(cls, reason: str, rows: int) -> Self:
        """Return an answer without figures, with the reason."""
        figures = dict.fromkeys(("rmse", "mae", "r2", "bias", "interval_coverage"))
        return cls(status="not_enough_data", reason=reason, rows=rows, **figures)


class Degradation(Described):
    """Realized error compared with the holdout; ``degraded`` is null without enough data."""

    status: Status = Field(description="Whether there was enough data to compare.")
    reason: str = Field(description="The verdict in one sentence.")
    degraded: bool | None = Field(
        description="Whether the error has risen by more than the margin, with 95 % confidence."
    )
    rmse_ratio: Estimate | None = Field(description="RMSE now divided by the holdout's.")
    mae_ratio: Estimate | None = Field(description="MAE now divided by the holdout's.")

    @classmethod
    def unknown(cls, reason: str) -> Self:
        """Return an answer without a verdict, with the reason."""
        figures = dict.fromkeys(("degraded", "rmse_ratio", "mae_ratio"))
        return cls(status="not_enough_data", reason=reason, **figures)


class EstimatedError(Described):
    """The expected error without actual values, from a model of the error, with confidence intervals.

    The field names say "estimated", so that no figure is mistaken for a realized one. The intervals should
    contain the error that actual values will show. Degraded means that the whole interval of the ratio lies
    above 1 + margin.
    """

    status: Status = Field(description="Whether there was enough data to estimate from.")
    reason: str | None = Field(description="Why there is no estimate.")
    rows: int = Field(description="Predictions the estimate is made from.")
    estimated_rmse: Estimate | None = Field(description=f"Estimated RMSE in {TARGET_UNIT}.")
    estimated_mae: Estimate | None = Field(description=f"Estimated MAE in {TARGET_UNIT}.")
    estimated_rmse_ratio: Estimate | None = Field(
        description="Estimated RMSE divided by the holdout's."
    )
    estimated_degraded: bool | None = Field(
        description="Whether the whole interval of the ratio exceeds 1 + margin; null without an estimate, "
        "or while a doubled error cannot be ruled out."
    )
    unfamiliar_share: float | None = Field(
        None, description="Share of rows unlike the holdout's, 0 to 1; the intervals widen with it."
    )
    caution: str | None = Field(
        None,
        description="What makes the estimate less certain, in a sentence; null if nothing does.",
    )

    @classmethod
    def unknown(cls, reason: str, rows: int) -> Self:
        """Return an answer without an estimate, with the reason."""
        names = ("rmse", "mae", "rmse_ratio", "degraded")
        figures = dict.fromkeys(f"estimated_{name}" for name in names)
        return cls(status="not_enough_data", reason=reason, rows=rows, **figures)


class LabelState(Described):
    """How many actual values are known, and how late they arrive."""

    predictions: int = Field(description="Predictions in the window.")
    labelled: int = Field(description="Predictions with an actual value.")
    share: float | None = Field(description="Share of labelled predictions, 0 to 1.")
    median_delay_seconds: float | None = Field(
        description="Median delay from prediction to label, in seconds."
    )
    slow_delay_seconds: float | None = Field(
        description="90th percentile of the delay, in seconds."
    )


class ErrorSlice(Described):
    """One segment: a region, a quarter or a band of an input, or a category.

    ``baseline_rmse`` is the segment's RMSE on the holdout, null without enough rows.
    """

    kind: str = Field(description=f"Kind of segment: {SLICE_KINDS}.")
    name: str = Field(description="Name of the segment.")
    realized: RealizedError = Field(description="Realized error in the segment.")
    baseline_rmse: float | None = Field(
        description=f"RMSE of the segment on the holdout, in {TARGET_UNIT}."
    )


class ErrorCell(Described):
    """A half-degree square, given by its centre."""

    latitude: float = Field(description="Latitude of the centre, in degrees.")
    longitude: float = Field(description="Longitude of the centre, in degrees.")
    rows: int = Field(description="Labelled rows in the square.")
    mae: float = Field(description=f"Mean absolute error in {TARGET_UNIT}.")
    bias: float = Field(description=f"Mean of predicted minus actual, in {TARGET_UNIT}.")


class ResidualHistogram(Described):
    """Shares of predicted - actual between ``edges``; the outermost bins include values beyond them."""

    edges: list[float] = Field(description=f"Bin edges in {TARGET_UNIT}.")
    shares: list[float] = Field(description="Share of residuals in each bin, 0 to 1.")
    baseline_shares: list[float] = Field(description="The same for the holdout.")


class PerformanceStep(Described):
    """One step of time. The estimate covers all its predictions, for comparison with the realized error.

    The first step begins at or before the window, and has all its predictions.
    """

    since: AwareDatetime = Field(description="Start of the step, a round time.")
    until: AwareDatetime = Field(description="End of the step, a round time.")
    unfinished: bool = Field(description="Whether the step ends after the window.")
    rows: int = Field(description="Predictions in the step.")
    realized: RealizedError = Field(description="Realized error of the labelled predictions.")
    estimated: EstimatedError = Field(description="Estimated error of all predictions.")


class PerformanceResponse(Success):
    """GET /monitoring/performance; ``slices`` are sorted worst first, ``estimated`` is of unlabelled rows."""

    model_version: str = Field(description="Version of the model.")
    since: AwareDatetime = Field(description="Start of the window.")
    until: AwareDatetime = Field(description="End of the window.")
    left_out: LeftOut
    rows_read: int = Field(description="Rows used; a sample if the window is large.")
    n_labelled: int = Field(description="Labelled predictions.")
    expected_coverage: float = Field(
        description="Share of actual values the intervals should contain, 0 to 1."
    )
    labels: LabelState = Field(description="Number and delay of known actual values.")
    baseline: RealizedError | None = Field(description="Error on the holdout of the version.")
    realized: RealizedError = Field(description="Realized error.")
    degradation: Degradation = Field(description="Realized error compared with the holdout.")
    estimated: EstimatedError = Field(
        description="Estimated error of predictions without an actual value."
    )
    slices: list[ErrorSlice] = Field(
        description="Realized error by segment, the highest RMSE first."
    )
    cells: list[ErrorCell] = Field(description="Realized error on a map of half-degree squares.")
    residuals: ResidualHistogram | None = Field(
        description="Distribution of predicted minus actual."
    )
    step_seconds: int = Field(description="Length of a step in seconds.")
    series: list[PerformanceStep] = Field(description="Error over time, oldest step first.")
