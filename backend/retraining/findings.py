"""From the reports of drift and error to what the policy looks at."""

from backend.drift.alarm import Alarm
from backend.drift.report import DriftReport
from backend.performance.estimated import EstimatedError
from backend.performance.realized import Degradation, RealizedError
from backend.retraining.policy import DriftFinding, ErrorFinding
from training.evaluation.bootstrap import Estimate


def drift_finding(report: DriftReport, alarm: Alarm | None) -> DriftFinding:
    """Return what a comparison says; ``alarm`` is None for a single window, which is its own judge."""
    acted_on = alarm.raised if alarm is not None else bool(report.overall_drift)
    words = " ".join(report.reasons)
    return DriftFinding(
        judged=report.status == "ok",
        alarm=acted_on,
        share=report.drift_share,
        severity=report.severity,
        reason=f"{words} {alarm.reason}" if alarm is not None and report.overall_drift else words,
    )


def realized_finding(
    realized: RealizedError, degradation: Degradation, baseline: RealizedError | None, margin: float
) -> ErrorFinding:
    """Return what the realized error says, with the operator's margin (0.05: five percent worse)."""
    return _error_finding(
        rows=realized.rows,
        rmse=realized.rmse,
        ratio=degradation.rmse_ratio,
        baseline=baseline,
        margin=margin,
        unknown=realized.reason or degradation.reason,
    )


def estimated_finding(
    estimated: EstimatedError, baseline: RealizedError | None, margin: float
) -> ErrorFinding:
    """Return what the estimated error says, with the operator's margin."""
    return _error_finding(
        rows=estimated.rows,
        rmse=estimated.rmse,
        ratio=estimated.rmse_ratio,
        baseline=baseline,
        margin=margin,
        unknown=estimated.reason or "There is no holdout to compare with.",
    )


def _error_finding(
    *,
    rows: int,
    rmse: Estimate | None,
    ratio: Estimate | None,
    baseline: RealizedError | None,
    margin: float,
    unknown: str,
) -> ErrorFinding:
    judged = rmse is not None and ratio is not None
    reason = unknown if rmse is None or ratio is None else _in_words(rmse, ratio, margin)
    before = baseline.rmse.value if baseline is not None and baseline.rmse is not None else None
    return ErrorFinding(
        judged=judged,
        degraded=ratio is not None and judged and ratio.lower > 1.0 + margin,
        rows=rows,
        rmse=rmse.value if rmse is not None else None,
        baseline_rmse=before,
        reason=reason,
    )


def _in_words(rmse: Estimate, ratio: Estimate, margin: float) -> str:
    beyond = "beyond doubt" if ratio.lower > 1.0 + margin else "not beyond doubt"
    return (
        f"RMSE {rmse.value:.3f}, {ratio.value:.2f} times the holdout's "
        f"({ratio.lower:.2f} to {ratio.upper:.2f}): {beyond} more than {margin:.0%} worse."
    )
