"""One system, one browser, and a fresh tab for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.console import MissingBrowser, System, chromium, running_system
from tests.system import copied_runtime, free_port


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
def page(browser: Browser) -> Iterator[Page]:
    """A tab of its own, at the size of a laptop's screen."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()
