"""GET /, /health, /info and /schema."""

from typing import Any, Literal

from pydantic import AwareDatetime, Field

from backend.contract.base import Response, Success
from storage.version import VERSION as VERSION

SERVICE_MESSAGE = "California Housing Price Prediction API"


class ServiceDescription(Success):
    """GET /"""

    message: str = SERVICE_MESSAGE
    version: str = VERSION
    endpoints: dict[str, str]
    links: dict[str, str]


class HealthResponse(Response):
    """GET /health: 200 when a model is loaded, 503 when not."""

    status: Literal["healthy", "unhealthy"]
    message: str
    model_version: str | None = None
    workers_by_version: dict[str, int] = Field(
        default_factory=dict,
        description="How many living worker processes serve each model version.",
    )
    refused_version: str | None = Field(
        None,
        description="The champion version that could not be loaded, while an older one serves.",
    )
    refused_reason: str | None = Field(
        None,
        description="Why that version, or the champion pointer itself, was refused.",
    )


class InfoResponse(Success):
    """GET /info: the served model."""

    service_version: str | None = Field(
        None, description="The version of the service itself; older services do not tell it."
    )
    model_type: str
    model_version: str
    features: list[str]
    n_features: int
    model_loaded: bool
    scaler_loaded: bool
    model_parameters: dict[str, Any]
    metrics: dict[str, float]
    trained_at: AwareDatetime


class SchemaResponse(Success):
    """GET /schema: the request bodies as JSON Schema, and an example."""

    schemas: dict[str, Any] = Field(alias="schema")
    example: dict[str, float]
