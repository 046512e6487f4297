"""A key with a name: who may use the service as what, until when. What is kept of its secret is a hash."""

import hashlib
import hmac
import re
import secrets
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, Field
from pydantic_core import PydanticCustomError

from storage.schema.records import LONGEST_REASON, Record

RoleName = Literal["viewer", "operator", "admin"]
KeyState = Literal["valid", "replaced", "expired", "revoked"]
"""``replaced``: a newer secret has its name, and it goes on until it expires."""

LONGEST_NAME = 40
NAME_FORM = r"^[a-z0-9][a-z0-9._-]*$"
NAME_RULE = (
    "A name has lower-case letters, digits, dots, dashes and underscores, such as ada-laptop."
)
"""So that no two names look alike."""


def _well_formed(name: str) -> str:
    if re.fullmatch(NAME_FORM, name) is None:
        raise PydanticCustomError("key_name", NAME_RULE)
    return name


KeyName = Annotated[
    str,
    Field(max_length=LONGEST_NAME, json_schema_extra={"pattern": NAME_FORM}),
    AfterValidator(_well_formed),
]
PREFIX = "hk_"
"""What a secret begins with, so that one that leaked is found by who searches for it."""
FORM = re.compile(PREFIX + r"([0-9a-f]{12})_[A-Za-z0-9_-]{43}")
SECRET_BYTES = 32


class NamedKey(Record):
    """One key. ``digest`` is the SHA-256 of its secret, hexadecimal.

    A plain hash is right here, where it would be wrong for a password: a secret has 256 random bits, which
    nobody can try through, so that a salt or a slow hash would add nothing but time to each request.
    """

    key_id: str
    name: KeyName
    role: RoleName
    digest: str
    created_at: AwareDatetime
    created_by: str
    reason: str | None = Field(None, max_length=LONGEST_REASON)
    expires_at: AwareDatetime | None = None
    replaced_at: AwareDatetime | None = None
    revoked_at: AwareDatetime | None = None
    revoked_by: str | None = None

    def matches(self, secret: str) -> bool:
        """Whether this is the key of a secret, compared in constant time."""
        return hmac.compare_digest(self.digest, digest_of(secret))

    def state(self, now: datetime) -> KeyState:
        """Return what the key is worth now."""
        if self.revoked_at is not None:
            return "revoked"
        if self.expires_at is not None and self.expires_at <= now:
            return "expired"
        return "valid" if self.replaced_at is None else "replaced"

    def is_accepted(self, now: datetime) -> bool:
        """Whether requests with it are answered."""
        return self.state(now) in ("valid", "replaced")

    @property
    def lasting(self) -> timedelta | None:
        """How long it was made for; None without an end."""
        return None if self.expires_at is None else self.expires_at - self.created_at


def new_secret() -> tuple[str, str]:
    """Return a new key's id and its secret, which contains the id."""
    key_id = secrets.token_hex(6)
    return key_id, f"{PREFIX}{key_id}_{secrets.token_urlsafe(SECRET_BYTES)}"


def id_in(secret: str) -> str | None:
    """Return the id in what may be a secret; None if it has not the form of one.

    Examples
    --------
    >>> id_in("hk_0123456789ab_" + 43 * "x"), id_in("operate")
    ('0123456789ab', None)
    """
    found = FORM.fullmatch(secret)
    return None if found is None else found[1]


def digest_of(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
