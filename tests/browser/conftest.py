"""One system, one browser and one tab for all tests of this folder."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from storage.models.store import ModelStore
from storage.paths import RuntimePaths
from tests.browser.console import MissingBrowser, System, chromium, running_system
from tests.system import copied_runtime, free_port, wait_for
from tests.tracking_store import copy_store, empty_store


class Tab:
    """The tab that tests share: a new one loads and compiles the console's program again."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._page: Page | None = None

    def opened(self) -> Page:
        """Return it, opened again if a test has closed it."""
        if self._page is None or self._page.is_closed():
            self._page = self._browser.new_context().new_page()
        self._page.set_viewport_size({"width": 1440, "height": 900})
        return self._page

    def close(self) -> None:
        """Close it and all that belongs to it."""
        if self._page is not None and not self._page.is_closed():
            self._page.context.close()


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
    copy_store(empty_store(tmp_path_factory), RuntimePaths(runtime))
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


@pytest.fixture(scope="package")
def _shared_tab(browser: Browser) -> Iterator[Tab]:
    tab = Tab(browser)
    yield tab
    tab.close()


@pytest.fixture
def page(_shared_tab: Tab) -> Iterator[Page]:
    """A tab at the size of a laptop's screen, whose next page is a new session of the console."""
    page = _shared_tab.opened()
    yield page
    page.unroute_all()
    page.emulate_media(color_scheme="null")
