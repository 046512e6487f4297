"""Drift in words: the verdict, the name and unit of each column, p values, the reason to retrain."""

from dataclasses import dataclass

from backend.contract.base import LONGEST_REASON
from backend.contract.definition import DISPLAY
from backend.contract.drift.analysis import DriftAnalysis, DriftWindowResponse, UsualTraffic
from dashboard.wording.feature_words import feature_named
from dashboard.wording.value import CHART_UNIT
from dashboard.wording.words import VALUE

PREDICTION = "prediction"


@dataclass(frozen=True)
class Verdict:
    """One line that an operator acts on; ``colour`` and ``icon`` are Streamlit's names."""

    title: str
    colour: str
    icon: str


VERDICTS = {
    "none": Verdict("No drift", "green", "check_circle"),
    "low": Verdict("Low drift", "orange", "info"),
    "moderate": Verdict("Moderate drift", "orange", "warning"),
    "high": Verdict("High drift", "red", "error"),
}


def verdict(analysis: DriftAnalysis) -> Verdict:
    """Return the verdict; without enough data it is unknown, which is not "no drift"."""
    if analysis.status != "ok":
        return Verdict("Not enough data", "gray", "hourglass_empty")
    return VERDICTS[analysis.severity]


def usual_verdict(usual: UsualTraffic) -> Verdict:
    """Return the verdict of the comparison with the service's earlier periods."""
    if usual.status == "learning":
        return Verdict("Your usual traffic is being learned", "gray", "hourglass_empty")
    if usual.status == "not_enough_data":
        return Verdict(
            "Not enough data to compare with your usual traffic", "gray", "hourglass_empty"
        )
    if usual.drifted:
        return Verdict("Differs from your usual traffic", "red", "error")
    return Verdict("As usual for your traffic", "green", "check_circle")


def usual_words(usual: UsualTraffic) -> str:
    """Say with what the period was compared, or what is still needed."""
    if usual.status == "learning":
        return f"{usual.periods} of {usual.needed_periods} earlier periods with enough predictions"
    which = "the same weekdays of " if usual.by_weekday else ""
    return f"compared with {which}{usual.periods} earlier periods"


def drifted_words(analysis: DriftAnalysis) -> str:
    """Say how many of the inputs drifted, or what drifted if no single input did."""
    count = f"{len(analysis.drifted_features)} of {analysis.total_features} inputs drifted"
    scores = {
        "all inputs together": analysis.multivariate,
        f"the predicted {VALUE}": analysis.prediction,
    }
    others = [name for name, score in scores.items() if score is not None and score.drifted]
    if analysis.drifted_features:
        return count
    if others:
        count = f"{count} on their own, but {' and '.join(others)} did"
    spoiled = any(finding.drifted for finding in analysis.plausibility)
    return f"{count}; rows are spoiled" if spoiled else count


def column_label(name: str) -> str:
    """Return the label of an input, or of the prediction.

    Examples
    --------
    >>> column_label("MedInc"), column_label("prediction")
    ('Median income', 'Predicted price')
    """
    return f"Predicted {VALUE}" if name == PREDICTION else feature_named(name).label


def column_unit(name: str) -> str:
    """Return the unit that a column is drawn in."""
    return CHART_UNIT if name == PREDICTION else feature_named(name).unit


def column_scale(name: str) -> float:
    """Return the factor from a column's value to the unit it is drawn in."""
    return float(DISPLAY.chart.factor) if name == PREDICTION else 1.0


def column_words(name: str) -> list[str] | None:
    """Return the words of a category, in their order; None: the column has numbers."""
    return None if name == PREDICTION else feature_named(name).categories


def probability(value: float | None) -> str:
    """Write a p value.

    Examples
    --------
    >>> probability(0.0312), probability(1e-9), probability(None)
    ('0.031', '< 0.0001', '–')
    """
    if value is None:
        return "–"
    return "< 0.0001" if value < 0.0001 else f"{value:.2g}"


def retraining_reason(found: DriftWindowResponse) -> str:
    """Propose a reason for retraining: the verdict and its reasons, for the operator to edit."""
    analysis, usual = found.drift_analysis, found.usual_traffic
    title, reasons = verdict(analysis).title, analysis.reasons
    if usual.drifted:
        title, reasons = usual_verdict(usual).title, usual.reasons
    words = f"{title}: {' '.join(reasons)}"
    return words if len(words) <= LONGEST_REASON else f"{words[: LONGEST_REASON - 1]}…"
