"""The promotion gate's decision: each check with its figures, and the checks that decided it."""

import logging
import math
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from storage.schema.triggers import Trigger, TriggerSource

logger = logging.getLogger(__name__)

Branch = Literal["no champion", "better", "better on recent"]


def finite(value: float | None) -> float | None:
    """Return a number that JSON can represent, or None."""
    return value if value is None or math.isfinite(value) else None


class GateCheck(BaseModel):
    """One check of the gate and its result; failing a ``required`` one blocks the promotion.

    The others decide which path to promotion is open. ``figures`` are what the result is based on, ``limit``
    the value one is compared with, in its unit. ``sentence`` is for a person, without a full stop.
    """

    model_config = ConfigDict(frozen=True)

    name: str
    passed: bool
    required: bool
    sentence: str
    figures: dict[str, int | float | None] = Field(default_factory=dict)
    limit: float | None = None

    @field_validator("figures", mode="after")
    @classmethod
    def _finite(cls, figures: dict[str, Any]) -> dict[str, Any]:
        """Turn a figure that is not finite into null, because JSON cannot represent it."""
        return {name: finite(value) for name, value in figures.items()}

    @field_validator("limit", mode="after")
    @classmethod
    def _finite_limit(cls, limit: float | None) -> float | None:
        return finite(limit)


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
