"""/models: the trained versions, which of them serves, which did before, and changing that by hand."""

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from backend.contract.base import Reason, Request, Success
from backend.contract.performance import Estimate


class ModelVersion(BaseModel):
    """One trained version; errors are in 100,000 USD, on the test part.

    ``holdout_rmse`` is null for the reason in ``holdout_reason``.
    """

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
    holdout_rmse: Estimate | None = None
    holdout_reason: str | None = None


class ModelsResponse(Success):
    """GET /models: newest first. ``unreadable``: folders whose manifest is damaged, left out."""

    versions: list[ModelVersion]
    champion: str | None
    previous: str | None
    changed_at: AwareDatetime | None
    unreadable: list[str]


ChampionChangeKind = Literal["promotion", "rollback"]


class ChampionChange(Request):
    """POST /models/<version>/promote and POST /models/rollback"""

    reason: Reason
    expected_champion: str | None = Field(
        None,
        max_length=100,
        description="The version that is to be replaced. If another one is champion by now, perhaps because"
        " somebody clicked twice, nothing changes and the answer is 409.",
    )


class ChampionChangedResponse(Success):
    """POST /models/<version>/promote and POST /models/rollback: who is champion now, and who was before."""

    change: ChampionChangeKind
    version: str
    previous: str | None
    changed_at: AwareDatetime
    message: str
