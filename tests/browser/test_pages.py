"""What only a browser can tell of a page: what it fetches, whether it can be read and fits a phone."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request, ViewportSize, expect

from backend.contract.drift.analysis import DriftQuery
from dashboard.navigation import DRIFT
from tests.browser.accessibility import barriers
from tests.browser.console import GROUNDS, PATHS, Scheme, System, settle, visit, wear
from tests.browser.contrast import unreadable_at_rest
from tests.districts import unseen_districts
from tests.system import wait_for

pytestmark = pytest.mark.xdist_group("browser")

LAPTOP: ViewportSize = {"width": 1440, "height": 900}
TELEPHONE: ViewportSize = {"width": 390, "height": 844}
ENOUGH_ROWS = 600


@dataclass
class Shown:
    """The page in the tab, and the addresses it asked for since it was opened."""

    tab: Page
    asked: list[str] = field(default_factory=list)

    def note(self, request: Request) -> None:
        """Remember one request."""
        self.asked.append(request.url)


@pytest.fixture(scope="module")
def tab(system: System, browser: Browser) -> Iterator[Page]:
    """The tab that all pages share, since a new one costs twice the time; Drift has a verdict to show."""
    system.client.predict_batch(unseen_districts(ENOUGH_ROWS))
    query = DriftQuery(window=DRIFT.usual)
    wait_for(lambda: system.client.drift(query).drift_analysis.status == "ok", what="a verdict")
    context = browser.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module", params=PATHS)
def shown(request: pytest.FixtureRequest, system: System, tab: Page) -> Iterator[Shown]:
    """Each page in turn, opened once on a laptop's screen."""
    shown = Shown(tab)
    tab.on("request", shown.note)
    tab.set_viewport_size(LAPTOP)
    visit(tab, system, request.param)
    yield shown
    tab.remove_listener("request", shown.note)


def test_a_page_does_not_fail_and_asks_nothing_of_the_internet(
    system: System, shown: Shown
) -> None:
    assert shown.asked
    parts = [urlsplit(url) for url in shown.asked]
    hosts = {part.netloc for part in parts if part.scheme not in ("data", "blob")}
    assert hosts == {urlsplit(system.console_url).netloc}
    expect(shown.tab.get_by_test_id("stException")).to_have_count(0)
    # A page of ours would stand in the trace. Streamlit itself leaves one when a tab closes while it writes.
    assert "page.py" not in system.console_log()
    log = system.console_log()
    assert not [room for room in ("shared", "charts", "wording") if f"dashboard/{room}" in log]


def test_headings_skip_no_level(shown: Shown) -> None:
    """A person who hears the page finds its parts by them."""
    headings = shown.tab.get_by_test_id("stMain").get_by_role("heading")
    levels = [int(tag[1]) for tag in headings.evaluate_all("all => all.map(one => one.tagName)")]
    assert levels[0] == 1
    steps = [after - before for before, after in pairwise(levels)]
    assert all(step <= 1 for step in steps), levels


@pytest.mark.parametrize("scheme", GROUNDS)
def test_every_text_can_be_read(shown: Shown, scheme: Scheme) -> None:
    wear(shown.tab, scheme)
    assert unreadable_at_rest(shown.tab) == []


def test_axe_finds_no_barrier_of_ours(shown: Shown) -> None:
    found = barriers(shown.tab)
    assert not found, "\n".join(found)


def test_a_page_fits_a_telephone(shown: Shown) -> None:
    shown.tab.set_viewport_size(TELEPHONE)
    shown.tab.reload()
    settle(shown.tab)
    expect(shown.tab.get_by_test_id("stMain")).to_be_visible()
    assert _sideways(shown.tab) == 0


def _sideways(page: Page) -> int:
    """Return by how many pixels the page can be scrolled sideways."""
    script = "main => main.scrollWidth - main.clientWidth"
    return int(page.get_by_test_id("stMain").evaluate(script))
