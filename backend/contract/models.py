"""GET /models: the trained versions, which of them serves, and which did before."""

from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict

from backend.contract.base import Success


class ModelVersion(BaseModel):
    """One trained version; errors in ``metrics`` are in 100,000 USD, on the test part."""

    model_config = ConfigDict(frozen=True, protected_namespaces=())

    version: str
    model_name: str
    model_type: str
    created_at: AwareDatetime
    metrics: dict[str, float]
    parameters: dict[str, Any]
    dataset_sha256: str
    mlflow_run_id: str | None
    is_champion: bool
    is_previous: bool


class ModelsResponse(Success):
    """GET /models: newest first. ``unreadable``: folders whose manifest is damaged, left out."""

    versions: list[ModelVersion]
    champion: str | None
    previous: str | None
    changed_at: AwareDatetime | None
    unreadable: list[str]
