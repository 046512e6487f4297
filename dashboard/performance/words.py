"""The figures in words: the verdict, each figure with its interval, the number of labels."""

from collections.abc import Callable, Mapping
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


@dataclass(frozen=True)
class Measured:
    """One realized figure: its name in the answer, and how it is written with and without its interval."""

    label: str
    name: str
    with_range: Callable[[Estimate], str]
    alone: Callable[[float], str]


MEASURED = (
    Measured("RMSE", "rmse", value_range, value_words),
    Measured("Mean absolute error", "mae", value_range, value_words),
    Measured("Bias", "bias", value_range, value_words),
    Measured("R²", "r2", number_range, two_digits),
    Measured("Interval coverage", "interval_coverage", share_range, percent),
)


def realized_facts(
    found: PerformanceResponse, before: PerformanceResponse | None = None
) -> dict[str, str]:
    """Return name and value of the realized figures, as Markdown; empty without enough labels.

    Each is beside the holdout's and, if the period ``before`` is given, that period's.
    """
    if found.realized.rmse is None:
        return {}
    others = {"holdout": found.baseline, "before": before.realized if before is not None else None}
    facts: dict[str, str] = {}
    for one in MEASURED:
        measured: Estimate | None = getattr(found.realized, one.name)
        if measured is not None:
            facts[one.label] = one.with_range(measured) + _beside(one, others)
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


def _beside(one: Measured, others: Mapping[str, object]) -> str:
    """Return what the same figure is elsewhere, as far as it is known there."""
    known = {name: getattr(figures, one.name, None) for name, figures in others.items()}
    written = [f"{name} {one.alone(figure.value)}" for name, figure in known.items() if figure]
    return "".join(f" :gray[· {each}]" for each in written)
