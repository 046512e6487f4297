"""Drift in words: the verdict, each column's name and unit, probabilities, the reason for a retraining."""

import re
from dataclasses import dataclass

from backend.contract.base import LONGEST_REASON
from backend.contract.drift import DriftAnalysis, DriftWindowResponse
from backend.contract.predictions import FEATURES
from dashboard.shared.feature_words import BY_NAME, feature_named

PREDICTION = "prediction"
THOUSANDS_A_PRICE_UNIT = 100.0

_NAMES = re.compile(r"\b(" + "|".join(feature.name for feature in FEATURES) + r")\b")


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
    """Return the verdict; without enough data there is none, which is not "no drift"."""
    if analysis.status != "ok":
        return Verdict("Not enough data", "gray", "hourglass_empty")
    return VERDICTS[analysis.severity]


def drifted_words(analysis: DriftAnalysis) -> str:
    """Say how many of the inputs drifted; if none did alone, what did."""
    count = f"{len(analysis.drifted_features)} of {analysis.total_features} inputs drifted"
    scores = {"all together": analysis.multivariate, "the predicted price": analysis.prediction}
    others = [name for name, score in scores.items() if score is not None and score.drifted]
    if analysis.drifted_features or not others:
        return count
    return f"{count} alone, but {' and '.join(others)} did"


def column_label(name: str) -> str:
    """Return an input's name for people, or that of the prediction.

    Examples
    --------
    >>> column_label("MedInc"), column_label("prediction")
    ('Median income', 'Predicted price')
    """
    return "Predicted price" if name == PREDICTION else feature_named(name).label


def column_unit(name: str) -> str:
    """Return the unit that a column is drawn in."""
    return "$1,000" if name == PREDICTION else feature_named(name).unit


def column_scale(name: str) -> float:
    """Return by what a value of a column is multiplied to be in its drawn unit."""
    return THOUSANDS_A_PRICE_UNIT if name == PREDICTION else 1.0


def spoken(reason: str) -> str:
    """Name the inputs of a reason as the form does.

    Examples
    --------
    >>> spoken("MedInc: its distribution moved.")
    'Median income: its distribution moved.'
    """
    return _NAMES.sub(lambda found: BY_NAME[found[0]].label, reason)


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
    """Propose the reason for a retraining: the verdict and what led to it, for the operator to edit."""
    analysis = found.drift_analysis
    words = f"{verdict(analysis).title}: {' '.join(map(spoken, analysis.reasons))}"
    return words if len(words) <= LONGEST_REASON else f"{words[: LONGEST_REASON - 1]}…"
