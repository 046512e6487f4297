"""One system, one browser and one tab for all tests of this folder."""

import shutil
from collections.abc import Iterator
from itertools import product, starmap
from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import pytest
from playwright.sync_api import Browser, Page

from storage.models.store import ModelStore
from storage.paths import RuntimePaths
from tests.browser.console import GROUNDS, MissingBrowser, Scheme, System, chromium, running_system
from tests.system import copied_runtime, free_port, wait_for
from tests.tracking_store import copy_store, empty_store


class Screen(NamedTuple):
    """What a person looks at."""

    width: int
    scheme: Scheme


SCREENS = tuple(starmap(Screen, product((1_440, 1_024), GROUNDS)))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test of a shared tab on one of the screens, or on every one if that is asked for.

    Which one is told by the test's name, so that it is always the same.
    """
    if "screen" in metafunc.fixturenames:
        place = crc32(metafunc.definition.nodeid.encode()) % len(SCREENS)
        every = metafunc.config.getoption("every_screen")
        shown = SCREENS if every else SCREENS[place : place + 1]
        metafunc.parametrize("screen", shown, ids=lambda one: f"{one.width}-{one.scheme}")


class Tab:
    """The tab that tests share: a new one loads and compiles the console's program again."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._page: Page | None = None

    def opened(self, screen: Screen) -> Page:
        """Return it on a screen, opened again if a test has closed it."""
        if self._page is None or self._page.is_closed():
            self._page = self._browser.new_context().new_page()
        self._page.set_viewport_size({"width": screen.width, "height": 900})
        self._page.emulate_media(color_scheme=screen.scheme)
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
def page(_shared_tab: Tab, screen: Screen) -> Iterator[Page]:
    """A tab on a screen, whose next page is a new session of the console."""
    page = _shared_tab.opened(screen)
    yield page
    page.unroute_all()
    page.emulate_media(color_scheme="null")
