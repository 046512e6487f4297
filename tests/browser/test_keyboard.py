"""What operators do, without a mouse."""

import re
from collections.abc import Iterator
from functools import partial
from itertools import chain
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from backend.contract.definition import PRESETS
from storage.domain.inputs import FEATURES
from tests.browser.console import REFRESH_SECONDS, System, settle, visit
from tests.system import wait_for

pytestmark = pytest.mark.xdist_group("browser")

MOST_STOPS = 200
"""Of the tab key on one page: more would tire anybody."""
STOP = """() => {
    const at = document.activeElement
    if (!at || at === document.body) return null
    const style = getComputedStyle(at)
    return {
        tag: at.tagName, name: at.getAttribute('aria-label') || at.innerText,
        ring: style.outlineStyle !== 'none' || style.boxShadow !== 'none',
        sidebar: !!at.closest('[data-testid=stSidebar]'),
    }
}"""


def _open(page: Page, system: System, path: str, name: str) -> None:
    """Open a page and wait until its last part is drawn: what is redrawn loses the place of the tab key."""
    visit(page, system, path)
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
    settle(page)


def _stops(page: Page) -> Iterator[dict[str, Any]]:
    """Walk the page by the tab key, from where it stands to its end."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None:
            return
        yield stop
    raise AssertionError(f"The tab key does not lead out of the page in {MOST_STOPS} steps.")


def _go_to(page: Page, name: str, tag: str) -> None:
    """Press the tab key until something of this name is next.

    Where the page replaced what was next, the browser begins at the top again, and so does a person.
    """
    for stop in chain(_stops(page), _stops(page)):
        if stop["tag"] == tag and name in stop["name"]:
            return
    raise AssertionError(f"The tab key does not lead to {name}.")


def test_whoever_comes_by_keyboard_sees_where_they_are_and_gets_out(
    system: System, page: Page
) -> None:
    _open(page, system, "registry", "Registry")
    links = [stop for stop in _stops(page) if stop["tag"] in ("A", "BUTTON")]
    assert sum(stop["sidebar"] for stop in links) > 10
    assert any(not stop["sidebar"] for stop in links)
    assert [stop["name"] for stop in links if not stop["ring"]] == []


def test_a_page_is_opened_and_a_row_predicted(system: System, page: Page) -> None:
    _open(page, system, "", "Overview")
    _go_to(page, "Predict", "A")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Predict", level=1)).to_be_visible()
    settle(page)
    _go_to(page, FEATURES[0].label, "INPUT")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("2.5")
    _go_to(page, "Predict", "BUTTON")
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-predict_value")).to_be_visible()
    newest = partial(system.rows, "SELECT MedInc FROM predictions ORDER BY id DESC LIMIT 1")
    # It is shown as soon as it is in the spool.
    wait_for(lambda: newest() == [(2.5,)], what="the row that was asked for")


def test_a_request_is_found_and_its_row_opened(system: System, page: Page) -> None:
    system.client.predict(PRESETS[0].features)
    _open(page, system, "latency?refresh=Off", "Latency")
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    _go_to(page, "", "CANVAS")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+Space")
    opened = page.locator(".st-key-latency_slowest_opened")
    request = opened.get_by_role("row", name=re.compile("Request ID")).inner_text().split()[-1]
    _open(page, system, "logs", "Logs")
    expect(page.get_by_role("searchbox", name="Search")).to_be_visible()
    _go_to(page, "Search", "INPUT")
    page.keyboard.type(request)
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-found")).to_contain_text(request)


def test_what_is_next_stays_so_while_the_page_is_read_again(system: System, page: Page) -> None:
    _open(page, system, "", "Overview")
    expect(page.get_by_test_id("stMetric").first).to_be_visible()
    _go_to(page, "Registry", "A")
    _go_to(page, "Performance", "A")
    assert not page.evaluate(STOP)["sidebar"]
    page.wait_for_timeout(2_500 * REFRESH_SECONDS)  # at least two readings
    assert "Performance" in page.evaluate(STOP)["name"]
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Performance", level=1)).to_be_visible()


def test_a_dialog_is_closed_where_it_was_opened(system: System, page: Page) -> None:
    known = system.client.retrainings().total
    _open(page, system, "retrain", "Retrain")
    _go_to(page, "Reason", "TEXTAREA")
    page.keyboard.press("ControlOrMeta+a")  # a drift has a reason there already
    page.keyboard.type("New labels have come.")
    page.keyboard.press("ControlOrMeta+Enter")
    settle(page)
    _go_to(page, "Request retraining", "BUTTON")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("New labels have come.")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    assert system.client.retrainings().total == known
