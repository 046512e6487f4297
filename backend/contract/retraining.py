"""GET /retraining/<trigger_id>: one request for retraining, from its asking to its result."""

from typing import Any

from pydantic import AwareDatetime, Field

from backend.contract.base import Success
from storage.schema.records import DataWindow, TriggerSource, TriggerStatus


class RetrainingResponse(Success):
    """GET /retraining/<trigger_id>

    ``progress`` runs from 0 to 1; ``heartbeat_at`` tells when the worker last said so; ``result`` is there
    once it is done or has failed; ``attempts`` counts the workers that began it.
    """

    trigger_id: str
    state: TriggerStatus
    stage: str
    progress: float = Field(ge=0, le=1)
    heartbeat_at: AwareDatetime | None
    attempts: int
    claimed_at: AwareDatetime | None
    finished_at: AwareDatetime | None
    source: TriggerSource
    reason: str
    requested_by: str
    created_at: AwareDatetime
    window: DataWindow | None
    figures: dict[str, Any]
    result: dict[str, Any] | None
