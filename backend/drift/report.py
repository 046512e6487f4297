"""The report of a comparison: figures, verdicts and reasons."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import NamedTuple

from backend.contract.drift.analysis import (
    ColumnScore,
    DriftAnalysis,
    MultivariateScore,
    PlausibilityFinding,
    Severity,
)
from backend.drift.domain_classifier import DomainDifference
from backend.drift.reference_words import ReferenceWords
from backend.drift.thresholds import DriftThresholds
from backend.drift.univariate import Distances, Quality
from storage.domain.inputs import FEATURES
from storage.domain.target import DISPLAY

LABELS = {feature.name: feature.label for feature in FEATURES} | {
    "prediction": f"Predicted {DISPLAY.label.lower()}"
}
NOT_MEASURED = dict.fromkeys(field.name for field in fields(Distances))

METHOD = (
    "two-sample Kolmogorov-Smirnov test of each column, cross-validated domain classifier, estimated share "
    "of mixed rows, exact tests of lost decimals and stuck values, Holm-corrected, with a floor on the effect"
)
"""How a window is compared, in words."""


@dataclass(frozen=True)
class ColumnDrift:
    """One input, or the prediction: its figures and the basis of its verdict.

    Attributes
    ----------
    distribution_drifted, quality_drifted
        Whether the distribution shifted, and whether too many values are missing or out of range.
    effect
        Share of the distribution that moved or is missing, 0 to 1.
    """

    name: str
    score: ColumnScore
    distribution_drifted: bool
    quality_drifted: bool
    effect: float

    @classmethod
    def of(
        cls,
        name: str,
        rows: int,
        distances: Distances | None,
        adjusted_p_value: float | None,
        quality: Quality,
        importance: float,
        *,
        distribution_drifted: bool,
        quality_drifted: bool,
    ) -> "ColumnDrift":
        """Return a measured column.

        Parameters
        ----------
        rows
            Current rows with a value.
        distances, adjusted_p_value
            None with fewer rows than the rule's minimum.
        importance
            Share of the model's answers that depends on this input (0 to 1); 1 for the prediction.
        """
        moved = distances.ks_statistic if distances is not None else 0.0
        effect = max(moved, quality.missing_rise, quality.out_of_range_share)
        score = ColumnScore(
            n_samples=rows,
            **(vars(distances) if distances is not None else NOT_MEASURED),
            adjusted_p_value=adjusted_p_value,
            missing_share=quality.missing_share,
            out_of_range_share=quality.out_of_range_share,
            importance=importance,
            weighted_effect=effect * importance,
            drifted=distribution_drifted or quality_drifted,
        )
        return cls(name, score, distribution_drifted, quality_drifted, effect)

    @property
    def drifted(self) -> bool:
        """Significant after correction, and large enough to matter."""
        return self.score.drifted


class ComparedRows(NamedTuple):
    """How many rows a window has, and how many count, because they repeat no other."""

    all: int
    different: int


class DriftReport(DriftAnalysis):
    """One window compared with the reference: the answer, and internal figures for the alarm.

    Attributes
    ----------
    smallest_adjusted_p_value
        The smallest of all tests, each corrected in its family. None without a verdict.
    """

    smallest_adjusted_p_value: float | None


def severity_of(
    columns: Sequence[ColumnDrift],
    prediction: ColumnDrift | None,
    multivariate: MultivariateScore | None,
    findings: Sequence[PlausibilityFinding],
    thresholds: DriftThresholds,
) -> Severity:
    """Grade the drift by the largest of four figures from 0 to 1.

    They are the weighted effects of the drifted inputs, summed; the effect on the prediction;
    2 AUC - 1 of the domain classifier; and the largest rise of spoiled rows' share, each zero
    if it did not count as drifted.
    """
    figures = [column.score.weighted_effect for column in columns if column.drifted]
    extent = sum(figures)
    drifted = bool(figures)
    if prediction is not None and prediction.drifted:
        extent, drifted = max(extent, prediction.effect), True
    if multivariate is not None and multivariate.drifted:
        extent, drifted = max(extent, 2 * multivariate.auc - 1), True
    for finding in findings:
        if finding.drifted:
            extent, drifted = max(extent, finding.share - finding.reference_share), True
    if not drifted:
        return "none"
    if extent >= thresholds.high_severity:
        return "high"
    return "moderate" if extent >= thresholds.moderate_severity else "low"


def reasons_of(
    columns: Sequence[ColumnDrift],
    prediction: ColumnDrift | None,
    multivariate: MultivariateScore | None,
    findings: Sequence[PlausibilityFinding],
    words: ReferenceWords,
) -> list[str]:
    """Return sentences about what drifted, the most serious first, or that nothing did."""
    drifted = [column for column in columns if column.drifted]
    sentences = [_column_sentence(column, words) for column in drifted]
    if prediction is not None and prediction.drifted:
        sentences.append(_column_sentence(prediction, words))
    if multivariate is not None and multivariate.drifted:
        sentences.append(_multivariate_sentence(multivariate, words))
    sentences += [_finding_sentence(each, words) for each in findings if each.drifted]
    return sentences or [f"No significant difference from {words.data}."]


def multivariate_score(
    difference: DomainDifference | None,
    adjusted: float | None,
    names: Sequence[str],
    thresholds: DriftThresholds,
) -> MultivariateScore | None:
    """Return the classifier's difference with its verdict; None if there is none."""
    if difference is None or adjusted is None:
        return None
    drifted = adjusted < thresholds.significance_level and difference.auc >= thresholds.minimum_auc
    return MultivariateScore(
        auc=difference.auc,
        null_deviation=difference.null_deviation,
        p_value=difference.p_value,
        adjusted_p_value=adjusted,
        n_samples=difference.rows,
        leading_inputs=[names[column] for column in difference.leading_columns],
        drifted=drifted,
    )


