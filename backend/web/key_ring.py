"""Whose key a request has: the three keys of the environment, and the named ones."""

import hmac
from dataclasses import dataclass
from enum import IntEnum
from typing import get_args

from pydantic import SecretStr

from storage.errors import AuthenticationRequired, HousingError
from storage.keys.known import KnownKeys
from storage.keys.named_key import NamedKey, RoleName
from storage.keys.store import KeyStore
from storage.keys.uses import KeyUses
from storage.schema.records import utc_now
from storage.settings import Settings


class Role(IntEnum):
    """What a key may do; each role includes the ones before it."""

    NOBODY = 0
    VIEWER = 1
    OPERATOR = 2
    ADMIN = 3


ROLES = {role.name.lower(): role for role in Role}


@dataclass(frozen=True, slots=True)
class Holder:
    """Who makes a request: the role, and how audit log, timeline and logs call the key.

    A named key is called by its name and role, such as "cron (operator)"; one of the environment by its role.
    """

    role: Role
    actor: str


NOBODY = Holder(Role.NOBODY, "nobody")


class KeyRing:
    """All keys. Without any, every change of state is refused."""

    def __init__(self, settings: Settings) -> None:
        access = settings.access
        configured = {
            Role.ADMIN: access.admin_key,
            Role.OPERATOR: access.operator_key,
            Role.VIEWER: access.viewer_key,
        }
        self._configured = [
            (key, Holder(role, role.name.lower())) for role, key in configured.items() if key
        ]
        self.store = KeyStore(settings.paths)
        self.uses = KeyUses(settings.paths)
        self._named = KnownKeys(self.store)
        self._holders: dict[str, Holder] = {}
        """By the id of a key, whose name and role never change; made once, as each request asks."""

    @property
    def configured_roles(self) -> list[RoleName]:
        """The roles of which the environment has a key, the highest first."""
        held = {holder.role for _, holder in self._configured}
        return [name for name in reversed(get_args(RoleName)) if ROLES[name] in held]

    def holder(self, authorization: str) -> Holder:
        """Return who sends an Authorization header; without a header, ``NOBODY``.

        Raises
        ------
        AuthenticationRequired
            If the header is not ``Bearer <a known key>``; ``KeyEnded`` if that key was accepted once.
        KeysUnavailable
            If it may be a named key, and these cannot be read.
        """
        if not authorization:
            return NOBODY
        scheme, _, key = authorization.partition(" ")
        if scheme.lower() == "bearer":
            for known, holder in self._configured:
                if _same(key, known):
                    return holder
            named = self._named.held(key, utc_now())
            if named is not None:
                self.uses.note(named.key_id)
                return self._holder_of(named)
        raise AuthenticationRequired("The key is not valid; send `Authorization: Bearer <key>`.")

    def holder_or_nobody(self, authorization: str) -> Holder:
        """Return who sends a header where a wrong key must not look like an outage."""
        try:
            return self.holder(authorization)
        except HousingError:
            return NOBODY

    def _holder_of(self, key: NamedKey) -> Holder:
        holder = self._holders.get(key.key_id)
        if holder is None:
            holder = Holder(ROLES[key.role], f"{key.name} ({key.role})")
            self._holders[key.key_id] = holder
        return holder


def _same(key: str, known: SecretStr) -> bool:
    # Compared in constant time, so that the response time reveals nothing about the right key.
    return hmac.compare_digest(key.encode(), known.get_secret_value().encode())
