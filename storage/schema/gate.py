"""The promotion gate's decision: each check with its figures, and the checks that decided it."""

import logging
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from storage.schema.gate_check import GateCheck
from storage.schema.triggers import Trigger, TriggerSource

logger = logging.getLogger(__name__)

Branch = Literal["no champion", "better", "better on recent", "better intervals"]


class GateDecision(BaseModel):
    """The decision about a version: ``branch`` is the path that led to a promotion, null without one.

    ``decided_by`` names the deciding checks, the most important first; empty for a first champion and in
    decisions of older releases. ``reason`` is for a person, without a full stop.
    """

    model_config = ConfigDict(frozen=True)

    promote: bool
    branch: Branch | None
    source: TriggerSource
    champion_version: str | None = Field(description="What it was compared with.")
    checks: list[GateCheck]
    decided_by: list[str] = []
    reason: str


def decision_of(trigger: Trigger) -> GateDecision | None:
    """Return the gate's decision in a retraining; None if there is none yet or it is unreadable."""
    try:
        decision = (trigger.result or {}).get("decision")
        return GateDecision.model_validate(decision) if decision is not None else None
    except ValidationError as error:
        logger.warning("The decision of %s cannot be read: %s", trigger.trigger_id, error)
        return None
