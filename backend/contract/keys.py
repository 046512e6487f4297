"""/keys: who may use the service, as what, until when."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BeforeValidator, Field

from backend.contract.alerts import AlertAct
from backend.contract.base import Described, Success
from storage.keys.named_key import LONGEST_NAME as LONGEST_NAME
from storage.keys.named_key import NAME_FORM as NAME_FORM
from storage.keys.named_key import NAME_RULE as NAME_RULE
from storage.keys.named_key import KeyName, KeyState
from storage.keys.named_key import RoleName as RoleName
from storage.schema.whole import read_whole

KeySource = Literal["environment", "named"]
MOST_DAYS = 3650
MOST_OVERLAP_HOURS = 24.0 * 90
Days = Annotated[int, Field(strict=True, ge=1, le=MOST_DAYS), BeforeValidator(read_whole)]


class KeyRow(Described):
    """One key, never its secret. Of one of the environment only name and role are known."""

    key_id: str | None = Field(
        None,
        description="Id of the key, which its secret contains; null for one of the environment.",
    )
    name: str = Field(description="Name of the key; for one of the environment, its role.")
    role: RoleName = Field(description="What it may do.")
    source: KeySource = Field(
        description="Whether it is a named key, or a setting of the environment."
    )
    state: KeyState = Field(
        description="Whether it is accepted: `valid`, or `replaced` and accepted until `expires_at`; or not: "
        "`expired`, `revoked`."
    )
    created_at: AwareDatetime | None = Field(None, description="When it was made.")
    created_by: str | None = Field(None, description="Person who made it.")
    reason: str | None = Field(None, description="Why it was made.")
    expires_at: AwareDatetime | None = Field(
        None, description="Until when it is accepted; null without an end."
    )
    replaced_at: AwareDatetime | None = Field(
        None, description="When a newer secret got its name; null if none did."
    )
    revoked_at: AwareDatetime | None = Field(None, description="When it was revoked.")
    revoked_by: str | None = Field(None, description="Person who revoked it.")
    last_used_at: AwareDatetime | None = Field(
        None,
        description="When it was last accepted, to within a minute; null if never, and for those of the "
        "environment.",
    )

    @property
    def is_accepted(self) -> bool:
        """Whether requests with it are answered."""
        return self.state in ("valid", "replaced")


class KeysResponse(Success):
    """GET /keys: those of the environment, then the named ones, newest first."""

    keys: list[KeyRow] = Field(description="All keys; of those that ended, the newest.")


class KeyRequest(AlertAct):
    """POST /keys: a name that no accepted key has, and what the key may do."""

    name: KeyName = Field(
        description="Name of the key, such as `cron`: lower-case letters, digits, dots, dashes, underscores."
    )
    role: RoleName = Field(description="What it may do; each role includes those before it.")
    expires_days: Days | None = Field(
        None,
        description="Days for which it is accepted; null without an end.",
    )


class KeyRotation(AlertAct):
    """POST /keys/<key_id>/rotate: a new secret for the same name and role."""

    overlap_hours: float = Field(
        24.0,
        strict=True,
        ge=0.0,
        le=MOST_OVERLAP_HOURS,
        description="Hours for which the old secret is still accepted.",
    )
    expires_days: Days | None = Field(
        None,
        description="Days for which the new one is accepted; null for as long as the old one was made for.",
    )


class KeyRevocation(AlertAct):
    """POST /keys/<key_id>/revoke: refused from its next request on."""


class KeyMadeResponse(Success):
    """A key that was just made. Nothing keeps its secret: this is the only time that it is told."""

    key: KeyRow = Field(description="The key.")
    secret: str = Field(description="What to send as `Authorization: Bearer <secret>`.")


class KeyRevokedResponse(Success):
    """The key as it is now."""

    key: KeyRow = Field(description="The key.")
