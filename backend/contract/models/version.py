"""GET /models/<version> and its comparison: metrics with confidence intervals, and the gate's verdict.

Errors are in the target's unit, on the holdout, the test part that the version was not fitted on.
"""

from pydantic import AwareDatetime, Field

from backend.contract.base import Described, Request, Status, Success
from backend.contract.models.lineage import Lineage
from backend.contract.models.registry import ModelVersion, Sameness
from backend.contract.performance import Estimate, RealizedError
from storage.domain.slices import SLICE_KINDS
from storage.domain.target import TARGET_UNIT
from storage.schema.gate import GateDecision
from storage.schema.gate_check import GateCheck

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
    """One segment of the rows."""

    kind: str = Field(description=f"Kind of segment: {SLICE_KINDS}.")
    name: str = Field(description="Name of the segment.")
    rows: int = Field(description="Holdout rows in the segment.")
    rmse: Estimate | None = Field(description=f"RMSE in {TARGET_UNIT}.")


class GateVerdict(GateDecision):
    """The promotion gate's decision about a version, with its retraining and time."""

    trigger_id: str = Field(description="Id of the retraining that trained the version.")
    judged_at: AwareDatetime | None = Field(description="When the gate decided.")


class VersionResponse(Success):
    """GET /models/<version>; if ``gate`` is null, ``gate_reason`` says why.

    ``slices`` have 30 rows or more each, highest RMSE first.
    """

    version: ModelVersion = Field(description="The version.")
    feature_names: list[str] = Field(description="Inputs of the model, in order.")
    files: dict[str, str] = Field(description="SHA-256 of each file, by name.")
    error: RealizedError = Field(description="Error on the holdout.")
    expected_coverage: float = Field(
        description="Share of actual values the intervals should contain, 0 to 1."
    )
    slices: list[VersionSlice] = Field(description="Error by segment, the highest RMSE first.")
    gate: GateVerdict | None = Field(description="Verdict of the promotion gate.")
    gate_reason: str | None = Field(description="Why there is no verdict.")
    checks: list[GateCheck] = Field(
        default_factory=list,
        description="Checks of the model itself, made by its training; empty from releases before 0.3.0.",
    )
    importances: dict[str, float] = Field(
        default_factory=dict,
        description="Share of each input in what the answers depend on, by name; together 1.",
    )
    size_bytes: int = Field(0, description="Size of its model's file.")
    latency_microseconds: float | None = Field(
        None,
        description="Median time of one answer, measured at its training; null if not measured.",
    )
    lineage: Lineage | None = Field(None, description="Where it comes from.")
    mlflow_url: str | None = Field(
        description="URL of the tracking server, without a password; null if runs are kept in a file."
    )


class ComparisonQuery(Request):
    """GET /models/<version>/comparison"""

    against: str = Field(min_length=1, max_length=100, description="The other version.")


class SliceComparison(Described):
    """One segment of the common rows; ``difference`` is null with too few rows."""

    kind: str = Field(description=f"Kind of segment: {SLICE_KINDS}.")
    name: str = Field(description="Name of the segment.")
    rows: int = Field(description="Common rows in the segment.")
    rmse: float | None = Field(description=f"RMSE of the version, in {TARGET_UNIT}.")
    against_rmse: float | None = Field(description=f"RMSE of the other version, in {TARGET_UNIT}.")
    difference: Estimate | None = Field(
        description=f"RMSE of the version minus that of the other, in {TARGET_UNIT}."
    )


class ComparisonResponse(Success):
    """GET /models/<version>/comparison: RMSE of the version minus that of ``against``, on common rows.

    Below zero, the version is better. The interval of ``difference`` has 95 % confidence; those of the slices
    have ``slice_confidence`` each, so that they hold together with 95 %.
    """

    version: str = Field(description="The version.")
    against: str = Field(description="The version it is compared with.")
    status: Status = Field(description="Whether there were enough common rows.")
    reason: str | None = Field(description="Why there is no comparison.")
    sameness: Sameness | None = Field(
        None,
        description='"identical": both give the same answers and intervals, "same model": the same answers '
        "with other intervals; null if they answer differently.",
    )
    rows: int = Field(description="Common holdout rows.")
    rmse: float | None = Field(description=f"RMSE of the version, in {TARGET_UNIT}.")
    against_rmse: float | None = Field(description=f"RMSE of the other version, in {TARGET_UNIT}.")
    difference: Estimate | None = Field(
        description=f"RMSE of the version minus that of the other, in {TARGET_UNIT}."
    )
    slice_confidence: float | None = Field(
        description="Confidence of each segment's interval, 0 to 1."
    )
    slices: list[SliceComparison] = Field(description="Comparison by segment.")
