"""What a comparison found: numbers, verdicts and the reasons in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from backend.drift.domain_classifier import DomainDifference
from backend.drift.thresholds import DriftThresholds
from backend.drift.univariate import Distances, Quality
from storage.schema.features import FEATURES

LABELS = {feature.name: feature.label for feature in FEATURES} | {"prediction": "Predicted price"}
Status = Literal["ok", "not_enough_data"]
Severity = Literal["none", "low", "moderate", "high"]


@dataclass(frozen=True)
class ColumnDrift:
    """One input, or the prediction.

    Attributes
    ----------
    rows
        Current rows with a value.
    distances, adjusted_p_value
        None with fewer rows than the rule's minimum.
    distribution_drifted, quality_drifted
        Whether the values moved, and whether too many are missing or out of range.
    importance
        Share of the input in what the model's answers depend on (0 to 1); 1 for the prediction.
    """

    name: str
    rows: int
    distances: Distances | None
    adjusted_p_value: float | None
    quality: Quality
    distribution_drifted: bool
    quality_drifted: bool
    importance: float

    @property
    def drifted(self) -> bool:
        """Significant after correction, and large enough to matter."""
        return self.distribution_drifted or self.quality_drifted

    @property
    def effect(self) -> float:
        """How much of the distribution moved or is lost, 0 to 1."""
        moved = self.distances.ks_statistic if self.distances is not None else 0.0
        return max(moved, self.quality.missing_rise, self.quality.out_of_range_share)

    @property
    def weighted_effect(self) -> float:
        """The effect times the importance, 0 to 1: what inputs are ranked by."""
        return self.effect * self.importance


@dataclass(frozen=True)
class MultivariateDrift:
    """What the domain classifier says, its p value corrected together with the columns'."""

    difference: DomainDifference
    adjusted_p_value: float
    drifted: bool
    leading_inputs: tuple[str, ...]


@dataclass(frozen=True)
class DriftReport:
    """One window against the reference.

    Attributes
    ----------
    status
        ``not_enough_data`` means that there is no verdict, which is not "no drift".
    rows
        Current rows.
    inputs
        Ranked: drifted ones first, then by drift weighted with importance.
    prediction, multivariate
        None where there were no predictions, or too few complete rows.
    smallest_adjusted_p_value
        Of all tests, each corrected in its family: what the alarm looks at. None without a verdict.
    """

    status: Status
    rows: int
    inputs: tuple[ColumnDrift, ...]
    prediction: ColumnDrift | None
    multivariate: MultivariateDrift | None
    smallest_adjusted_p_value: float | None
    severity: Severity
    reasons: tuple[str, ...]

    @property
    def drifted_features(self) -> tuple[str, ...]:
        """Names of the drifted inputs, the gravest first."""
        return tuple(column.name for column in self.inputs if column.drifted)

    @property
    def drift_share(self) -> float | None:
        """Share of the inputs that drifted (0 to 1), or None without a verdict."""
        if self.status != "ok":
            return None
        return len(self.drifted_features) / len(self.inputs)

    @property
    def overall_drift(self) -> bool | None:
        """Whether anything drifted, or None without a verdict."""
        return None if self.status != "ok" else self.severity != "none"


def severity_of(
    columns: Sequence[ColumnDrift],
    prediction: ColumnDrift | None,
    multivariate: MultivariateDrift | None,
    thresholds: DriftThresholds,
) -> Severity:
    """Grade the drift by the largest of three figures from 0 to 1.

    They are the weighted effects of the drifted inputs, summed; the effect on the prediction; and
    2 AUC - 1 of the domain classifier, each zero where it did not count as drifted.
    """
    figures = [column.weighted_effect for column in columns if column.drifted]
    extent = sum(figures)
    drifted = bool(figures)
    if prediction is not None and prediction.drifted:
        extent, drifted = max(extent, prediction.effect), True
    if multivariate is not None and multivariate.drifted:
        extent, drifted = max(extent, 2 * multivariate.difference.auc - 1), True
    if not drifted:
        return "none"
    if extent >= thresholds.high_severity:
        return "high"
    return "moderate" if extent >= thresholds.moderate_severity else "low"


def reasons_of(
    columns: Sequence[ColumnDrift],
    prediction: ColumnDrift | None,
    multivariate: MultivariateDrift | None,
) -> tuple[str, ...]:
    """Say in words what drifted, the gravest input first; or that nothing did."""
    drifted = [column for column in columns if column.drifted]
    sentences = [_column_sentence(column) for column in drifted]
    if prediction is not None and prediction.drifted:
        sentences.append(_column_sentence(prediction))
    if multivariate is not None and multivariate.drifted:
        sentences.append(_multivariate_sentence(multivariate))
    return tuple(sentences) or ("No significant difference from the training data.",)


def _column_sentence(column: ColumnDrift) -> str:
    name = LABELS.get(column.name, column.name)
    parts = []
    if column.distribution_drifted and column.distances is not None:
        parts.append(
            f"the distribution shifted by up to {column.distances.ks_statistic:.1%} "
            f"(corrected p {_probability(column.adjusted_p_value)})"
        )
    if column.quality_drifted:
        parts.append(
            f"{column.quality.missing_share:.1%} of the values are missing and "
            f"{column.quality.out_of_range_share:.1%} are outside the training range"
        )
    return f"{name}: {'; '.join(parts)}."


def _multivariate_sentence(multivariate: MultivariateDrift) -> str:
    difference = multivariate.difference
    *first, last = [LABELS.get(name, name).lower() for name in multivariate.leading_inputs]
    which = f"the combination of {', '.join(first)} and {last}" if first else last
    return (
        f"All inputs together: a classifier tells recent rows from training rows with AUC "
        f"{difference.auc:.3f} (by chance 0.5 ± {difference.null_deviation:.3f}, corrected p "
        f"{_probability(multivariate.adjusted_p_value)}), mainly by {which}."
    )


def _probability(value: float | None) -> str:
    if value is None:
        return "unknown"
    return "below 0.0001" if value < 0.0001 else f"{value:.4f}"
