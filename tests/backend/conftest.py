"""One live service for the tests that leave it as they found it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.client import HousingClient
from storage.settings import Settings
from tests.backend.live_service import live_service
from tests.settings import changed
from tests.system import copied_runtime, free_port


@pytest.fixture(scope="package")
def shared_settings(trained_runtime: Path, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of the shared service: a runtime folder with a champion, and a port of its own."""
    runtime = copied_runtime(trained_runtime, tmp_path_factory.mktemp("shared") / "runtime")
    return changed(Settings(runtime_directory=runtime), backend_port=free_port())


@pytest.fixture(scope="package")
def shared_service(shared_settings: Settings) -> Iterator[HousingClient]:
    """A client of a service that other tests of this folder ask too; for tests of one group only."""
    with live_service(shared_settings, shared_settings.runtime_directory.parent) as client:
        yield client
