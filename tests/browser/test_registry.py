"""The Registry page as an operator uses it: compare, promote, see it serve, roll back, read the audit."""

import re

import pytest
from playwright.sync_api import Page, expect

from storage.models.store import ModelStore
from tests.browser.console import ADMIN_KEY, System, visit
from tests.browser.operator_steps import change_champion, see_it_serve
from tests.versions import publish_dearer

pytestmark = pytest.mark.xdist_group("browser")

FORWARD, BACK = "Its prices follow the market.", "Its errors have doubled."


def test_two_versions_are_compared_one_promoted_and_rolled_back(
    system: System, page: Page, first_champion: str
) -> None:
    champion = first_champion
    challenger = publish_dearer(ModelStore(system.paths), champion, "dearer").version
    visit(page, system, "registry")
    outcome = page.locator(".st-key-registry_outcome")
    expect(outcome).to_contain_text("The challenger is worse")
    expect(outcome).to_contain_text(re.compile(r"difference \+\$[\d,]+ \(\+\$"))
    for chart in ("figures", "forest"):
        expect(page.locator(f".st-key-registry_{chart} canvas").first).to_be_visible()
    expect(page.locator(".st-key-registry_gate_right")).to_contain_text("No verdict")
    change_champion(page, "Promote challenger", "Promote now", challenger, FORWARD, key=ADMIN_KEY)
    see_it_serve(page, system, "Promoted", challenger)
    expect(page.locator(".st-key-registry_serving")).to_contain_text(challenger)
    change_champion(page, "Roll back", "Roll back now", champion, BACK, key=None)
    see_it_serve(page, system, "Rolled back", champion)
    _see_the_audit(page)
    assert ADMIN_KEY not in page.url
    assert ADMIN_KEY not in system.console_log()


def _see_the_audit(page: Page) -> None:
    expect(page.locator(".st-key-registry_chain")).to_contain_text("Audit log intact")
    audit = page.locator(".st-key-registry_entries")
    # The table is painted once it is in sight; its text lies in a hidden copy for screen readers.
    audit.scroll_into_view_if_needed()
    for text in (FORWARD, BACK, "Promotion", "Rollback", "Admin"):
        expect(audit.get_by_text(text).first).to_be_attached()
