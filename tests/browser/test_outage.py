"""The service is killed while pages are open: each says so in one sentence, and fills again by itself."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.console import System, visit

pytestmark = pytest.mark.xdist_group("browser")

DRAWN: dict[str, str | re.Pattern[str]] = {
    "": "Current model",
    "predict": "Predict price",
    "latency": re.compile("Updated|No requests in the last"),
    "logs": "Page 1",
}
"""What each page shows when it has the service."""
OPENED_MEANWHILE = ("", "predict")
"""A page that reads all the time, and one that asks when the operator acts."""


@pytest.mark.usefixtures("mended")
def test_every_page_says_so_in_one_sentence_and_recovers_by_itself(
    system: System, browser: Browser
) -> None:
    open_before = _open(system, browser, *DRAWN)
    for path, page in open_before.items():
        _expect_drawn(page, path)
    system.stop_service()
    for page in open_before.values():
        _expect_one_sentence(page, system)
    opened_meanwhile = _open(system, browser, *OPENED_MEANWHILE)
    for page in opened_meanwhile.values():
        _expect_one_sentence(page, system)
    system.start_service()
    for path, page in [*open_before.items(), *opened_meanwhile.items()]:
        _expect_drawn(page, path)


def _open(system: System, browser: Browser, *paths: str) -> dict[str, Page]:
    context = browser.new_context()
    pages = {path: context.new_page() for path in paths}
    for path, page in pages.items():
        visit(page, system, path)
    return pages


def _expect_drawn(page: Page, path: str) -> None:
    # A browser gives tabs in the background little time: a person looks at one that is in front.
    page.bring_to_front()
    expect(_alerts(page)).to_have_count(0)
    expect(page.get_by_text(DRAWN[path]).first).to_be_visible()


def _expect_one_sentence(page: Page, system: System) -> None:
    page.bring_to_front()
    expect(_alerts(page)).to_have_text(
        [
            f"The prediction service at {system.service_url} does not answer; "
            "this page recovers as soon as it does."
        ]
    )


def _alerts(page: Page) -> Locator:
    return page.get_by_test_id("stAlert").get_by_role("paragraph")
