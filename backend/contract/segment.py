"""GET /monitoring/performance/segment: the error of the rows that a person chose, beside all others."""

from pydantic import AwareDatetime, Field

from backend.contract.base import Described, Success
from backend.contract.performance import (
    Degradation,
    EstimatedError,
    PerformanceQuery,
    RealizedError,
)
from backend.contract.query.sources import LeftOut
from backend.contract.query.where import Where
from backend.contract.records import PredictionRow

MOST_LISTED = 100


class SegmentQuery(PerformanceQuery):
    """GET /monitoring/performance/segment"""

    where: Where = Field(
        description="Conditions of the inputs, separated by semicolons; all must hold. A number: a range, "
        "such as `name:2..4`, `name:2..`, `name:..<4` (without 4). A category: `name:one|other`. "
        "No value: `name:missing`. A segment of the table: its kind and its name."
    )
    rows: int = Field(
        20, ge=0, le=MOST_LISTED, description="Most rows listed, the largest error first."
    )


class SegmentFigures(Described):
    """Errors of the chosen rows, of all others, and of the same rows of the holdout."""

    model_version: str = Field(description="Version of the model.")
    where: Where = Field(description="The conditions, as they were understood.")
    since: AwareDatetime = Field(description="Start of the window.")
    until: AwareDatetime = Field(description="End of the window.")
    left_out: LeftOut
    n_labelled: int = Field(description="Labelled predictions of the window.")
    labelled_read: int = Field(
        description="Of these, how many were looked at: a sample if the window is large."
    )
    unlabelled: int = Field(
        description="Predictions of the segment without an actual value, of those looked at."
    )
    realized: RealizedError = Field(description="Realized error in the segment.")
    others: RealizedError = Field(description="Realized error of all other predictions.")
    baseline: RealizedError | None = Field(
        description="Error of the segment on the holdout of the version; null without a holdout."
    )
    degradation: Degradation = Field(
        description="Realized error in the segment compared with the segment of the holdout."
    )
    estimated: EstimatedError = Field(
        description="Estimated error of the segment's predictions without an actual value."
    )


class SegmentResponse(SegmentFigures, Success):
    """GET /monitoring/performance/segment"""

    rows: list[PredictionRow] = Field(
        description="Labelled predictions of the segment, the largest absolute error first."
    )
