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

    kind: str
    name: str
    rows: int
    rmse: Estimate | None


class GateVerdict(GateDecision):
    """What the promotion gate decided about a version, in which retraining, and when."""

    trigger_id: str
    judged_at: AwareDatetime | None


class VersionResponse(Success):
    """GET /models/<version>; ``gate`` is null for the reason in ``gate_reason``.

    ``slices`` have 30 rows or more each, the highest RMSE first.
    """

    version: ModelVersion
    feature_names: list[str]
    files: dict[str, str] = Field(description="SHA-256 by file name.")
    error: RealizedError
    expected_coverage: float = Field(description="Share of prices that intervals should hold.")
    slices: list[VersionSlice]
    gate: GateVerdict | None
    gate_reason: str | None
    mlflow_url: str | None = Field(
        description="Of the tracking server, without a password; null where runs are in a file."
    )


class ComparisonQuery(Request):
    """GET /models/<version>/comparison"""

    against: str = Field(min_length=1, max_length=100, description="The other version.")


class SliceComparison(Described):
    """One segment of the common rows; ``difference`` is null with too few of them."""

    kind: str
    name: str
    rows: int
    rmse: float | None
    against_rmse: float | None
    difference: Estimate | None


class ComparisonResponse(Success):
    """GET /models/<version>/comparison: RMSE of the version minus that of ``against``, on common rows.

    Below zero, the version is better. The interval of ``difference`` has 95 % confidence; those of the slices
    have ``slice_confidence`` each, so that all of them together hold with 95 %.
    """

    version: str
    against: str
    status: Status
    reason: str | None
    rows: int
    rmse: float | None
    against_rmse: float | None
    difference: Estimate | None
    slice_confidence: float | None
    slices: list[SliceComparison]
