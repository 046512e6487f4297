"""GET /models/<version> and its comparison: figures with their confidence, and the gate's verdict.

Errors are in 100,000 USD, on the holdout: the test part, which the version never learned from.
"""

from pydantic import AwareDatetime, Field

from backend.contract.base import Described, Request, Status, Success
from backend.contract.models import ModelVersion
from backend.contract.performance import Estimate, RealizedError
from storage.schema.gate import GateCheck, GateDecision

__all__ = [
    "ComparisonQuery",
    "ComparisonResponse",
    "GateCheck",
    "GateDecision",
    "GateVerdict",
    "SliceComparison",
    "VersionResponse",
    "VersionSlice",
]


class VersionSlice(Described):
    """One segment: a region, a quarter of the incomes, or a band of house ages."""

    kind: str = Field(description="Region, income quarter or age band.")
    name: str = Field(description="Name of the segment.")
    rows: int = Field(description="Holdout rows in the segment.")
    rmse: Estimate | None = Field(description="RMSE in 100,000 USD.")


class GateVerdict(GateDecision):
    """What the promotion gate decided about a version, in which retraining, and when."""

    trigger_id: str = Field(description="Id of the retraining that trained the version.")
    judged_at: AwareDatetime | None = Field(description="When the gate decided.")


class VersionResponse(Success):
    """GET /models/<version>; ``gate`` is null for the reason in ``gate_reason``.

    ``slices`` have 30 rows or more each, the highest RMSE first.
    """

    version: ModelVersion = Field(description="The version.")
    feature_names: list[str] = Field(description="Inputs of the model, in order.")
    files: dict[str, str] = Field(description="SHA-256 by file name.")
    error: RealizedError = Field(description="Error on the holdout.")
    expected_coverage: float = Field(description="Share of prices that intervals should hold.")
    slices: list[VersionSlice] = Field(description="Error by segment, the highest RMSE first.")
    gate: GateVerdict | None = Field(description="Verdict of the promotion gate.")
    gate_reason: str | None = Field(description="Why there is no verdict.")
    mlflow_url: str | None = Field(
        description="Of the tracking server, without a password; null where runs are in a file."
    )


class ComparisonQuery(Request):
    """GET /models/<version>/comparison"""

    against: str = Field(min_length=1, max_length=100, description="The other version.")


class SliceComparison(Described):
    """One segment of the common rows; ``difference`` is null with too few of them."""

    kind: str = Field(description="Region, income quarter or age band.")
    name: str = Field(description="Name of the segment.")
    rows: int = Field(description="Common rows in the segment.")
    rmse: float | None = Field(description="RMSE of the version, in 100,000 USD.")
    against_rmse: float | None = Field(description="RMSE of the other version, in 100,000 USD.")
    difference: Estimate | None = Field(
        description="RMSE of the version minus that of the other, in 100,000 USD."
    )


class ComparisonResponse(Success):
    """GET /models/<version>/comparison: RMSE of the version minus that of ``against``, on common rows.

    Below zero, the version is better. The interval of ``difference`` has 95 % confidence; those of the slices
    have ``slice_confidence`` each, so that all of them together hold with 95 %.
    """

    version: str = Field(description="The version.")
    against: str = Field(description="The version it is compared with.")
    status: Status = Field(description="Whether there were enough common rows.")
    reason: str | None = Field(description="Why there is no comparison.")
    rows: int = Field(description="Common holdout rows.")
    rmse: float | None = Field(description="RMSE of the version, in 100,000 USD.")
    against_rmse: float | None = Field(description="RMSE of the other version, in 100,000 USD.")
    difference: Estimate | None = Field(
        description="RMSE of the version minus that of the other, in 100,000 USD."
    )
    slice_confidence: float | None = Field(
        description="Confidence of each segment's interval, 0 to 1."
    )
    slices: list[SliceComparison] = Field(description="Comparison by segment.")
