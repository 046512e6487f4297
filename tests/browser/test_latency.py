"""The Latency page under load: it moves without a reload, and zoom, canvas and open row outlive it."""

import re
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Locator, Page, expect

from backend.client import HousingClient, ServiceRefused
from backend.contract.definition import PRESETS
from backend.contract.predictions import HousingFeatures
from tests.browser.console import System, open_first_row, settle, visit

pytestmark = pytest.mark.xdist_group("browser")

CALLERS = 2
PAUSE_SECONDS = 0.1
REFRESHES = 3
MARK = "canvas => { canvas.dataset.first = 'yes' }"


@pytest.fixture
def load(system: System) -> Iterator[None]:
    """Ask for prices from several threads while the test runs; every fifth is refused."""
    stop = threading.Event()
    callers = [threading.Thread(target=_call, args=(system, stop)) for _ in range(CALLERS)]
    for caller in callers:
        caller.start()
    yield
    stop.set()
    for caller in callers:
        caller.join()


def _call(system: System, stop: threading.Event) -> None:
    features = PRESETS[0].features
    wrong = HousingFeatures.model_construct(None, **features.model_dump() | {"Latitude": 61.0})
    with HousingClient(system.service_url) as client:
        number = 0
        while not stop.wait(PAUSE_SECONDS):
            number += 1
            with suppress(ServiceRefused):  # as meant
                client.predict(wrong if number % 5 == 0 else features)


@pytest.mark.usefixtures("load")
def test_under_load_the_page_moves_and_keeps_what_the_operator_did(
    system: System, page: Page
) -> None:
    system.client.predict(PRESETS[0].features)
    visit(page, system, "latency")
    canvas = page.locator(".st-key-latency_chart canvas").first
    expect(canvas).to_be_visible()
    canvas.evaluate(MARK)
    _zoom(page)
    shown = _shown(page)
    assert shown == ["-10", "0"]
    opened = page.locator(".st-key-latency_slowest_opened")
    open_first_row(page, opened)
    request_id = opened.get_by_role("row", name=re.compile("Request ID")).inner_text()
    before = _requests(page)
    for _ in range(REFRESHES):
        _wait_for_a_refresh(page)
    assert _requests(page) > before
    assert _shown(page) == shown
    expect(page.locator(".st-key-latency_chart canvas[data-first=yes]")).to_have_count(1)
    row = opened.get_by_role("row", name=re.compile("Request ID"))
    expect(row).to_have_text(request_id, use_inner_text=True)
    expect(page.get_by_test_id("stException")).to_have_count(0)


@pytest.mark.usefixtures("load")
def test_a_held_page_stands_still_and_goes_on_when_asked(system: System, page: Page) -> None:
    system.client.predict(PRESETS[0].features)
    visit(page, system, "latency")
    expect(page.locator(".st-key-latency_chart canvas").first).to_be_visible()
    _wait_for_a_refresh(page)
    page.locator(".st-key-latency_live label").click()
    held = page.get_by_text(re.compile("Paused at"))
    expect(held).to_be_visible()
    words = held.inner_text()
    page.wait_for_timeout(5_000)  # more than two refreshes: nothing may come
    assert held.inner_text() == words
    page.locator(".st-key-latency_live label").click()
    expect(page.get_by_text(re.compile("per point. Updated"))).to_be_visible()
    _wait_for_a_refresh(page)


def _zoom(page: Page) -> None:
    """Leave out the first five minutes, by the keyboard."""
    begin = _thumbs(page).first
    begin.focus()
    for _ in range(10):
        page.keyboard.press("ArrowRight")
    expect(begin).to_have_value("-10")
    settle(page)


def _shown(page: Page) -> list[str]:
    return [thumb.input_value() for thumb in _thumbs(page).all()]


def _thumbs(page: Page) -> Locator:
    return page.locator(".st-key-latency_part_15_minutes").get_by_role("slider")


def _requests(page: Page) -> int:
    words = page.get_by_text(re.compile("per point. Updated")).inner_text()
    return int(words.split()[0].replace(",", ""))


def _wait_for_a_refresh(page: Page) -> None:
    looked = page.get_by_text(re.compile("per point. Updated"))
    expect(looked).not_to_have_text(looked.inner_text())
