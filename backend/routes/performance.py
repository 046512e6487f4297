"""GET /monitoring/performance: realized and estimated error of the served model."""

from flask import Blueprint, Response, g, request

from backend.contract.performance import (
    Degradation,
    ErrorCell,
    ErrorSlice,
    EstimatedError,
    LabelState,
    PerformanceQuery,
    PerformanceResponse,
    PerformanceStep,
    RealizedError,
    ResidualHistogram,
)
from backend.metrics.metrics import Metrics
from backend.performance import estimated as estimated_performance
from backend.performance import slices as error_slices
from backend.performance.check import PerformanceReport
from backend.performance.check import PerformanceStep as MeasuredStep
from backend.services import current_services
from backend.serving.served_model import ServedModel
from backend.web.answers import answer
from backend.web.validation import read_query
from storage.schema.records import utc_now

blueprint = Blueprint("performance", __name__, url_prefix="/monitoring")


@blueprint.get("/performance")
def performance() -> Response:
    """Measure the error of a window's predictions, and estimate it where actual values are missing."""
    services = current_services()
    query = read_query(PerformanceQuery, request.args)
    model = services.host.current()
    g.model_version = model.manifest.version
    config = services.configuration.current().config
    report = services.performance.report(
        model,
        query.until or utc_now(),
        query.window,
        config.performance_minimum_rows,
        config.degradation_margin_share,
    )
    if query.until is None:
        _show(services.metrics, report)
    return answer(_response(report, model))


def _show(metrics: Metrics, report: PerformanceReport) -> None:
    realized, estimated = report.realized.rmse, report.estimated.rmse
    metrics.set_realized_error(realized.value if realized is not None else None)
    metrics.set_estimated_error(estimated.value if estimated is not None else None)


def _response(report: PerformanceReport, model: ServedModel) -> PerformanceResponse:
    return PerformanceResponse(
        model_version=model.manifest.version,
        since=report.window.since,
        until=report.window.until,
        rows_read=len(report.window),
        n_labelled=report.labels.labelled,
        expected_coverage=model.coverage,
        labels=LabelState.model_validate(report.labels),
        baseline=RealizedError.model_validate(report.baseline) if report.baseline else None,
        realized=RealizedError.model_validate(report.realized),
        degradation=Degradation.model_validate(report.degradation),
        estimated=estimated_error(report.estimated),
        slices=[ErrorSlice.model_validate(one) for one in report.slices],
        cells=[ErrorCell.model_validate(one) for one in report.cells],
        residuals=_residuals(report.residuals) if report.residuals is not None else None,
        step_seconds=report.step_seconds,
        series=[_step(step) for step in report.steps],
    )


def estimated_error(found: estimated_performance.EstimatedError) -> EstimatedError:
    """Return an estimate as the contract has it."""
    # Other names than the realized ones have: on the wire, the two can't be taken for each other.
    return EstimatedError.model_validate(
        {
            "status": found.status,
            "reason": found.reason,
            "rows": found.rows,
            "estimated_rmse": found.rmse,
            "estimated_mae": found.mae,
            "estimated_rmse_ratio": found.rmse_ratio,
            "estimated_degraded": found.degraded,
        }
    )


def _residuals(found: error_slices.ResidualHistogram) -> ResidualHistogram:
    return ResidualHistogram(
        edges=found.edges.tolist(),
        shares=found.shares.tolist(),
        baseline_shares=found.baseline_shares.tolist(),
    )


def _step(step: MeasuredStep) -> PerformanceStep:
    return PerformanceStep(
        since=step.since,
        rows=step.rows,
        realized=RealizedError.model_validate(step.realized),
        estimated=estimated_error(step.estimated),
    )
