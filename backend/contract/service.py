"""GET /, /health, /info and /schema."""

from typing import Any, Literal

from pydantic import AwareDatetime, Field

from backend.contract.base import Described, Response, Success
from storage.domain.subject import TITLE
from storage.domain.target import TARGET_UNIT, VALUE
from storage.schema.manifest import LearnedTable as LearnedTable
from storage.version import VERSION as VERSION

SERVICE_MESSAGE = f"{TITLE} {VALUE} prediction API"


class ServiceDescription(Success):
    """GET /"""

    message: str = Field(SERVICE_MESSAGE, description="Name of the service.")
    version: str = Field(VERSION, description="Version of the service.")
    endpoints: dict[str, str] = Field(description="What each endpoint does.")
    links: dict[str, str] = Field(description="Paths of the main pages.")


class SupervisedProcess(Described):
    """A process of the system, as the one that starts it sees it."""

    name: str = Field(description="Its name in the Procfile.")
    state: Literal["running", "restarting", "failing"] = Field(
        description="`restarting` after an end or two; `failing` while it keeps ending soon after its start."
    )
    restarts: int = Field(description="How often it was started again, or is about to be.")
    since: AwareDatetime = Field(description="When it started, or ended if it does not run.")
    last_end: str | None = Field(
        None, description='How it last ended, such as "killed by signal 9"; null if it never did.'
    )
    last_lines: list[str] = Field(
        default_factory=list,
        description="Its last lines of output then; empty for those who may not read.",
    )


class HealthResponse(Response):
    """GET /health: 200 when a model is loaded and records can be written, 503 when not."""

    status: Literal["healthy", "unhealthy"] = Field(
        description="Whether it can predict: a model is loaded and records can be written."
    )
    message: str = Field(description="The state in words.")
    code: str | None = Field(
        None, description="`starting` while it loads its first model; otherwise null."
    )
    model_version: str | None = Field(None, description="Version that this process serves.")
    workers_by_version: dict[str, int] = Field(
        default_factory=dict,
        description="Running worker processes by model version.",
    )
    refused_version: str | None = Field(
        None,
        description="Champion that could not be loaded; an older version serves.",
    )
    refused_reason: str | None = Field(
        None,
        description="Why that version, or the champion pointer, was refused.",
    )
    processes: list[SupervisedProcess] | None = Field(
        None,
        description="The processes that `make up` looks after; null if another program started the service.",
    )
    alarms: list[str] = Field(
        default_factory=list,
        description="What a person should look at although the service predicts, a sentence each.",
    )


def alive() -> HealthResponse:
    """Return the answer to GET /health/live."""
    return HealthResponse(status="healthy", message="The process is running.")


class InfoResponse(Success):
    """GET /info: the served model."""

    service_version: str | None = Field(
        None, description="Version of the service; null from older services."
    )
    model_type: str = Field(description="Class of the model.")
    model_version: str = Field(description="Version of the model.")
    features: list[str] = Field(description="Inputs of the model, in order.")
    n_features: int = Field(description="Number of inputs.")
    model_loaded: bool = Field(description="Always true.")
    scaler_loaded: bool = Field(description="Whether the pipeline includes its preprocessing.")
    model_parameters: dict[str, Any] = Field(description="Hyperparameters.")
    metrics: dict[str, float] = Field(
        description=f"Metrics on the test part; errors in {TARGET_UNIT}."
    )
    trained_at: AwareDatetime = Field(description="When the model was trained.")
    table: LearnedTable | None = Field(
        None, description="The training table; null from releases before 0.3.0."
    )
    dataset_sha256: str | None = Field(None, description="SHA-256 of the training table's values.")


class SchemaResponse(Success):
    """GET /schema: the request bodies as JSON Schema, and an example."""

    schemas: dict[str, Any] = Field(alias="schema", description="JSON Schema of each request body.")
    example: dict[str, float | str | None] = Field(description="A valid body for POST /predict.")
