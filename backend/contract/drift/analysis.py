"""Input drift compared with the training data, for rows that are sent or predictions that were logged."""

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, create_model

from backend.contract.base import Described, Request, Status, Success
from backend.contract.drift.harm import DriftHarm, SensorSign
from backend.contract.drift.reference import DriftReference, ReferenceQuery
from backend.contract.drift.timeline import DriftOnset, TimelinePoint
from backend.contract.query.duration import WindowQuery
from backend.contract.query.sources import LeftOut
from backend.contract.query.where import Where
from backend.contract.query.zone import ZoneQuery
from storage.domain.feature import LONGEST_WORD, Feature
from storage.domain.inputs import FEATURES, FeatureName
from storage.domain.target import VALUE

MOST_ROWS = 20_000

Value = Annotated[
    float | None, Field(ge=-1e12, le=1e12, allow_inf_nan=False, description="null if missing.")
]
Word = Annotated[str | None, Field(max_length=LONGEST_WORD, description="null if missing.")]
Severity = Literal["none", "low", "moderate", "high"]
ColumnName = FeatureName | Literal["prediction"]


class _Row(BaseModel):
    """One row; its fields are the inputs."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    def vector(self) -> list[float]:
        """Return the row as in an array; a word of no known category is the position after the last one."""
        return [
            _number(feature, value)
            for feature, value in zip(FEATURES, self.__dict__.values(), strict=True)
        ]


def _number(feature: Feature, value: float | str | None) -> float:
    if isinstance(value, str) and value not in (feature.categories or ()):
        return float(len(feature.categories or ()))
    return feature.number_of(value)


if TYPE_CHECKING:

    class DriftRow(_Row):
        """The inputs of one row."""

else:
    DriftRow = create_model(
        "DriftRow",
        __base__=_Row,
        __module__=__name__,
        __doc__="The inputs of one row; null is a missing value. Values out of range are counted, not "
        "rejected.",
        **{feature.name: Word if feature.is_category else Value for feature in FEATURES},
    )


class DriftRequest(Request):
    """POST /monitoring/drift"""

    data: list[DriftRow] = Field(
        min_length=1,
        max_length=MOST_ROWS,
        fail_fast=True,
        description="Rows to compare with the training data.",
    )


class DriftQuery(WindowQuery, ZoneQuery, ReferenceQuery):
    """GET /monitoring/drift: the predictions logged in a window that ends now, or at ``until``."""

    feature: ColumnName | None = Field(
        None, description="Column to show in detail; the top-ranked one by default."
    )


class ColumnScore(Described):
    """How far one column is from its reference; figures are null with too few rows.

    ``wasserstein`` is in units of the reference's spread, shares are 0 to 1. ``importance`` is the share of
    the model's answers that depends on the input. Inputs are ranked by ``weighted_effect``.
    """

    n_samples: int = Field(description="Rows with a value.")
    ks_statistic: float | None = Field(description="Kolmogorov-Smirnov distance, 0 to 1.")
    p_value: float | None = Field(description="P value of the Kolmogorov-Smirnov test.")
    adjusted_p_value: float | None = Field(description="The p value after Holm's correction.")
    psi: float | None = Field(description="Population stability index, 0 or more.")
    wasserstein: float | None = Field(
        description="Mean shift of the values, in units of the reference's spread."
    )
    jensen_shannon: float | None = Field(description="Jensen-Shannon distance, 0 to 1.")
    missing_share: float = Field(description="Share of missing values, 0 to 1.")
    out_of_range_share: float = Field(
        description="Share of values outside the training range, 0 to 1."
    )
    importance: float = Field(
        description="Share of the model's answers that depends on this input, 0 to 1."
    )
    weighted_effect: float = Field(
        description="Effect size times importance, 0 to 1; inputs are ranked by it."
    )
    drifted: bool = Field(description="Whether the column drifted.")


class MultivariateScore(Described):
    """All inputs together: how well a classifier separates these rows from the reference.

    ``auc`` is cross-validated; without drift it is 0.5 with standard deviation ``null_deviation``.
    ``leading_inputs`` is the input, or the combination of inputs, that differs most.
    """

    auc: float = Field(description="Cross-validated area under the ROC curve; 0.5 is chance.")
    null_deviation: float = Field(description="Standard deviation of the AUC without drift.")
    p_value: float = Field(description="P value of the AUC.")
    adjusted_p_value: float = Field(description="The p value after Holm's correction.")
    n_samples: int = Field(description="Rows without a missing value.")
    leading_inputs: list[str] = Field(
        description="The input, or the combination of inputs, that differs most."
    )
    drifted: bool = Field(description="Whether the inputs drifted together.")


class PlausibilityFinding(Described):
    """A figure of the rows themselves: a share that a broken source raises, though each value is usual.

    ``combination`` is of rows whose inputs do not go together, as if they came from different rows: an
    estimate beyond what is usual, so that of reference rows it is 0. ``precision`` is of values with few
    decimals, ``stuck`` of one value that comes too often.
    """

    kind: Literal["combination", "precision", "stuck"] = Field(description="What the share is of.")
    column: str | None = Field(description="Name of the input; null: all together.")
    value: float | None = Field(
        description="Number of decimals at most (precision), or the value (stuck); otherwise null."
    )
    share: float = Field(description="Share of rows, 0 to 1.")
    reference_share: float = Field(description="The same share of reference rows, 0 to 1.")
    p_value: float = Field(description="P value of the rise.")
    adjusted_p_value: float = Field(description="The p value after Holm's correction.")
    drifted: bool = Field(description="Whether the rise counts as drift.")


class DriftAnalysis(Described):
    """The result of a comparison; ``drift_scores`` is in order of rank.

    With the status ``not_enough_data`` there is no verdict: ``overall_drift`` and ``drift_share`` are null.
    """

    status: Status = Field(description="Whether there were enough rows for a verdict.")
    total_features: int = Field(description="Number of inputs compared.")
    drift_scores: dict[str, ColumnScore] = Field(
        description="Scores by input, the strongest effect first."
    )
    prediction: ColumnScore | None = Field(
        description=f"Score of the predicted {VALUE}; null if they were not compared."
    )
    drifted_features: list[str] = Field(description="Inputs that drifted.")
    drift_share: float | None = Field(description="Share of inputs that drifted, 0 to 1.")
    overall_drift: bool | None = Field(description="Whether anything drifted.")
    severity: Severity = Field(description="Severity of the drift.")
    reasons: list[str] = Field(description="The verdict in sentences, the most serious first.")
    multivariate: MultivariateScore | None = Field(
        description="All inputs together; null if they were not compared."
    )
    plausibility: list[PlausibilityFinding] = Field(
        default_factory=list,
        description="Shares that a broken source raises: odd combinations, few decimals, stuck values.",
    )
    n_samples: int = Field(description="Rows compared.")
    different_rows: int = Field(
        description="Rows that count: equal ones count once, unless the training data repeats them too."
    )
    method: str = Field(description="Statistical method, in words.")
    thresholds: dict[str, float] = Field(description="Thresholds of the verdict, by name.")


class DriftResponse(Success):
    """POST /monitoring/drift"""

    drift_analysis: DriftAnalysis = Field(description="Result of the comparison.")
    model_version: str = Field(description="Version of the model.")


class HistogramPair(Described):
    """Shares of rows in bins between ``edges``; the outermost bins include values beyond them."""

    edges: list[float] = Field(description="Bin edges, in the column's unit.")
    reference: list[float] = Field(description="Share of reference rows in each bin, 0 to 1.")
    current: list[float] = Field(description="Share of current rows in each bin, 0 to 1.")
    reference_rows: int = Field(description="Number of reference rows.")
    current_rows: int = Field(description="Number of current rows.")


class CumulativePair(Described):
    """Shares of rows at or below ``values``."""

    values: list[float] = Field(description="Values, in the column's unit.")
    reference: list[float] = Field(
        description="Share of reference rows at or below each value, 0 to 1."
    )
    current: list[float] = Field(
        description="Share of current rows at or below each value, 0 to 1."
    )


class OpenedColumn(Described):
    """One column in detail."""

    name: str = Field(description="Name of the column.")
    cumulative: CumulativePair = Field(description="Cumulative distributions.")
    timeline: list[TimelinePoint] = Field(description="Drift over the window, oldest step first.")
    onset: DriftOnset = Field(description="Since when the column is beyond its expected range.")


Aspect = Literal[
    "level",
    "spread",
    "relation",
    "categories",
    "combination",
    "precision",
    "stuck",
    "missing",
    "out_of_range",
]


class TrafficChange(Described):
    """What of one column differs from the service's usual traffic.

    ``level`` and ``spread`` are of the column's distribution, ``relation`` is its level beside what the other
    inputs let expect; all three are in standard deviations of the training data. ``categories`` is the share
    of one of its words; the others are shares of rows: ``combination`` of those whose inputs do not go
    together, ``precision`` of values with few decimals, ``stuck`` of training's lowest or highest value.
    """

    name: str = Field(description="Name of the column.")
    aspect: Aspect = Field(description="What of the column changed.")
    usual: float = Field(description="Its mean in the service's earlier periods.")
    shift: float = Field(description="Its mean in this period minus the usual one.")
    adjusted_p_value: float = Field(description="P value after Holm's correction.")


class UsualTraffic(Described):
    """A period compared with earlier ones of the same service, of the same length and time of day.

    One of more than a week is compared with the single weeks before it.

    With the status ``learning`` too few earlier periods are known; then, as with ``not_enough_data``, there
    is no verdict, and ``drifted`` is null.
    """

    status: Literal["ok", "learning", "not_enough_data"] = Field(
        description="Whether there is a verdict, or what it lacks."
    )
    drifted: bool | None = Field(
        description="Whether the period differs from the service's usual traffic."
    )
    periods: int = Field(description="Earlier periods that it was compared with.")
    needed_periods: int = Field(description="Earlier periods that a verdict needs.")
    by_weekday: bool = Field(description="Whether weekdays were compared with themselves.")
    changed: list[TrafficChange] = Field(description="What changed, the most certain first.")
    smallest_adjusted_p_value: float | None = Field(
        description="The smallest p value after Holm's correction of what changed; 1 if nothing did."
    )
    reasons: list[str] = Field(description="The verdict in sentences, the most certain first.")


class AlarmState(Described):
    """Whether an operator should act: one conclusive window, or two separate drifted ones in a row.

    The alarm follows the comparison with the service's usual traffic once that is known, and the one with the
    training data until then.
    """

    raised: bool = Field(description="Whether the drift alarm is raised.")
    confirmed_windows: int = Field(description="Consecutive drifted windows without common rows.")
    reason: str = Field(description="Why the alarm is raised or not.")
    follows: Literal["training", "usual_traffic"] = Field(
        "training", description="Which of the two verdicts the alarm follows."
    )


class DriftWindowResponse(DriftResponse):
    """GET /monitoring/drift: ``truncated`` if only the newest rows of the window were compared."""

    since: AwareDatetime = Field(description="Start of the window.")
    until: AwareDatetime = Field(description="End of the window.")
    reference: DriftReference = Field(
        default_factory=DriftReference, description="What the window is compared with."
    )
    where: Where | None = Field(
        None, description="The segment whose rows were compared; null for all rows."
    )
    searched: int = Field(
        description="Predictions of the window that were read, the newest first; of them, those of the "
        "segment were compared."
    )
    left_out: LeftOut
    truncated: bool = Field(description="Whether only the newest rows of the window were compared.")
    usual_traffic: UsualTraffic = Field(
        description="The window compared with the service's earlier ones."
    )
    alarm: AlarmState = Field(description="State of the drift alarm.")
    sensor_signs: list[SensorSign] = Field(
        default_factory=list, description="Signs that a source of inputs is broken."
    )
    harm: DriftHarm | None = Field(
        None,
        description="What the change costs, and its cause; null without a window of predictions.",
    )
    histograms: dict[str, HistogramPair] = Field(description="Histograms by column.")
    opened: OpenedColumn | None = Field(description="Details of the selected column.")
