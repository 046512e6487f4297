"""The Alerts page as whoever is on call uses it: from what needs attention to its owner, and to silence."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from backend.alerts.machine import step
from backend.alerts.store import AlertStore
from storage.schema.records import utc_now
from tests.backend.alerts.test_machine import reading
from tests.browser.console import System, settle, visit

pytestmark = pytest.mark.xdist_group("browser")

PERSON = "Ada Lovelace"


@pytest.fixture
def fired(system: System) -> Iterator[AlertStore]:
    """What the monitor keeps once a rule has been broken; the rule holds again afterwards."""
    store = AlertStore(system.paths)
    before = store.read()
    store.change(lambda book: step(book, [reading(True, hold=0)], utc_now()))
    yield store
    store.change(lambda _: before)


def test_an_alert_is_seen_on_overview_taken_and_silenced(
    system: System, page: Page, fired: AlertStore
) -> None:
    visit(page, system)
    main = page.get_by_test_id("stMain")
    expect(main).to_contain_text("latency is bad")
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Alerts").click()
    expect(page.get_by_role("heading", name="Alerts", level=1)).to_be_visible()
    _act(page, "Acknowledge", "I am looking at it.")
    expect(main).to_contain_text(f"owner {PERSON}")
    assert fired.read().firing[0].acknowledged_by == PERSON
    _act(page, "Silence", "Until the disk is larger.")
    expect(main).to_contain_text("Silenced")
    assert fired.read().firing[0].silenced_until is not None
    audited = system.client.audit().entries
    assert {entry.figures["person"] for entry in audited[:2]} == {PERSON}


def _act(page: Page, button: str, reason: str) -> None:
    settle(page)
    page.get_by_role("button", name=button, exact=True).first.click()
    dialog = page.get_by_role("dialog")
    _fill(dialog, "Your name", PERSON)
    _fill(dialog, "Reason", reason)
    dialog.get_by_role("button", name=button, exact=True).click()
    expect(dialog).to_have_count(0)


def _fill(dialog: Locator, name: str, text: str) -> None:
    field = dialog.get_by_label(name, exact=True)
    field.fill(text)
    field.press("Control+Enter")
