"""The part of the client that lists, makes, rotates and revokes keys; all of it needs an admin key."""

from urllib.parse import quote

from backend.contract.keys import (
    KeyMadeResponse,
    KeyRequest,
    KeyRevocation,
    KeyRevokedResponse,
    KeyRotation,
    KeysResponse,
)
from backend.record_client import RecordClient
from storage.keys.named_key import RoleName


class KeyClient(RecordClient):
    """The calls about keys, over a connection to a service."""

    def keys(self) -> KeysResponse:
        """Return the keys of the environment and the named ones, without their secrets."""
        return self._get(KeysResponse, "/keys")

    def create_key(
        self, name: str, role: RoleName, person: str, reason: str, expires_days: int | None = None
    ) -> KeyMadeResponse:
        """Make a named key; its secret is in this answer only."""
        body = KeyRequest(
            name=name, role=role, expires_days=expires_days, person=person, reason=reason
        )
        return self._post(KeyMadeResponse, "/keys", body)

    def rotate_key(
        self,
        key_id: str,
        person: str,
        reason: str,
        overlap_hours: float = 24.0,
        expires_days: int | None = None,
    ) -> KeyMadeResponse:
        """Make a new secret for a key; the old one is accepted for ``overlap_hours`` more."""
        body = KeyRotation(
            overlap_hours=overlap_hours, expires_days=expires_days, person=person, reason=reason
        )
        return self._post(KeyMadeResponse, f"{_path(key_id)}/rotate", body)

    def revoke_key(self, key_id: str, person: str, reason: str) -> KeyRevokedResponse:
        """Refuse a key from its next request on."""
        body = KeyRevocation(person=person, reason=reason)
        return self._post(KeyRevokedResponse, f"{_path(key_id)}/revoke", body)


def _path(key_id: str) -> str:
    return f"/keys/{quote(key_id, safe='')}"
