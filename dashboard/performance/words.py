"""What the figures mean, in words: the verdict, each figure with its interval, how many labels there are."""

from collections.abc import Callable
from dataclasses import dataclass

from backend.contract.performance import Estimate, PerformanceResponse
from dashboard.shared.price import (
    number_range,
    percent,
    price,
    price_range,
    share_range,
    two_digits,
)


@dataclass(frozen=True)
class Verdict:
    """One line that an operator acts on; ``colour`` and ``icon`` are Streamlit's names."""

    title: str
    sentence: str
    colour: str
    icon: str


def verdict(found: PerformanceResponse) -> Verdict:
    """Return what labels say, or, without enough of them, what the estimate says."""
    if found.degradation.degraded:
        return Verdict("The model has got worse", found.degradation.reason, "red", "trending_down")
    if found.degradation.degraded is False:
        return _not_degraded(found)
    if found.estimated.estimated_degraded:
        sentence = "The inputs are such that the model usually errs more. Actual values will tell."
        return Verdict("The error has probably risen", sentence, "orange", "help")
    return Verdict("Not known yet", found.degradation.reason, "gray", "hourglass_empty")


def _not_degraded(found: PerformanceResponse) -> Verdict:
    ratio, reason = found.degradation.rmse_ratio, found.degradation.reason
    if ratio is not None and ratio.lower > 1:
        return Verdict("Somewhat worse than on its holdout", reason, "orange", "trending_flat")
    return Verdict("No sign that the model has got worse", reason, "green", "check_circle")


def realized_facts(found: PerformanceResponse) -> dict[str, str]:
    """Return name and value of the realized figures, as Markdown; empty without enough labels."""
    realized, baseline = found.realized, found.baseline
    if realized.rmse is None or realized.mae is None or realized.bias is None:
        return {}
    then = {
        name: getattr(baseline, name) if baseline is not None else None
        for name in ("rmse", "mae", "bias", "r2", "interval_coverage")
    }
    facts = {
        "RMSE": price_range(realized.rmse) + _holdout(then["rmse"], price),
        "Mean absolute error": price_range(realized.mae) + _holdout(then["mae"], price),
        "Bias": price_range(realized.bias) + _holdout(then["bias"], price),
    }
    if realized.r2 is not None:
        facts["R²"] = number_range(realized.r2) + _holdout(then["r2"], two_digits)
    if realized.interval_coverage is not None:
        coverage = share_range(realized.interval_coverage)
        facts["In their interval"] = coverage + _holdout(then["interval_coverage"], percent)
    return facts


def estimated_facts(found: PerformanceResponse) -> dict[str, str]:
    """Return name and value of the estimated figures, as Markdown; empty without enough data."""
    estimated = found.estimated
    if estimated.estimated_rmse is None or estimated.estimated_mae is None:
        return {}
    facts = {
        "RMSE, estimated": price_range(estimated.estimated_rmse),
        "Mean absolute error, estimated": price_range(estimated.estimated_mae),
    }
    if estimated.estimated_rmse_ratio is not None:
        facts["Of the holdout's RMSE"] = share_range(estimated.estimated_rmse_ratio)
    return facts | {"From": f"{estimated.rows:,} predictions without an actual value"}


def label_sentence(found: PerformanceResponse) -> str:
    """Say how many actual values are known, and how late they came.

    The estimate's nature is said with them, since the two stand beside each other.
    """
    labels = found.labels
    if not labels.predictions:
        return f"Version {found.model_version} has answered nothing in this time."
    known = (
        f"{labels.labelled:,} of {labels.predictions:,} predictions of version {found.model_version} "
        "have their actual value"
    )
    if labels.median_delay_seconds is None or labels.slow_delay_seconds is None:
        return f"{known}."
    return (
        f"{known}; half of these came within {span(labels.median_delay_seconds)}, "
        f"nine of ten within {span(labels.slow_delay_seconds)}."
    )


def span(seconds: float) -> str:
    """Write a span of time in its largest fitting unit.

    Examples
    --------
    >>> span(0.4), span(90), span(7_200), span(200_000)
    ('less than a second', '90 seconds', '2 hours', '2 days')
    """
    if seconds < 1:
        return "less than a second"
    for unit, width in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * width:
            return f"{seconds / width:.0f} {unit}"
    return f"{seconds:.0f} second{'' if round(seconds) == 1 else 's'}"


def _holdout(estimate: Estimate | None, write: Callable[[float], str]) -> str:
    return "" if estimate is None else f" :gray[· holdout {write(estimate.value)}]"
