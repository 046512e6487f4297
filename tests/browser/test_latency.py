"""The Latency page under load: it moves without a reload, canvas and open row outlive it, a drag zooms."""

import re
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

from backend.client import HousingClient, ServiceRefused
from backend.contract.definition import PRESETS
from backend.contract.predictions import HousingFeatures
from dashboard.charts.chart_panel import PANEL_RIGHT
from dashboard.latency.chart import CHART_LEFT
from tests.browser.console import System, choose, open_first_row, settle, visit
from tests.system import wait_for

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
    opened = page.locator(".st-key-latency_slowest_opened")
    open_first_row(page, opened)
    request_id = opened.get_by_role("row", name=re.compile("Request ID")).inner_text()
    before = _requests(page)
    for _ in range(REFRESHES):
        _wait_for_a_refresh(page)
    assert _requests(page) > before
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
    choose(page, "Refresh", "Off")
    held = page.get_by_text(re.compile("Read at"))
    expect(held).to_be_visible()
    words = held.inner_text()
    page.wait_for_timeout(5_000)  # more than two refreshes: nothing may come
    assert held.inner_text() == words
    page.get_by_role("button", name="Read again").click()
    expect(held).not_to_have_text(words)


@pytest.mark.usefixtures("load")
def test_a_drag_across_the_chart_shows_that_part_on_this_page_and_the_next(
    system: System, page: Page
) -> None:
    system.client.predict(PRESETS[0].features)
    visit(page, system, "latency?range=1h&zone=Asia/Kathmandu")
    canvas = page.locator(".st-key-latency_chart canvas").first
    expect(canvas).to_be_visible()
    settle(page)
    _drag(page, canvas, 0.5, 0.75)
    expect(page).to_have_url(re.compile("range=Custom"))
    begin, end = _own_range(page)
    assert end - begin == pytest.approx(timedelta(minutes=15), abs=timedelta(minutes=2))
    # The chart's round steps reach up to a step beyond the hour, on the clock of Kathmandu.
    now = datetime.now(ZoneInfo("Asia/Kathmandu")).replace(tzinfo=None)
    assert now - begin == pytest.approx(timedelta(minutes=30), abs=timedelta(minutes=3))
    settle(page)
    page.get_by_role("link", name="Performance").click()
    expect(page.get_by_role("heading", name="Performance")).to_be_visible()
    assert _own_range(page) == (begin, end)
    before = page.url
    page.get_by_role("button", name="Zoom out").click()
    expect(page).not_to_have_url(before)

    def is_twice_as_wide() -> bool:
        page.wait_for_timeout(50)
        since, until = _own_range(page)
        return until - since == 2 * (end - begin)

    # The address gets one end after the other.
    wait_for(is_twice_as_wide, what="a range that is twice as wide")


def _drag(page: Page, canvas: Locator, begin: float, end: float) -> None:
    """Drag across the plot between two shares of its width."""
    page.wait_for_function("document.querySelector('.st-key-latency_chart').zoom")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    left, width = box["x"] + CHART_LEFT, box["width"] - CHART_LEFT - PANEL_RIGHT
    page.mouse.move(left + begin * width, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(left + end * width, box["y"] + 200, steps=4)
    page.mouse.up()


def _own_range(page: Page) -> tuple[datetime, datetime]:
    """Return the range in the address, as it is written there."""
    given = parse_qs(urlsplit(page.url).query)
    begin, end = (datetime.fromisoformat(given[key][0]) for key in ("from", "to"))
    return begin, end


def _requests(page: Page) -> int:
    words = page.get_by_text(re.compile("per point. Updated")).inner_text()
    return int(words.split()[0].replace(",", ""))


def _wait_for_a_refresh(page: Page) -> None:
    looked = page.get_by_text(re.compile("per point. Updated"))
    expect(looked).not_to_have_text(looked.inner_text())
