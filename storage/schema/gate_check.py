"""One check of a model: the gate's, and each training's own."""

import math
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator


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
