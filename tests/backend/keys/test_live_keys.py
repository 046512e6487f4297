"""Named keys while the service runs with several workers: in force, and out of force, everywhere at once."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import requests

from backend.connection import direct_session
from backend.contract.predictions import EXAMPLE
from storage.audit.trail import AuditTrail
from storage.keys.store import KeyStore
from storage.schema.records import utc_now
from storage.settings import Settings
from tests.faults.system_under_test import System, running_system
from tests.settings import changed
from tests.system import Ended, bearer, copied_runtime, finished, free_port, wait_for

pytestmark = pytest.mark.xdist_group("faults")

CONNECTIONS = 24
"""Each stays with the worker that took it; of three workers, all have some."""
MINUTE = timedelta(minutes=1)


class Callers:
    """Connections that are kept, so that requests reach all workers."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._sessions = [direct_session() for _ in range(CONNECTIONS)]

    def statuses(self, key: str, path: str = "/predict") -> set[int]:
        """Return what the next request of each connection is answered with."""
        return {self._asked(session, key, path).status_code for session in self._sessions}

    def refusal(self, key: str) -> str:
        """Return the sentence with which a key is refused."""
        answer = self._asked(self._sessions[0], key, "/predict")
        assert answer.status_code == 401
        return str(answer.json()["error"])

    def _asked(self, session: requests.Session, key: str, path: str) -> requests.Response:
        body = EXAMPLE if path == "/predict" else {}
        return session.post(self._url + path, json=body, headers=bearer(key), timeout=30)


@pytest.fixture(scope="module")
def system(trained_runtime: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    folder = tmp_path_factory.mktemp("keys")
    copied = Settings(runtime_directory=copied_runtime(trained_runtime, folder / "runtime"))
    with running_system(changed(copied, backend_port=free_port()), folder) as system:
        yield system


@pytest.fixture(scope="module")
def callers(system: System) -> Callers:
    return Callers(system.settings.addresses.backend_url)


def _command(system: System, *arguments: str) -> Ended:
    folder = str(system.settings.runtime_directory)
    return finished("-m", "backend.keys", *arguments, HOUSING_RUNTIME_DIRECTORY=folder)


def test_a_key_works_at_once_everywhere_and_revoked_nowhere(
    system: System, callers: Callers
) -> None:
    made = _command(system, "create", "--name", "cron", "--role", "operator", "--expires", "90d")
    secret = made.stdout.strip()
    assert re.fullmatch(r"hk_[0-9a-f]{12}_[\w-]{43}", secret), made
    assert callers.statuses(secret) == {200}
    assert callers.statuses(secret, "/database/clear") == {403}
    key_id = secret.split("_")[1]
    listed = wait_for(
        lambda: next(
            (
                line
                for line in _command(system, "list").stdout.splitlines()
                if key_id in line and not line.endswith("-")
            ),
            None,
        ),
        what="the key's last use",
    )
    assert listed.split()[:4] == ["cron", "operator", "valid", key_id]

    revoked = _command(system, "revoke", "--name", "cron", "--person", "Ada", "--reason", "leaked")
    assert revoked.returncode == 0
    assert callers.statuses(secret) == {401}
    assert callers.refusal(secret) == "The key cron is revoked; ask an admin for a new one."
    last, *_ = AuditTrail(system.settings.paths).newest(9)
    assert (last.action, last.subject, last.reason) == ("key revoked", "cron", "leaked")
    assert last.figures["person"] == "Ada"
    _assert_nowhere(secret, system)


def test_expiry_and_overlap_end_without_anybody_doing_something(
    system: System, callers: Callers
) -> None:
    store = KeyStore(system.settings.paths)
    old = store.create("lab", "viewer", None, "Ada", None, utc_now())
    new = store.rotate(old.key.key_id, timedelta(seconds=3), MINUTE, "Ada", None, utc_now())
    assert callers.statuses(old.secret) == callers.statuses(new.secret) == {200}
    wait_for(lambda: 401 in callers.statuses(old.secret), what="the end of the overlap")
    assert callers.statuses(old.secret) == {401}
    assert callers.refusal(old.secret) == "The key lab is expired; ask an admin for a new one."
    assert callers.statuses(new.secret) == {200}


def test_one_sentence_for_all_that_nobody_holds(system: System, callers: Callers) -> None:
    made = KeyStore(system.settings.paths).create("x", "viewer", None, "Ada", None, utc_now())
    unknown = "hk_0123456789ab_" + 43 * "x"
    nearly = made.secret[:-3] + "xxx"
    assert len({callers.refusal(key) for key in ("guess", unknown, nearly)}) == 1


def test_a_refused_command_says_why(system: System) -> None:
    unknown = _command(system, "revoke", "--name", "nobodys")
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert unknown.stderr.strip() == "No accepted key has the name nobodys."
    for wrong in (
        ["create"],
        ["create", "--name", "a"],
        ["create", "--name", "A", "--role", "viewer"],
    ):
        assert _command(system, *wrong).returncode == 2


def _assert_nowhere(secret: str, system: System) -> None:
    """No file of the system, its logs among them, has a secret."""
    folder = system.settings.paths.root.parent
    looked = [path for path in folder.rglob("*") if path.is_file()]
    assert any(path.name == "api.log" for path in looked)
    for path in looked:
        assert secret[16:].encode() not in path.read_bytes(), path
