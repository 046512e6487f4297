"""The text of dialogs can be read, by day and by night."""

from secrets import token_hex

import pytest
from playwright.sync_api import Page, expect

from storage.models.store import ModelStore
from tests.browser.console import ADMIN_KEY, GROUNDS, Scheme, System, visit
from tests.browser.contrast import unreadable_at_rest
from tests.browser.operator_steps import open_retraining_dialog
from tests.versions import publish_dearer

pytestmark = pytest.mark.xdist_group("browser")


@pytest.mark.parametrize("scheme", GROUNDS)
def test_every_text_of_a_dialog_can_be_read(system: System, page: Page, scheme: Scheme) -> None:
    page.emulate_media(color_scheme=scheme)
    visit(page, system, "retrain")
    open_retraining_dialog(page, "To see whether its dialog can be read.")
    expect(page.get_by_role("button", name="Confirm request")).to_be_enabled()
    assert unreadable_at_rest(page) == []


@pytest.mark.parametrize("scheme", GROUNDS)
def test_every_text_of_a_dialog_with_a_form_can_be_read(
    system: System, page: Page, first_champion: str, scheme: Scheme
) -> None:
    publish_dearer(ModelStore(system.paths), first_champion, "dearer")
    page.emulate_media(color_scheme=scheme)
    visit(page, system, "registry")
    page.get_by_role("button", name="Promote challenger").click()
    expect(page.get_by_role("button", name="Promote now")).to_be_enabled()
    assert unreadable_at_rest(page) == []


def test_the_tags_in_a_dialog_can_be_read_by_night(
    system: System, page: Page, first_champion: str
) -> None:
    ModelStore(system.paths).remarks.change(first_champion, add=["baseline"])
    page.emulate_media(color_scheme="dark")
    visit(page, system, "registry")
    page.get_by_role("button", name="Write a note or tag").first.click()
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("Note", exact=True).fill("Keep it.")
    page.get_by_label("Note", exact=True).press("Tab")
    expect(page.get_by_role("button", name="Save")).to_be_enabled()
    assert unreadable_at_rest(page) == []


def test_a_new_key_is_shown_once_in_letters_that_can_be_read(system: System, page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    visit(page, system, "configuration")
    page.get_by_role("textbox", name="Admin key").fill(ADMIN_KEY)
    page.get_by_role("textbox", name="Admin key").press("Enter")
    page.get_by_role("button", name="Show keys").click()
    page.get_by_role("button", name="Make a key").click()
    dialog = page.get_by_role("dialog")
    name = f"cron-{token_hex(4)}"
    for label, text in {"Name of the key": name, "Your name": "Ada", "Reason": "Labels."}.items():
        dialog.get_by_role("textbox", name=label).fill(text)
        dialog.get_by_role("textbox", name=label).press("Tab")
    dialog.get_by_role("button", name="Make it").click()
    secret = page.get_by_role("dialog").locator("code").inner_text()
    assert secret.startswith("hk_")
    assert unreadable_at_rest(page) == []
    page.keyboard.press("Escape")
    expect(page.get_by_text(secret)).to_be_visible()  # only its button closes it
    page.get_by_role("button", name="I have copied it").click()
    expect(page.get_by_text(secret)).to_have_count(0)
    page.reload()
    expect(page.get_by_role("button", name="Show keys")).to_be_visible()
    assert secret not in page.content() + page.url + system.console_log()
