"""A part that is not available, and why."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Missing:
    """Why there is no part to compare on: a sentence without a full stop."""

    reason: str
