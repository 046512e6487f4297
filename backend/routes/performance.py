"""GET /monitoring/performance and /segment: realized and estimated error of the served model."""

from flask import Blueprint, Response, g, request

from backend.contract.performance import PerformanceQuery, PerformanceResponse
from backend.contract.segment import SegmentQuery, SegmentResponse
from backend.metrics.metrics import Metrics
from backend.performance.baseline import JudgedVersion
from backend.routes.predictions import prediction_row
from backend.services import Services, current_services
from backend.web.answers import answer
from backend.web.validation import read_query
from storage.schema.records import utc_now
from storage.schema.source import CUSTOMERS
from storage.schema.time_steps import zone_named

blueprint = Blueprint("performance", __name__, url_prefix="/monitoring")


@blueprint.get("/performance")
def performance() -> Response:
    """Measure the error of predictions in a window, and estimate it where actual values are missing."""
    services = current_services()
    query = read_query(PerformanceQuery, request.args)
    serving = JudgedVersion.serving(services.host.current())
    judged = _judged(services, serving, query.model_version)
    config = services.configuration.current().config
    report = services.performance.report(
        judged,
        query.until or utc_now(),
        query.window,
        config.performance_minimum_rows,
        config.degradation_margin_share,
        zone_named(query.zone),
        query.sources,
    )
    if query.until is None and query.sources == CUSTOMERS and judged is serving:
        _show(services.metrics, report)
    return answer(report)


@blueprint.get("/performance/segment")
def segment() -> Response:
    """Measure the error of the predictions whose inputs meet some conditions, and list the worst."""
    services = current_services()
    query = read_query(SegmentQuery, request.args)
    serving = JudgedVersion.serving(services.host.current())
    measured = services.segments.measure(
        _judged(services, serving, query.model_version),
        query.where,
        query.until or utc_now(),
        query.window,
        services.configuration.current().config.degradation_margin_share,
        query.sources,
        query.rows,
    )
    rows = [prediction_row(row) for row in services.record_log.numbered(measured.worst)]
    return answer(SegmentResponse(**vars(measured.figures), rows=rows))


def _judged(services: Services, serving: JudgedVersion, version: str | None) -> JudgedVersion:
    asked = version not in (None, serving.version)
    judged = services.version_reports.judged(version) if asked and version else serving
    g.model_version = judged.version
    return judged


def _show(metrics: Metrics, report: PerformanceResponse) -> None:
    realized, estimated = report.realized.rmse, report.estimated.estimated_rmse
    metrics.set_realized_error(realized.value if realized is not None else None)
    metrics.set_estimated_error(estimated.value if estimated is not None else None)
