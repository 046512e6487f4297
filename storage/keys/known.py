"""The named keys as one process knows them: read anew whenever their file has been replaced."""

from datetime import datetime

from storage.errors import KeyEnded, KeysUnavailable
from storage.keys.named_key import NamedKey, id_in
from storage.keys.store import KeyStore

Stamp = tuple[int, int, int] | None
"""Inode, time of change and size of the file: a file that replaces it differs in one; None without a file."""


class KnownKeys:
    """Any number of threads may ask; a look at the file's stamp precedes each answer."""

    def __init__(self, store: KeyStore) -> None:
        self._store = store
        self._known: tuple[Stamp, dict[str, NamedKey]] = (None, {})

    def held(self, secret: str, now: datetime) -> NamedKey | None:
        """Return the key of a secret; None if there is none.

        Raises
        ------
        KeyEnded
            If it is the secret of a key that is revoked or expired: only its holder is told so.
        KeysUnavailable
            If the keys cannot be read: then none is accepted, as it may have been revoked.
        """
        key_id = id_in(secret)
        if key_id is None:
            return None
        key = self._by_id().get(key_id)
        if key is None or not key.matches(secret):
            return None
        if not key.is_accepted(now):
            raise KeyEnded(f"The key {key.name} is {key.state(now)}; ask an admin for a new one.")
        return key

    def _by_id(self) -> dict[str, NamedKey]:
        # Before the reading, so that a file that replaces it meanwhile is read the next time.
        stamp = self._stamp()
        known, keys = self._known
        if stamp != known:
            keys = {key.key_id: key for key in self._store.all()}
            self._known = (stamp, keys)
        return keys

    def _stamp(self) -> Stamp:
        try:
            found = self._store.path.stat()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise KeysUnavailable(
                f"{self._store.path.name} cannot be read ({error.strerror}): fix its permissions."
            ) from error
        return found.st_ino, found.st_mtime_ns, found.st_size
