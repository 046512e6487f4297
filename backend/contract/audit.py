"""GET /audit: who changed what, and whether the log is intact."""

from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from backend.contract.base import Request, Success
from backend.contract.records import DEFAULT_LIMIT, LARGEST_LIMIT


class AuditQuery(Request):
    """GET /audit"""

    limit: int = Field(
        DEFAULT_LIMIT, ge=1, le=LARGEST_LIMIT, description="Largest number of entries."
    )


class AuditRow(BaseModel):
    """One entry: ``actor`` is a key or a process, ``previous`` the hash of the entry before."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    sequence: int = Field(description="Position in the log, from 1.")
    timestamp: AwareDatetime = Field(description="When the change was made.")
    actor: str = Field(
        description="What made the change: a named key, such as `cron (operator)`, the role of a key of the "
        "environment, `command line`, or the name of a process."
    )
    action: str = Field(description="What was done.")
    subject: str | None = Field(description="What was changed, such as a version or a retraining.")
    reason: str | None = Field(description="Reason given for the change.")
    figures: dict[str, Any] = Field(description="Details of the change.")
    request_id: str | None = Field(
        description="Request that made the change; null if a process made it."
    )
    previous: str = Field(description="Hash of the previous entry.")
    hash: str = Field(description="SHA-256 of this entry.")


class ChainState(BaseModel):
    """Whether the log is intact: the number of verified entries, and the first problem found.

    ``note`` is worth knowing but is not a problem. Store ``last_hash`` elsewhere to prove later that the last
    entry has not been removed.
    """

    model_config = ConfigDict(frozen=True, from_attributes=True)

    holds: bool = Field(description="Whether the log is intact.")
    entries: int = Field(description="Number of verified entries.")
    problem: str | None = Field(
        description="What is wrong with the first entry that fails verification."
    )
    note: str | None = Field(description="Worth knowing, but not a problem.")
    last_hash: str = Field(description="Hash of the last verified entry.")


class AuditResponse(Success):
    """GET /audit: newest first; ``total`` counts the entries returned."""

    entries: list[AuditRow] = Field(description="Newest first.")
    total: int = Field(description="Number of entries returned.")
    chain: ChainState = Field(description="Result of verifying the log.")
