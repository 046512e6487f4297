"""Named keys in their file: one name one valid key, in force at once in every process, never half written."""

import json
import stat
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from storage.errors import (
    KeyEnded,
    KeysUnavailable,
    RecordNotFound,
    StateConflict,
)
from storage.keys import store as store_module
from storage.keys.known import KnownKeys
from storage.keys.store import KeyStore, NewKey
from storage.keys.uses import COARSE_SECONDS, KeyUses
from storage.paths import RuntimePaths
from storage.schema.records import utc_now
from tests.system import REPOSITORY, wait_for

NOW = utc_now()
DAY = timedelta(days=1)
MAKING = """
import sys
from datetime import timedelta
from pathlib import Path
from storage.keys.store import KeyStore
from storage.paths import RuntimePaths
from storage.schema.records import utc_now

store = KeyStore(RuntimePaths(Path(sys.argv[1])))
for number in range(100_000):
    store.create(f"key{number}", "viewer", timedelta(days=1), "Ada", None, utc_now())
    print(number, flush=True)
"""


@pytest.fixture
def paths(tmp_path: Path) -> RuntimePaths:
    return RuntimePaths(tmp_path)


@pytest.fixture
def store(paths: RuntimePaths) -> KeyStore:
    return KeyStore(paths)


def _created(store: KeyStore, name: str = "cron", lasting: timedelta | None = DAY) -> NewKey:
    return store.create(name, "operator", lasting, "Ada", "nightly labels", NOW)


def test_what_is_kept_is_no_secret_and_for_the_owner_only(
    store: KeyStore, paths: RuntimePaths
) -> None:
    secrets = {_created(store, name).secret for name in ("a", "b", "c")}
    assert len(secrets) == 3
    kept = paths.named_keys.read_text()
    assert not any(secret[16:] in kept for secret in secrets)
    assert stat.S_IMODE(paths.named_keys.stat().st_mode) == 0o600


def test_one_process_knows_at_once_what_another_changed(store: KeyStore) -> None:
    known = KnownKeys(store)
    missing = "hk_0123456789ab_" + 43 * "x"
    assert known.held(missing, NOW) is None
    first = _created(store)
    assert known.held(first.secret, NOW) == first.key
    other = KeyStore(RuntimePaths(store.path.parent.parent))
    other.revoke(first.key.key_id, "Bob", NOW)
    with pytest.raises(KeyEnded, match="The key cron is revoked"):
        known.held(first.secret, NOW)
    # Who does not hold the secret is not told whether there is a key with its id.
    assert known.held(first.secret[:-1] + ("A" if first.secret[-1] != "A" else "B"), NOW) is None


def test_an_expired_key_is_refused_and_its_name_free(store: KeyStore) -> None:
    old = _created(store)
    with pytest.raises(StateConflict, match="There is a key cron already"):
        _created(store)
    with pytest.raises(KeyEnded, match="The key cron is expired"):
        KnownKeys(store).held(old.secret, NOW + DAY)
    store.create("cron", "viewer", None, "Ada", None, NOW + DAY)


def test_a_rotation_lets_the_old_secret_go_on_for_the_overlap(store: KeyStore) -> None:
    old = _created(store, lasting=90 * DAY)
    new = store.rotate(old.key.key_id, DAY, None, "Bob", None, NOW + DAY)
    assert (new.key.name, new.key.role, new.key.lasting) == ("cron", "operator", 90 * DAY)
    known = KnownKeys(store)
    within, after = NOW + 1.9 * DAY, NOW + 2 * DAY
    assert [key.state(within) for key in store.all()] == ["valid", "replaced"]
    assert known.held(old.secret, within) is not None
    assert known.held(new.secret, after) is not None
    with pytest.raises(KeyEnded):
        known.held(old.secret, after)
    with pytest.raises(StateConflict, match="is replaced"):
        store.rotate(old.key.key_id, DAY, None, "Bob", None, within)
    assert len(store.accepted("cron", within)) == 2
    # A key that ends within the overlap does not last longer because it was rotated.
    short = _created(store, "short", DAY)
    store.rotate(short.key.key_id, 9 * DAY, None, "Bob", None, NOW)
    assert store.all()[1].expires_at == NOW + DAY


def test_what_cannot_be_done_says_why(store: KeyStore) -> None:
    with pytest.raises(RecordNotFound, match="id none"):
        store.revoke("none", "Ada", NOW)
    with pytest.raises(RecordNotFound, match="No accepted key has the name cron"):
        store.accepted("cron", NOW)
    made = _created(store)
    store.revoke(made.key.key_id, "Ada", NOW)
    with pytest.raises(StateConflict, match="is revoked already"):
        store.revoke(made.key.key_id, "Ada", NOW)


def test_a_damaged_file_lets_no_named_key_in(store: KeyStore, paths: RuntimePaths) -> None:
    made = _created(store)
    known = KnownKeys(store)
    assert known.held(made.secret, NOW) is not None
    content = paths.named_keys.read_bytes()
    paths.named_keys.write_bytes(content[:-20])
    with pytest.raises(KeysUnavailable, match="is damaged"):
        known.held(made.secret, NOW)
    with pytest.raises(KeysUnavailable, match="is damaged"):
        _created(store, "other")
    assert known.held("operate", NOW) is None  # what has not the form of one does not depend on it
    paths.named_keys.write_bytes(content)
    assert known.held(made.secret, NOW) is not None


def test_the_oldest_that_ended_are_forgotten_and_no_accepted_one(
    store: KeyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "MOST_KEYS", 3)
    ended = _created(store, "ended")
    store.revoke(ended.key.key_id, "Ada", NOW)
    for name in ("a", "b", "c"):
        _created(store, name)
    assert [key.name for key in store.all()] == ["c", "b", "a"]
    with pytest.raises(StateConflict, match="There are 3 keys already"):
        _created(store, "d")
    assert len(store.all()) == 3


def test_kill_9_while_keys_are_made_loses_none(store: KeyStore, paths: RuntimePaths) -> None:
    command = [sys.executable, "-c", MAKING, str(paths.root)]
    for _ in range(3):
        paths.named_keys.unlink(missing_ok=True)
        with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as making:
            assert making.stdout is not None
            told = [making.stdout.readline() for _ in range(5)]
            time.sleep(0.003 * len(told))
            making.kill()
            told += making.stdout.readlines()
        kept = {key.name for key in store.all()}
        assert {f"key{line.strip()}" for line in told if line.endswith("\n")} <= kept
        json.loads(paths.named_keys.read_bytes())
        _created(store, "after")  # the kernel has released the lock


def test_the_last_use_is_noted_once_a_minute(
    paths: RuntimePaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    uses = KeyUses(paths)
    assert uses.last("abc") is None
    uses.note("abc")
    first = wait_for(lambda: uses.last("abc"), what="the note of a use")
    assert abs(utc_now() - first) < timedelta(minutes=1)
    uses.note("abc")
    time.sleep(0.05)
    assert uses.last("abc") == first
    later = time.monotonic() + COARSE_SECONDS
    monkeypatch.setattr(time, "monotonic", lambda: later)
    uses.note("abc")
    monkeypatch.undo()
    wait_for(lambda: uses.last("abc") != first, what="the next note")
