"""The service's description, state and schemas."""

from backend.contract.data import TableResponse
from backend.contract.predictions import (
    FEATURE_NAMES,
    PredictionResponse,
)
from backend.contract.service import (
    HealthResponse,
    InfoResponse,
    SchemaResponse,
    ServiceDescription,
)
from backend.demo_api.walk import Connection, Step, demand


def describe(connection: Connection) -> str:
    """GET /"""
    service = connection.get(ServiceDescription, "/")
    return f"{service.message}, version {service.version}, {len(service.endpoints)} endpoints"


def health(connection: Connection) -> str:
    """GET /health"""
    answer = connection.get(HealthResponse, "/health")
    demand(answer.status == "healthy", answer.message)
    return f"{answer.status}, version {answer.model_version}"


def live(connection: Connection) -> str:
    """GET /health/live"""
    return connection.get(HealthResponse, "/health/live").message


def ready(connection: Connection) -> str:
    """GET /health/ready"""
    return connection.get(HealthResponse, "/health/ready").message


def info(connection: Connection) -> str:
    """GET /info"""
    model = connection.get(InfoResponse, "/info")
    demand(model.features == list(FEATURE_NAMES), f"unexpected inputs: {model.features}")
    return f"{model.model_type}, trained {model.trained_at:%Y-%m-%d %H:%M}"


def schema(connection: Connection) -> str:
    """GET /schema"""
    answer = connection.get(SchemaResponse, "/schema")
    connection.post(PredictionResponse, "/predict", answer.example)
    return f"{', '.join(answer.schemas)}; its example is accepted"


def table(connection: Connection) -> str:
    """GET /table"""
    answer = connection.get(TableResponse, "/table")
    demand(answer.reason is None, str(answer.reason))
    parts = answer.split.parts if answer.split is not None else []
    rows = ", ".join(f"{part.rows:,} {part.name}" for part in parts)
    return f"{len(answer.inputs)} inputs; {rows}"


def openapi(connection: Connection) -> str:
    """GET /openapi.json"""
    document = connection.raw("GET", "/openapi.json").json()
    demand(document.get("openapi", "").startswith("3.1"), "not OpenAPI 3.1")
    return f"OpenAPI {document['openapi']}, {len(document['paths'])} paths"


def docs(connection: Connection) -> str:
    """GET /docs and its files"""
    page = connection.raw("GET", "/docs")
    demand("Content-Security-Policy" in page.headers, "the page has no Content-Security-Policy")
    size = len(connection.raw("GET", "/docs/swagger-ui-bundle.js").content)
    return f"a page and {size:,} bytes of its own script"


def refuse_unknown(connection: Connection) -> str:
    """An unknown path, and a method that a path does not support"""
    connection.refused("GET", "/nothing", 404)
    connection.refused("DELETE", "/predict", 405)
    return "404 and 405, as problem documents"


STEPS: tuple[Step, ...] = (
    Step("GET /", "what is this?", describe),
    Step("GET /health", "can it answer?", health),
    Step("GET /health/live", "is it running?", live),
    Step("GET /health/ready", "is it ready?", ready),
    Step("GET /info", "which model?", info),
    Step("GET /schema", "what does it expect?", schema),
    Step("GET /table", "learned from what?", table),
    Step("GET /openapi.json", "for programs", openapi),
    Step("GET /docs", "for people", docs),
    Step("GET /docs/<asset>", "works offline", docs),
    Step("GET /nothing", "an unknown path", refuse_unknown),
)
