"""Whether the inputs still look like the training data: for rows that are sent, or that were logged."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from backend.contract.base import Moment, Request, Success
from backend.contract.duration import Duration
from storage.domain.inputs import FeatureName

MOST_ROWS = 20_000
SHORTEST_WINDOW, LONGEST_WINDOW = timedelta(minutes=1), timedelta(days=90)

Value = Annotated[
    float | None, Field(ge=-1e12, le=1e12, allow_inf_nan=False, description="null: missing.")
]
ColumnName = FeatureName | Literal["prediction"]


class DriftRow(BaseModel):
    """The eight inputs of one row; null is a missing value. Out of range is counted, not refused."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    MedInc: Value
    HouseAge: Value
    AveRooms: Value
    AveBedrms: Value
    Population: Value
    AveOccup: Value
    Latitude: Value
    Longitude: Value


class DriftRequest(Request):
    """POST /monitoring/drift"""

    data: list[DriftRow] = Field(min_length=1, max_length=MOST_ROWS)


class DriftQuery(Request):
    """GET /monitoring/drift: the predictions logged in a window that ends now, or at ``until``."""

    window: Duration | None = Field(
        None,
        ge=SHORTEST_WINDOW,
        le=LONGEST_WINDOW,
        description="Such as 30m, 24h or 7d; without it, the configuration's.",
    )
    until: Moment | None = None
    feature: ColumnName | None = Field(
        None, description="The column that is opened; without it the first of the ranking."
    )


class Described(BaseModel):
    """Base of what is read from a report; a field that is None has too few rows."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class ColumnScore(Described):
    """How far one column is from its reference.

    ``wasserstein`` is in units of the reference's spread, shares are 0 to 1. ``importance`` is the share of
    the model's answers that depends on the input; ``weighted_effect`` is what inputs are ranked by.
    """

    n_samples: int
    ks_statistic: float | None
    p_value: float | None
    adjusted_p_value: float | None
    psi: float | None
    wasserstein: float | None
    jensen_shannon: float | None
    missing_share: float
    out_of_range_share: float
    importance: float
    weighted_effect: float
    drifted: bool


class MultivariateScore(Described):
    """All inputs together: how well a classifier tells these rows from the reference.

    ``auc`` is cross-validated; by chance it is 0.5 with the standard deviation ``null_deviation``.
    ``leading_inputs``: the input, or those whose way of going together, tells most.
    """

    auc: float
    null_deviation: float
    p_value: float
    adjusted_p_value: float
    n_samples: int
    leading_inputs: list[str]
    drifted: bool


class DriftAnalysis(Described):
    """What a comparison found; ``drift_scores`` is in order of rank.

    With the status ``not_enough_data`` there is no verdict: ``overall_drift`` and ``drift_share`` are null.
    """

    status: Literal["ok", "not_enough_data"]
    total_features: int
    drift_scores: dict[str, ColumnScore]
    prediction: ColumnScore | None
    drifted_features: list[str]
    drift_share: float | None
    overall_drift: bool | None
    severity: Literal["none", "low", "moderate", "high"]
    reasons: list[str]
    multivariate: MultivariateScore | None
    n_samples: int
    method: str
    thresholds: dict[str, float]


class DriftResponse(Success):
    """POST /monitoring/drift"""

    drift_analysis: DriftAnalysis
    model_version: str


class HistogramPair(Described):
    """Shares of rows in bins between ``edges``; the outermost bins also hold what lies beyond."""

    edges: list[float]
    reference: list[float]
    current: list[float]
    reference_rows: int
    current_rows: int


class CumulativePair(Described):
    """Shares of rows at or below ``values``."""

    values: list[float]
    reference: list[float]
    current: list[float]


class TimelinePoint(Described):
    """One twelfth of the window.

    ``ks_statistic`` is the opened column's; it differs beyond chance and the floor where it is above
    ``threshold``. Both are null with too few rows.
    """

    since: AwareDatetime
    until: AwareDatetime
    n_samples: int
    ks_statistic: float | None
    threshold: float | None
    drift_share: float | None


class OpenedColumn(Described):
    """One column looked at closely."""

    name: str
    cumulative: CumulativePair
    timeline: list[TimelinePoint]


class AlarmState(Described):
    """Whether an operator should act: one window beyond doubt, or two in a row without common rows."""

    raised: bool
    confirmed_windows: int
    reason: str


class DriftWindowResponse(DriftResponse):
    """GET /monitoring/drift: ``truncated`` if only the newest rows of the window were compared."""

    since: AwareDatetime
    until: AwareDatetime
    truncated: bool
    alarm: AlarmState
    histograms: dict[str, HistogramPair]
    opened: OpenedColumn | None
