"""The named keys of one runtime folder: a file that is replaced whole, by one process at a time.

It is a file and no table: every worker process looks at its stamp before it believes a key, which takes
microseconds, so that a revoked key is refused everywhere at its next request, with the database down too.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import TypeAdapter, ValidationError

from storage.errors import KeysUnavailable, RecordNotFound, StateConflict
from storage.keys.named_key import NamedKey, RoleName, digest_of, new_secret
from storage.paths import RuntimePaths
from storage.process.atomic_files import write_atomically
from storage.process.lock import exclusive

MOST_KEYS = 500
"""Of more, the oldest that are no longer accepted are forgotten; they stay in the audit log."""
OWNER_ONLY = 0o600
KEPT: TypeAdapter[tuple[NamedKey, ...]] = TypeAdapter(tuple[NamedKey, ...])

Keys = tuple[NamedKey, ...]


@dataclass(frozen=True)
class NewKey:
    """A key that was just made, with the secret that nothing keeps."""

    key: NamedKey
    secret: str


class KeyStore:
    """Making, replacing and revoking keys; each is durable when it returns, and in force at once."""

    def __init__(self, paths: RuntimePaths) -> None:
        self.path = paths.named_keys
        self._lock = paths.named_keys_lock

    def all(self) -> Keys:
        """Return the keys, newest first.

        Raises
        ------
        KeysUnavailable
            If the file is damaged or cannot be read.
        """
        with _in_words(self.path.name):
            return self._read()

    def create(
        self,
        name: str,
        role: RoleName,
        lasting: timedelta | None,
        person: str,
        reason: str | None,
        now: datetime,
    ) -> NewKey:
        """Make a key, without an end if ``lasting`` is None.

        Raises
        ------
        StateConflict, KeysUnavailable
            If an accepted key has the name, or the file cannot be written; nothing changes.
        """
        made = _made(name, role, lasting, person, reason, now)

        def added(keys: Keys) -> Keys:
            if _accepted(keys, name, now):
                raise StateConflict(
                    f"There is a key {name} already: rotate or revoke it, or take another name."
                )
            return (made.key, *keys)

        self._change(added, now)
        return made

    def rotate(
        self,
        key_id: str,
        overlap: timedelta,
        lasting: timedelta | None,
        person: str,
        reason: str | None,
        now: datetime,
    ) -> NewKey:
        """Make a new secret for a key's name and role; the old one is accepted for ``overlap`` more.

        Without ``lasting``, the new one lasts as long as the old one was made for.

        Raises
        ------
        RecordNotFound, StateConflict, KeysUnavailable
            If there is no such key, it is not valid, or the file cannot be written; nothing changes.
        """
        made: list[NewKey] = []

        def replaced(keys: Keys) -> Keys:
            old = _found(keys, key_id)
            if (state := old.state(now)) != "valid":
                raise StateConflict(
                    f"The key {old.name} ({key_id}) is {state}: it has no successor."
                )
            made.append(_made(old.name, old.role, lasting or old.lasting, person, reason, now))
            end = now + overlap if old.expires_at is None else min(old.expires_at, now + overlap)
            ending = old.model_copy(update={"replaced_at": now, "expires_at": end})
            return (made[0].key, *(ending if key is old else key for key in keys))

        self._change(replaced, now)
        return made[0]

    def revoke(self, key_id: str, person: str, now: datetime) -> NamedKey:
        """Refuse a key from its next request on.

        Raises
        ------
        RecordNotFound, StateConflict, KeysUnavailable
            If there is no such key, it is not accepted anyway, or the file cannot be written.
        """

        def without(keys: Keys) -> Keys:
            old = _found(keys, key_id)
            if not old.is_accepted(now):
                raise StateConflict(f"The key {old.name} ({key_id}) is {old.state(now)} already.")
            revoked = old.model_copy(update={"revoked_at": now, "revoked_by": person})
            return tuple(revoked if key is old else key for key in keys)

        return _found(self._change(without, now), key_id)

    def accepted(self, name: str, now: datetime) -> Keys:
        """Return the accepted keys of a name, newest first: two while one replaces the other.

        Raises
        ------
        RecordNotFound, KeysUnavailable
            If there is none, or the file cannot be read.
        """
        found = _accepted(self.all(), name, now)
        if not found:
            raise RecordNotFound(f"No accepted key has the name {name}.")
        return found

    def _change(self, change: Callable[[Keys], Keys], now: datetime) -> Keys:
        with _in_words(self.path.name), exclusive(self._lock):
            keys = _bounded(change(self._read()), now)
            write_atomically(self.path, KEPT.dump_json(keys, indent=2), mode=OWNER_ONLY)
        return keys

    def _read(self) -> Keys:
        try:
            return KEPT.validate_json(self.path.read_bytes())
        except FileNotFoundError:
            return ()


def _made(
    name: str,
    role: RoleName,
    lasting: timedelta | None,
    person: str,
    reason: str | None,
    now: datetime,
) -> NewKey:
    key_id, secret = new_secret()
    key = NamedKey(
        key_id=key_id,
        name=name,
        role=role,
        digest=digest_of(secret),
        created_at=now,
        created_by=person,
        reason=reason,
        expires_at=None if lasting is None else now + lasting,
    )
    return NewKey(key, secret)


def _accepted(keys: Keys, name: str, now: datetime) -> Keys:
    return tuple(key for key in keys if key.name == name and key.is_accepted(now))


def _found(keys: Keys, key_id: str) -> NamedKey:
    found = next((key for key in keys if key.key_id == key_id), None)
    if found is None:
        raise RecordNotFound(f"There is no key with the id {key_id}.")
    return found


def _bounded(keys: Keys, now: datetime) -> Keys:
    while len(keys) > MOST_KEYS:
        ended = next((key for key in reversed(keys) if not key.is_accepted(now)), None)
        if ended is None:
            raise StateConflict(f"There are {MOST_KEYS} keys already: revoke some first.")
        keys = tuple(key for key in keys if key is not ended)
    return keys


@contextmanager
def _in_words(name: str) -> Iterator[None]:
    try:
        yield
    except ValidationError as error:
        raise KeysUnavailable(
            f"{name} is damaged, so no named key is accepted: restore it, or move it away and make new keys. "
            "The keys of the environment go on working."
        ) from error
    except OSError as error:
        raise KeysUnavailable(
            f"{name} cannot be read or written ({error.strerror}): free some disk space or fix its "
            "permissions."
        ) from error
