"""What only a browser can tell: nothing is fetched from elsewhere, and every page fits a telephone."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.console import GROUNDS, PATHS, System, visit, wear

pytestmark = pytest.mark.xdist_group("browser")

TELEPHONE_WIDTH = 390


@pytest.mark.parametrize("path", PATHS)
def test_a_page_does_not_fail_and_asks_nothing_of_the_internet(
    system: System, page: Page, path: str
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    visit(page, system, path)
    assert asked
    hosts = {urlsplit(url).netloc for url in asked if urlsplit(url).scheme not in ("data", "blob")}
    assert hosts == {urlsplit(system.console_url).netloc}
    expect(page.get_by_test_id("stException")).to_have_count(0)
    # A page of ours would stand in the trace. Streamlit itself leaves one when a tab closes while it writes.
    assert "page.py" not in system.console_log()
    assert "dashboard/shared" not in system.console_log()


@pytest.mark.parametrize("path", PATHS)
def test_a_page_fits_a_telephone(system: System, browser: Browser, path: str) -> None:
    context = browser.new_context(viewport={"width": TELEPHONE_WIDTH, "height": 844})
    page = context.new_page()
    visit(page, system, path)
    expect(page.get_by_test_id("stMain")).to_be_visible()
    assert _sideways(page) == 0
    context.close()


def test_the_theme_follows_the_browser(system: System, page: Page) -> None:
    visit(page, system)
    for scheme in GROUNDS:
        wear(page, scheme)


def _sideways(page: Page) -> int:
    """Return by how many pixels the page can be scrolled sideways."""
    script = "main => main.scrollWidth - main.clientWidth"
    return int(page.get_by_test_id("stMain").evaluate(script))
