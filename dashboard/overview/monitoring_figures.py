"""The figures of monitoring on the Overview: error, drift and labels of the last day."""

from backend.contract.drift.analysis import DriftWindowResponse
from backend.contract.performance import Estimate, PerformanceResponse
from dashboard.navigation import DRIFT, PERFORMANCE
from dashboard.overview.figure import UNKNOWN, Figure, against, points_against
from dashboard.wording.value import in_chart_unit, written


def drift_figure(found: DriftWindowResponse | None, before: DriftWindowResponse | None) -> Figure:
    """Return how many inputs differ, and how many did the day before."""
    words = "Inputs that differ from the training data, last 24 hours."
    now, then = _drifted(found), _drifted(before)
    if now is None:
        return Figure("Drift", UNKNOWN, DRIFT, words)
    if then is None:
        return Figure("Drift", _of_all(now), DRIFT, words)
    change = f"{now[0] - then[0]:+d}" if now[0] != then[0] else "±0"
    compared = f"from {_of_all(then)} the day before"
    return Figure("Drift", _of_all(now), DRIFT, words, change=change, then=compared)


def _drifted(found: DriftWindowResponse | None) -> tuple[int, int] | None:
    """Return how many inputs drifted, and how many there are; None without enough predictions."""
    if found is None or found.drift_analysis.drift_share is None:
        return None
    analysis = found.drift_analysis
    inputs = [name for name in analysis.drift_scores if name != "prediction"]
    return len(analysis.drifted_features), len(inputs)


def _of_all(drifted: tuple[int, int]) -> str:
    return f"{drifted[0]} of {drifted[1]}"


def error_figure(found: PerformanceResponse | None, before: PerformanceResponse | None) -> Figure:
    """Return the realized error or else the estimated one, each against its own of the day before."""
    if found is not None and found.realized.rmse is not None:
        course = [
            in_chart_unit(step.realized.rmse.value) for step in found.series if step.realized.rmse
        ]
        words = f"Realized, from {found.realized.rows:,} actual values, last 24 hours."
        return Figure(
            "RMSE",
            written(found.realized.rmse.value),
            PERFORMANCE,
            words,
            course,
            "line",
            *_error_against(found.realized.rmse, None if before is None else before.realized.rmse),
        )
    if found is not None and found.estimated.estimated_rmse is not None:
        estimate = found.estimated.estimated_rmse
        words = f"Estimated for {found.estimated.rows:,} predictions without an actual value, last 24 hours."
        return Figure(
            "RMSE, estimated",
            f"≈ {written(estimate.value)}",
            PERFORMANCE,
            words,
            (),
            "line",
            *_error_against(estimate, None if before is None else before.estimated.estimated_rmse),
        )
    return Figure("RMSE", UNKNOWN, PERFORMANCE, "Not enough predictions in the last 24 hours.")


def _error_against(now: Estimate, before: Estimate | None) -> tuple[str | None, str]:
    then = None if before is None else before.value
    return against(now.value, then, written, "the day before")


def labels_figure(found: PerformanceResponse | None, before: PerformanceResponse | None) -> Figure:
    """Return the share of predictions that have an actual value, and that of the day before."""
    words = "Predictions of the last 24 hours with an actual value."
    if found is None or not found.labels.predictions:
        return Figure("Labelled", UNKNOWN, PERFORMANCE, words)
    labels = found.labels
    words = f"{labels.labelled:,} of {labels.predictions:,} predictions of the last 24 hours."
    share = labels.labelled / labels.predictions
    then = None
    if before is not None and before.labels.predictions:
        then = before.labels.labelled / before.labels.predictions
    change = points_against(share, then, "the day before")
    return Figure("Labelled", f"{share:.0%}", PERFORMANCE, words, (), "line", *change)
