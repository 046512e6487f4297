"""GET /, /health, /info, /schema and /metrics: what this service is, and how it is."""

from flask import Blueprint, Response, current_app
from prometheus_client import CONTENT_TYPE_LATEST

from backend.contract.predictions import EXAMPLE, FEATURE_NAMES, BatchPredictionRequest
from backend.contract.service import (
    HealthResponse,
    InfoResponse,
    SchemaResponse,
    ServiceDescription,
)
from backend.services import current_services
from backend.web.answers import answer
from storage.errors import ModelUnavailable
from storage.schema.features import HousingFeatures

blueprint = Blueprint("service", __name__)

LINKS = {
    "health": "/health",
    "schema": "/schema",
    "metrics": "/metrics",
    "docs": "/docs",
    "openapi": "/openapi.json",
}


@blueprint.get("/")
def describe() -> Response:
    """List the endpoints."""
    return answer(ServiceDescription(endpoints=_endpoints(), links=LINKS))


@blueprint.get("/health")
def health() -> Response:
    """Tell whether a model is loaded: 200 if so, 503 if not."""
    services = current_services()
    host = services.host
    refusal = host.refusal
    refused_version = refusal.version if refusal else None
    refused_reason = refusal.reason if refusal else None
    try:
        version = host.current().manifest.version
    except ModelUnavailable as error:
        unhealthy = HealthResponse(
            status="unhealthy",
            message=str(error),
            refused_version=refused_version,
            refused_reason=refused_reason,
        )
        return answer(unhealthy, 503)
    message = "The service answers predictions."
    if refusal:
        message = f"{refusal.subject} was refused; {version} still serves."
    body = HealthResponse(
        status="healthy",
        message=message,
        model_version=version,
        workers_by_version=services.metrics.workers_by_version(),
        refused_version=refused_version,
        refused_reason=refused_reason,
    )
    return answer(body)


@blueprint.get("/health/ready")
def ready() -> Response:
    """Tell whether this process can predict; the same as /health."""
    return health()


@blueprint.get("/health/live")
def live() -> Response:
    """Tell that this process answers, with or without a model."""
    return answer(HealthResponse(status="healthy", message="The process answers."))


@blueprint.get("/info")
def info() -> Response:
    """Describe the served model."""
    model = current_services().host.current()
    manifest = model.manifest
    body = InfoResponse(
        model_type=manifest.model_type,
        model_version=manifest.version,
        features=list(FEATURE_NAMES),
        n_features=len(FEATURE_NAMES),
        model_loaded=True,
        scaler_loaded=model.has_preprocessing,
        model_parameters=manifest.parameters,
        metrics=manifest.metrics,
        trained_at=manifest.created_at,
    )
    return answer(body)


@blueprint.get("/schema")
def schema() -> Response:
    """Give the request bodies as JSON Schema, with an example."""
    schemas = {
        model.__name__: model.model_json_schema()
        for model in (HousingFeatures, BatchPredictionRequest)
    }
    return answer(SchemaResponse(schemas=schemas, example=EXAMPLE))


@blueprint.get("/metrics")
def metrics() -> Response:
    """Give Prometheus the metrics of all worker processes together."""
    services = current_services()
    exposition = services.metrics.exposition(services.spool_metrics, services.worker_metrics)
    return Response(exposition, content_type=CONTENT_TYPE_LATEST)


def _endpoints() -> dict[str, str]:
    described = {}
    for rule in current_app.url_map.iter_rules():
        view = current_app.view_functions[rule.endpoint]
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            described[f"{method} {rule.rule}"] = (view.__doc__ or "").partition("\n")[0]
    return dict(sorted(described.items(), key=lambda item: item[0].split()[::-1]))
