"""Converts drift and error reports to findings for the policy."""

from dataclasses import replace

from backend.contract.drift.analysis import AlarmState, DriftAnalysis, UsualTraffic
from backend.contract.performance import Degradation, EstimatedError, RealizedError
from backend.retraining.policy import DriftFinding, ErrorFinding, IntervalFinding
from storage.domain.written import figure
from storage.schema.estimate import Estimate
from training.models.intervals import COVERAGE

COVERAGE_MARGIN = 0.02
"""Share by which the coverage must have fallen: with many rows, even the smallest fall is significant."""


def drift_finding(
    analysis: DriftAnalysis, alarm: AlarmState | None = None, usual: UsualTraffic | None = None
) -> DriftFinding:
    """Return the drift finding; without ``alarm``, the single window decides.

    The reason is that of the verdict which the alarm follows.
    """
    acted_on = alarm.raised if alarm is not None else bool(analysis.overall_drift)
    differs, reasons, severity = analysis.overall_drift, analysis.reasons, analysis.severity
    judged = analysis.status == "ok"
    if usual is not None and alarm is not None and alarm.follows == "usual_traffic":
        differs, reasons, judged = usual.drifted, usual.reasons, True
        severity = "low" if differs and severity == "none" else severity
    words = " ".join(reasons)
    return DriftFinding(
        judged=judged,
        alarm=acted_on,
        share=analysis.drift_share,
        severity=severity,
        reason=f"{words} {alarm.reason}" if alarm is not None and differs else words,
    )


def realized_finding(
    realized: RealizedError, degradation: Degradation, baseline: RealizedError | None, margin: float
) -> ErrorFinding:
    """Return the finding about the realized error, with the operator's margin (0.05: 5 % worse)."""
    found = _error_finding(
        rows=realized.rows,
        rmse=realized.rmse,
        ratio=degradation.rmse_ratio,
        baseline=baseline,
        margin=margin,
        unknown=realized.reason or degradation.reason,
    )
    return replace(found, intervals=interval_finding(realized.interval_coverage))


def interval_finding(coverage: Estimate | None) -> IntervalFinding | None:
    """Return the finding about the intervals: too narrow if the coverage's whole 95 % interval is too low.

    Intervals that hold more than they promise request nothing: the rows may be ones that the model knows.

    Examples
    --------
    >>> interval_finding(Estimate(0.7, 0.65, 0.75)).reason
    'they hold 70.0% of the actual values (65.0% to 75.0%): significantly fewer than 90%.'
    >>> interval_finding(Estimate(0.86, 0.82, 0.9)).too_narrow
    False
    """
    if coverage is None:
        return None
    is_low = coverage.upper < COVERAGE - COVERAGE_MARGIN
    verdict = "significantly" if is_low else "not significantly"
    reason = (
        f"they hold {coverage.value:.1%} of the actual values ({coverage.lower:.1%} to "
        f"{coverage.upper:.1%}): {verdict} fewer than {COVERAGE:.0%}."
    )
    return IntervalFinding(is_low, coverage.value, reason)


def estimated_finding(
    estimated: EstimatedError, baseline: RealizedError | None, margin: float
) -> ErrorFinding:
    """Return the finding about the estimated error, with the operator's margin."""
    return _error_finding(
        rows=estimated.rows,
        rmse=estimated.estimated_rmse,
        ratio=estimated.estimated_rmse_ratio,
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
    beyond = "significantly" if ratio.lower > 1.0 + margin else "not significantly"
    return (
        f"RMSE {figure(rmse.value, 3)}, {ratio.value:.2f} times the holdout's "
        f"({ratio.lower:.2f} to {ratio.upper:.2f}): {beyond} more than {margin:.0%} worse."
    )