def rank(column: ColumnDrift) -> tuple[bool, float, str]:
    """Return what columns are sorted by: the drifted ones first, then by weighted effect."""
    return (not column.drifted, -column.score.weighted_effect, column.name)


def no_verdict(rows: ComparedRows, columns: int, thresholds: DriftThresholds) -> DriftReport:
    """Return the report of a window with too few rows for a verdict."""
    counted = "1 row" if rows.all == 1 else f"{rows.all} rows"
    repeated = f", {rows.different} of them different" if rows.different < rows.all else ""
    reason = f"Not enough data: {counted}{repeated}, and a verdict needs {thresholds.minimum_rows}."
    return DriftReport(
        status="not_enough_data",
        total_features=columns,
        drift_scores={},
        prediction=None,
        drifted_features=[],
        drift_share=None,
        overall_drift=None,
        severity="none",
        reasons=[reason],
        multivariate=None,
        n_samples=rows.all,
        different_rows=rows.different,
        method=METHOD,
        thresholds=asdict(thresholds),
        smallest_adjusted_p_value=None,
    )


def _column_sentence(column: ColumnDrift, words: ReferenceWords) -> str:
    name = LABELS.get(column.name, column.name)
    score, parts = column.score, []
    if column.distribution_drifted:
        parts.append(
            f"the distribution shifted by up to {score.ks_statistic:.1%} "
            f"(corrected p {probability(score.adjusted_p_value)})"
        )
    if column.quality_drifted:
        parts.append(
            f"{score.missing_share:.1%} of the values are missing and "
            f"{score.out_of_range_share:.1%} are outside {words.range}"
        )
    return f"{name}: {'; '.join(parts)}."


def _multivariate_sentence(multivariate: MultivariateScore, words: ReferenceWords) -> str:
    *first, last = [LABELS.get(name, name).lower() for name in multivariate.leading_inputs]
    which = f"the combination of {', '.join(first)} and {last}" if first else last
    return (
        f"All inputs together: a classifier separates recent rows from {words.rows} with AUC "
        f"{multivariate.auc:.3f} (by chance 0.5 ± {multivariate.null_deviation:.3f}, corrected p "
        f"{probability(multivariate.adjusted_p_value)}), mainly by {which}."
    )


def _finding_sentence(finding: PlausibilityFinding, words: ReferenceWords) -> str:
    now, usual = f"{finding.share:.1%}", f"{finding.reference_share:.1%}"
    name = LABELS.get(finding.column or "", finding.column or "")
    if finding.kind == "combination":
        share = f"At least about {finding.share:.0%} of the rows"
        return f"{share} have inputs that do not go together, as if they came from different rows."
    if finding.kind == "precision":
        return (
            f"{name} comes {precision(int(finding.value or 0))} in {now} of the rows; "
            f"{usual} in {words.data}."
        )
    return f"{name} is {finding.value:.6g} in {now} of the rows; {usual} in {words.data}."


def precision(decimals: int) -> str:
    """Say how many decimals there are at most.

    >>> precision(1), precision(0), precision(-2)
    ('with at most 1 decimal', 'in whole numbers', 'in multiples of 100')
    """
    if decimals < 0:
        return f"in multiples of {10**-decimals}"
    if decimals == 0:
        return "in whole numbers"
    return f"with at most {decimals} decimal{'s' if decimals > 1 else ''}"


def probability(value: float | None) -> str:
    """Write a p value in a sentence."""
    if value is None:
        return "unknown"
    return "below 0.0001" if value < 0.0001 else f"{value:.4f}"
