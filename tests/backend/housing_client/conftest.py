"""A service as it really runs, for the package that talks to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.settings import Settings
from tests.backend.live_service import live_service
from tests.settings import changed
from tests.system import copied_runtime, free_port


@pytest.fixture(scope="package")
def url(trained_runtime: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a service with its log-writer."""
    folder = tmp_path_factory.mktemp("client")
    runtime = copied_runtime(trained_runtime, folder / "runtime")
    settings = changed(Settings(runtime_directory=runtime), backend_port=free_port())
    with live_service(settings, folder):
        yield settings.addresses.backend_url
