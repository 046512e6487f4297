"""What every room's tests share: settings in a folder of their own, a really trained champion, processes."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from backend.app import create_app
from backend.services import EXTENSION, Services
from storage.database.connection import Database
from storage.log_writer.writer import LogWriter
from storage.schema.records import utc_now
from storage.settings import Settings
from tests.postgresql import postgresql_server
from tests.settings import changed
from tests.system import REPOSITORY, clean_environment, copied_runtime, free_port

TRAINING_SECONDS = 240
KEYS = {"viewer_key": "see", "operator_key": "operate", "admin_key": "administer"}

# As the serving processes do: on shared cores, more threads than one for the trees wait for each other.
os.environ["OMP_NUM_THREADS"] = "1"


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests see the default settings, whatever the person running them has set."""
    for name in [name for name in os.environ if name.startswith("HOUSING_")]:
        monkeypatch.delenv(name)
    monkeypatch.setitem(Settings.model_config, "env_file", None)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings over an empty runtime folder."""
    return Settings(runtime_directory=tmp_path / "runtime")


@pytest.fixture(scope="session")
def trained_runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A runtime folder after a real ``python -m training``, made once for all pytest processes.

    Read-only by agreement: a test that writes copies it (see ``runtime_with_champion``).
    """
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    runtime = shared / "trained_runtime"
    with (shared / "trained_runtime.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (runtime / "models" / "champion.json").exists():
            _train(runtime)
    return runtime


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a real PostgreSQL server, started for this pytest process."""
    with postgresql_server() as url:
        yield url


@pytest.fixture
def runtime_with_champion(trained_runtime: Path, tmp_path: Path) -> Path:
    """A runtime folder of this test's own with the trained versions and nothing recorded yet."""
    return copied_runtime(trained_runtime, tmp_path / "runtime")


@pytest.fixture(name="free_port")
def _free_port() -> int:
    """A port that nothing listens on now."""
    return free_port()


@pytest.fixture
def champion_settings(runtime_with_champion: Path) -> Settings:
    """Settings over a runtime folder with a champion, and a free port for the service."""
    return changed(Settings(runtime_directory=runtime_with_champion), backend_port=free_port())


@pytest.fixture
def service_settings(champion_settings: Settings) -> Settings:
    """Settings with a champion and the three keys."""
    return changed(champion_settings, **KEYS)


@pytest.fixture
def app(service_settings: Settings) -> Iterator[Flask]:
    """The application."""
    app = create_app(service_settings)
    yield app
    services: Services = app.extensions[EXTENSION]
    services.spool.close()
    services.database.close()


@pytest.fixture
def http(app: Flask) -> FlaskClient:
    """A client of the application."""
    return app.test_client()


@pytest.fixture
def store_records(service_settings: Settings) -> Iterator[Callable[[], None]]:
    """Create the database and move what was spooled so far into it, as the log-writer does."""
    database = Database(service_settings.database_address, writable=True)
    database.migrate()
    writer = LogWriter(service_settings.paths, database, 65536)

    def drain() -> None:
        writer.drain(utc_now())

    yield drain
    database.close()


def _train(runtime: Path) -> None:
    command = [sys.executable, "-m", "training"]
    result = subprocess.run(
        [*command, "--candidates", "linear_regression,hist_gradient_boosting"],
        cwd=REPOSITORY,
        env=clean_environment(HOUSING_RUNTIME_DIRECTORY=str(runtime)),
        capture_output=True,
        text=True,
        timeout=TRAINING_SECONDS,
    )
    assert result.returncode == 0, result.stdout + result.stderr
