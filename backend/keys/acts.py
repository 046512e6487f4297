"""Making, rotating and revoking named keys, each with its entry in the audit log; no entry has a secret."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.audit.chain import AuditAct
from storage.audit.trail import AuditTrail
from storage.keys.named_key import NamedKey, RoleName
from storage.keys.store import KeyStore, NewKey
from storage.schema.records import utc_now
from storage.settings import Settings

COMMAND = "command line"
"""The actor of what is done by command: whoever may write the runtime folder needs no key."""


@dataclass(frozen=True)
class Asked:
    """Who asks, and why."""

    person: str
    reason: str | None


class KeyActs:
    """What the command does to the keys of one runtime folder. Each raises what ``KeyStore`` does."""

    def __init__(self, settings: Settings) -> None:
        self._store = KeyStore(settings.paths)
        self._audit = AuditTrail(settings.paths)

    def create(self, name: str, role: RoleName, lasting: timedelta | None, asked: Asked) -> NewKey:
        """Make a key."""
        made = self._store.create(name, role, lasting, asked.person, asked.reason, utc_now())
        self._record(
            "key created", made.key, asked, role=role, expires_at=_text(made.key.expires_at)
        )
        return made

    def rotate(
        self, name: str, overlap: timedelta, lasting: timedelta | None, asked: Asked
    ) -> NewKey:
        """Make a new secret for a name."""
        now = utc_now()
        old = self._store.accepted(name, now)[0]
        made = self._store.rotate(old.key_id, overlap, lasting, asked.person, asked.reason, now)
        self._record("key rotated", made.key, asked, replaces=old.key_id, overlap=str(overlap))
        return made

    def revoke(self, name: str, asked: Asked) -> list[NamedKey]:
        """Revoke every accepted key of a name: during an overlap, both."""
        now = utc_now()
        revoked = []
        for key in self._store.accepted(name, now):
            revoked.append(self._store.revoke(key.key_id, asked.person, now))
            self._record("key revoked", key, asked)
        return revoked

    def _record(self, action: str, key: NamedKey, asked: Asked, **figures: object) -> None:
        told: Mapping[str, object] = {"key_id": key.key_id, "person": asked.person, **figures}
        act = AuditAct(
            actor=COMMAND, action=action, subject=key.name, reason=asked.reason, figures=dict(told)
        )
        self._audit.record(act)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
