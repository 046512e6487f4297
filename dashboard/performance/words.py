"""The figures in words: the verdict, each figure with its interval, the number of labels."""

from collections.abc import Callable
from dataclasses import dataclass

from backend.contract.performance import Estimate, PerformanceResponse
from dashboard.wording.moment import lasting
from dashboard.wording.value import (
    number_range,
    percent,
    share_range,
    two_digits,
    value_range,
    value_words,
)


@dataclass(frozen=True)
class Verdict:
    """One line that an operator acts on; ``colour`` and ``icon`` are Streamlit's names."""

    title: str
    sentence: str
    colour: str
    icon: str


def verdict(found: PerformanceResponse) -> Verdict:
    """Return the verdict from the labels or, without enough of them, from the estimate."""
    if found.degradation.degraded:
        return Verdict("The error has increased", found.degradation.reason, "red", "trending_down")
    if found.degradation.degraded is False:
        return _not_degraded(found)
    if found.estimated.estimated_degraded:
        sentence = (
            "The model usually errs more on inputs like these. Actual values are needed to confirm."
        )
        return Verdict("The error has probably risen", sentence, "orange", "help")
    return Verdict("Not enough data yet", found.degradation.reason, "gray", "hourglass_empty")


def _not_degraded(found: PerformanceResponse) -> Verdict:
    ratio, reason = found.degradation.rmse_ratio, found.degradation.reason
    if ratio is not None and ratio.lower > 1:
        return Verdict("Slightly above the holdout error", reason, "orange", "trending_flat")
    return Verdict("No increase in error", reason, "green", "check_circle")


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
        "RMSE": value_range(realized.rmse) + _holdout(then["rmse"], value_words),
        "Mean absolute error": value_range(realized.mae) + _holdout(then["mae"], value_words),
        "Bias": value_range(realized.bias) + _holdout(then["bias"], value_words),
    }
    if realized.r2 is not None:
        facts["R²"] = number_range(realized.r2) + _holdout(then["r2"], two_digits)
    if realized.interval_coverage is not None:
        coverage = share_range(realized.interval_coverage)
        facts["Interval coverage"] = coverage + _holdout(then["interval_coverage"], percent)
    return facts


def estimated_facts(found: PerformanceResponse) -> dict[str, str]:
    """Return name and value of the estimated figures, as Markdown; empty without enough data."""
    estimated = found.estimated
    if estimated.estimated_rmse is None or estimated.estimated_mae is None:
        return {}
    facts = {
        "RMSE, estimated": value_range(estimated.estimated_rmse),
        "Mean absolute error, estimated": value_range(estimated.estimated_mae),
    }
    if estimated.estimated_rmse_ratio is not None:
        facts["Relative to the holdout RMSE"] = share_range(estimated.estimated_rmse_ratio)
    return facts | {"Based on": f"{estimated.rows:,} unlabelled predictions"}


def label_sentence(found: PerformanceResponse) -> str:
    """Say how many predictions have a label, and how late the labels came."""
    labels = found.labels
    if not labels.predictions:
        return f"No predictions by version {found.model_version} in this period."
    known = (
        f"{labels.labelled:,} of {labels.predictions:,} predictions by version {found.model_version} "
        "are labelled"
    )
    if labels.median_delay_seconds is None or labels.slow_delay_seconds is None:
        return f"{known}."
    return (
        f"{known}; half of the labels arrived within {lasting(labels.median_delay_seconds)}, "
        f"90% within {lasting(labels.slow_delay_seconds)}."
    )


def _holdout(estimate: Estimate | None, write: Callable[[float], str]) -> str:
    return "" if estimate is None else f" :gray[· holdout {write(estimate.value)}]"
