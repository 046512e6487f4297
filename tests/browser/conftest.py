"""One system, one browser, and a fresh tab for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from storage.models.store import ModelStore
from tests.browser.console import MissingBrowser, System, chromium, running_system
from tests.system import copied_runtime, free_port, wait_for


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A real Chromium; a missing one fails every test that asks for it."""
    try:
        with chromium() as browser:
            yield browser
    except MissingBrowser as missing:
        pytest.fail(str(missing), pytrace=False)


@pytest.fixture(scope="package")
def system(trained_runtime: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The system over a really trained champion, shared by the tests of this folder."""
    folder = tmp_path_factory.mktemp("system")
    runtime = copied_runtime(trained_runtime, folder / "runtime")
    with running_system(runtime, folder / "logs", free_port(), free_port()) as system:
        yield system


@pytest.fixture
def mended(system: System, browser: Browser) -> Iterator[None]:
    """Leave a running service and no open tab behind, whatever the test does."""
    yield
    for context in browser.contexts:
        context.close()
    if not system.service_runs:
        system.start_service()


@pytest.fixture
def first_champion(system: System) -> Iterator[str]:
    """The champion's version; after the test it serves again, and newer versions are gone."""
    pointer, versions = system.paths.champion_pointer.read_bytes(), set(_version_folders(system))
    first = ModelStore(system.paths).champion().version
    yield first
    system.paths.champion_pointer.write_bytes(pointer)
    wait_for(lambda: system.client.health().model_version == first, what="the first champion")
    for folder in set(_version_folders(system)) - versions:
        shutil.rmtree(folder)


def _version_folders(system: System) -> list[Path]:
    return list(system.paths.versions.iterdir())


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A tab of its own, at the size of a laptop's screen."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()
