"""The figures of monitoring on the Overview: error, drift and labels of the last day."""

from backend.contract.drift.analysis import DriftWindowResponse
from backend.contract.performance import PerformanceResponse
from dashboard.navigation import DRIFT, PERFORMANCE
from dashboard.overview.figure import UNKNOWN, Figure
from dashboard.wording.value import in_chart_unit, written


def drift_figure(found: DriftWindowResponse | None) -> Figure:
    words = "Inputs that differ from the training data, last 24 hours."
    if found is None or found.drift_analysis.drift_share is None:
        return Figure("Drift", UNKNOWN, DRIFT, words)
    analysis = found.drift_analysis
    inputs = len([name for name in analysis.drift_scores if name != "prediction"])
    return Figure("Drift", f"{len(analysis.drifted_features)} of {inputs}", DRIFT, words)


def error_figure(found: PerformanceResponse | None) -> Figure:
    if found is not None and found.realized.rmse is not None:
        course = [
            in_chart_unit(step.realized.rmse.value) for step in found.series if step.realized.rmse
        ]
        words = f"Realized, from {found.realized.rows:,} actual values, last 24 hours."
        return Figure("RMSE", written(found.realized.rmse.value), PERFORMANCE, words, course)
    if found is not None and found.estimated.estimated_rmse is not None:
        words = f"Estimated for {found.estimated.rows:,} predictions without an actual value, last 24 hours."
        return Figure(
            "RMSE, estimated",
            f"≈ {written(found.estimated.estimated_rmse.value)}",
            PERFORMANCE,
            words,
        )
    return Figure("RMSE", UNKNOWN, PERFORMANCE, "Not enough predictions in the last 24 hours.")


def labels_figure(found: PerformanceResponse | None) -> Figure:
    words = "Predictions of the last 24 hours with an actual value."
    if found is None or not found.labels.predictions:
        return Figure("Labelled", UNKNOWN, PERFORMANCE, words)
    labels = found.labels
    words = f"{labels.labelled:,} of {labels.predictions:,} predictions of the last 24 hours."
    return Figure("Labelled", f"{labels.labelled / labels.predictions:.0%}", PERFORMANCE, words)
