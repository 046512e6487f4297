"""/monitoring/drift and /monitoring/refused: whether inputs still look like the training data.

Nothing that is sent here is logged.
"""

from datetime import timedelta

from flask import Blueprint, Response, g, request

from backend.contract.drift.analysis import DriftQuery, DriftRequest, DriftResponse
from backend.contract.drift.refused import RefusedQuery, RefusedResponse
from backend.contract.query.where import Condition
from backend.drift.check import AskedWindow, check_window, compare_rows, inputs_of
from backend.drift.refused import refused_fields
from backend.performance.baseline import JudgedVersion
from backend.performance.segment import segment_rows
from backend.retraining.configuration import drift_thresholds
from backend.services import Services, current_services
from backend.serving.segment_rows import SegmentRows
from backend.serving.served_model import ServedModel
from backend.web.answers import answer
from backend.web.validation import read_body, read_query
from storage.predictions.refused import read_refused_inputs
from storage.schema.records import utc_now
from storage.schema.time_steps import zone_named

blueprint = Blueprint("drift", __name__, url_prefix="/monitoring")


@blueprint.post("/drift")
def compare() -> Response:
    """Compare rows with the training data of the served model; null is a missing value."""
    services = current_services()
    body = read_body(DriftRequest, services.settings.backend.request_limit_bytes, services.metrics)
    model = services.host.current()
    g.model_version = model.manifest.version
    thresholds = drift_thresholds(services.configuration.current().config)
    found = compare_rows(model.drift_detector, model.predict, inputs_of(body.data), thresholds)
    return answer(DriftResponse(drift_analysis=found, model_version=g.model_version))


@blueprint.get("/drift")
def window() -> Response:
    """Compare logged predictions, or with ?where= a segment's, with training, a period or all others."""
    query = read_query(DriftQuery, request.args)
    services = current_services()
    model = services.host.current()
    g.model_version = model.manifest.version
    config = services.configuration.current().config
    asked = AskedWindow(
        query.until or utc_now(),
        query.window or timedelta(hours=config.window_hours),
        drift_thresholds(config),
        config.largest_window_rows,
        query.sources,
        query.feature,
        zone_named(query.zone),
    )
    segment = _segment(services, model, query.where)
    compared = services.drift_comparisons.prepare(model, asked, query, segment, utc_now())
    found = check_window(
        compared.detector,
        model.manifest.version,
        services.database,
        services.settings.paths.traffic,
        compared.asked,
        compared.window,
    )
    if segment is None:
        found = services.harm.with_harm(found, model, compared.asked, config)
    if compared.asked.is_usual:
        services.metrics.set_drift_share(found.drift_analysis.drift_share)
    return answer(found)


def _segment(
    services: Services, model: ServedModel, where: tuple[Condition, ...] | None
) -> SegmentRows | None:
    if where is None:
        return None
    return segment_rows(where, services.performance.baselines.of(JudgedVersion.serving(model)))


@blueprint.get("/refused")
def refused() -> Response:
    """Return the inputs that requests to predict were refused for in a window, by input."""
    query = read_query(RefusedQuery, request.args)
    services = current_services()
    model = services.host.current()
    g.model_version = model.manifest.version
    hours = services.configuration.current().config.window_hours
    until = query.until or utc_now()
    since = until - (query.window or timedelta(hours=hours))
    found = read_refused_inputs(services.database, since, until, sources=query.sources)
    body = RefusedResponse(
        since=since,
        until=until,
        requests=found.requests,
        truncated=found.truncated,
        fields=refused_fields(found, model.drift_detector.columns),
    )
    return answer(body)
