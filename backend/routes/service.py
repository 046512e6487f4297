"""GET /, /health, /info, /schema, /table and /metrics: description and state of the service."""

from flask import Blueprint, Response, current_app
from prometheus_client import CONTENT_TYPE_LATEST

from backend.contract.predictions import EXAMPLE, BatchPredictionRequest, PredictionRequest
from backend.contract.service import SchemaResponse, ServiceDescription, alive
from backend.registry.table import table_of
from backend.services import current_services
from backend.serving import health as serving
from backend.supervisor.states import supervised
from backend.web.answers import answer
from backend.web.authorization import may_read
from storage.domain.inputs import HousingFeatures
from storage.schema.records import utc_now

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
    """Check whether a model is loaded and records can be written: 200 if so, 503 if not."""
    services = current_services()
    # Anyone may ask for the state, without a key; what a process printed is for those who may read.
    processes = supervised(
        services.settings.paths.process_states, utc_now(), with_lines=may_read(services.settings)
    )
    found = serving.health(
        services.host, services.spool, services.metrics, services.settings.paths, processes
    )
    return answer(found, 200 if found.status == "healthy" else 503)


@blueprint.get("/health/ready")
def ready() -> Response:
    """Check whether this process can predict; same as /health."""
    return health()


@blueprint.get("/health/live")
def live() -> Response:
    """Check that this process is running, with or without a model."""
    return answer(alive())


@blueprint.get("/info")
def info() -> Response:
    """Describe the served model."""
    return answer(serving.info(current_services().host.current()))


@blueprint.get("/schema")
def schema() -> Response:
    """Return the request bodies as JSON Schema, with an example."""
    schemas = {
        model.__name__: model.model_json_schema()
        for model in (HousingFeatures, PredictionRequest, BatchPredictionRequest)
    }
    return answer(SchemaResponse(schemas=schemas, example=EXAMPLE))


@blueprint.get("/table")
def table() -> Response:
    """Describe the table that the served model learned from: columns, split, and what is odd about it."""
    services = current_services()
    return answer(table_of(services.store, services.host.current().manifest.version))


@blueprint.get("/metrics")
def metrics() -> Response:
    """Return the metrics of all worker processes in Prometheus' text format."""
    services = current_services()
    exposition = services.metrics.exposition(
        services.spool_metrics,
        services.worker_metrics,
        services.process_metrics,
        services.alert_metrics,
    )
    return Response(exposition, content_type=CONTENT_TYPE_LATEST)


def _endpoints() -> dict[str, str]:
    described = {}
    for rule in current_app.url_map.iter_rules():
        view = current_app.view_functions[rule.endpoint]
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            described[f"{method} {rule.rule}"] = (view.__doc__ or "").partition("\n")[0]
    return dict(sorted(described.items(), key=lambda item: item[0].split()[::-1]))
