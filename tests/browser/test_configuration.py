"""The Configuration page as an administrator uses it: change a threshold, with name, reason and key."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.console import ADMIN_KEY, System, settle, visit

pytestmark = pytest.mark.xdist_group("browser")

PERSON = "Ada Lovelace"


@pytest.fixture
def usual_configuration(system: System) -> Iterator[None]:
    """Put the values back that were in force."""
    before = system.client.monitoring_config().config.alert_error_share
    yield
    system.client.change_monitoring_config(
        person=PERSON, reason="The test is over.", alert_error_share=before
    )


@pytest.mark.usefixtures("usual_configuration")
def test_a_threshold_is_changed_with_name_reason_and_key(system: System, page: Page) -> None:
    visit(page, system, "configuration")
    page.get_by_role("tab", name="Alerts").click()
    share = page.get_by_role("spinbutton", name="Error share")
    share.fill("0.25")
    share.press("Enter")
    page.get_by_role("button", name="Change 1 value").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("0.25")
    for name, text in (("Your name", PERSON), ("Reason", "Too many at night.")):
        dialog.get_by_label(name, exact=True).fill(text)
        dialog.get_by_label(name, exact=True).press("Control+Enter")
    confirm = dialog.get_by_role("button", name="Change now")
    dialog.get_by_label("Admin key", exact=True).fill("a wrong key")
    dialog.get_by_label("Admin key", exact=True).press("Enter")
    confirm.click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    assert system.client.monitoring_config().config.alert_error_share != 0.25
    settle(page)
    dialog.get_by_label("Admin key", exact=True).fill(ADMIN_KEY)
    dialog.get_by_label("Admin key", exact=True).press("Enter")
    confirm.click()
    expect(page.get_by_test_id("stMain")).to_contain_text("Changed, as change")
    assert system.client.monitoring_config().config.alert_error_share == 0.25
    assert system.client.audit().entries[0].figures["person"] == PERSON
