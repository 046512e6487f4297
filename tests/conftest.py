"""What every room's tests share: settings in a folder of their own, a really trained champion, processes."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings as hypothesis_settings

from backend.app import create_app
from backend.services import EXTENSION, Services
from storage.log_writer.writer import LogWriter
from storage.schema.records import utc_now
from storage.settings import Settings
from tests.migrated import migrated
from tests.postgresql import postgresql_server
from tests.settings import changed
from tests.system import copied_runtime, free_port
from tests.trained_runtime import SharedTraining, shared_folder, start_order, wants_training

# A busy machine is slow, and a first call may compile: no test is about how long one example takes.
hypothesis_settings.register_profile("suite", deadline=None)
hypothesis_settings.load_profile("suite")

collect_ignore = ["warm_imports.py"]
"""It sets up the process that imports it."""
KEYS = {"viewer_key": "see", "operator_key": "operate", "admin_key": "administer"}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests in the order that keeps all pytest processes busy."""
    items[:] = start_order(items)


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
def trained_runtime(_shared_training: SharedTraining) -> Path:
    """A runtime folder after a real ``python -m training``, made once for all pytest processes.

    Read-only by agreement: a test that writes copies it (see ``runtime_with_champion``).
    """
    return _shared_training.finished()


@pytest.fixture(scope="session", autouse=True)
def _shared_training(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SharedTraining]:
    """Begin the training with the first test, if any test will ask for it."""
    training = SharedTraining(shared_folder(tmp_path_factory))
    if any(wants_training(item) for item in request.session.items):
        training.begin()
    yield training
    training.end()


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
    database = migrated(service_settings.database_address)
    writer = LogWriter(service_settings.paths, database, 65536)

    def drain() -> None:
        writer.drain(utc_now())

    yield drain
    database.close()
