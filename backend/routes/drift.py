"""/monitoring/drift: input drift compared with the training data. Nothing here is logged."""

from datetime import timedelta

from flask import Blueprint, Response, g, request

from backend.contract.drift import DriftQuery, DriftRequest, DriftResponse
from backend.drift.check import check_window, compare_rows, inputs_of
from backend.retraining.configuration import drift_thresholds
from backend.services import current_services
from backend.web.answers import answer
from backend.web.validation import read_body, read_query
from storage.schema.records import utc_now

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
    """Compare logged predictions with the training data; ?feature= adds details of one column."""
    query = read_query(DriftQuery, request.args)
    services = current_services()
    model = services.host.current()
    g.model_version = model.manifest.version
    config = services.configuration.current().config
    found = check_window(
        model.drift_detector,
        model.manifest.version,
        services.database,
        query.until or utc_now(),
        query.window or timedelta(hours=config.window_hours),
        query.feature,
        drift_thresholds(config),
        config.largest_window_rows,
        services.settings.paths.traffic,
    )
    services.metrics.set_drift_share(found.drift_analysis.drift_share)
    return answer(found)
