"""GET /audit: who changed what, and whether the log is intact."""

from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from backend.contract.base import Request, Success
from backend.contract.records import DEFAULT_LIMIT, LARGEST_LIMIT


class AuditQuery(Request):
    """GET /audit"""

    limit: int = Field(DEFAULT_LIMIT, ge=1, le=LARGEST_LIMIT)


class AuditRow(BaseModel):
    """One entry: ``actor`` is the role of a key or a process, ``previous`` the hash of the entry before."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    sequence: int
    timestamp: AwareDatetime
    actor: str
    action: str
    subject: str | None
    reason: str | None
    figures: dict[str, Any]
    request_id: str | None
    previous: str
    hash: str


class ChainState(BaseModel):
    """Whether the log is intact: how many entries are verified, and what is wrong with the first that is not.

    ``note`` is what one should know though nothing is wrong; ``last_hash`` is that of the last entry that
    fits: noted elsewhere, it proves later that this entry is still there.
    """

    model_config = ConfigDict(frozen=True, from_attributes=True)

    holds: bool
    entries: int
    problem: str | None
    note: str | None
    last_hash: str


class AuditResponse(Success):
    """GET /audit: newest first; ``total`` counts the entries returned."""

    entries: list[AuditRow]
    total: int
    chain: ChainState
