"""What an operator does in more than one test."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.console import System, settle


def ask_for_retraining(page: Page, reason: str) -> None:
    """On the Retrain page: give the reason, ask, confirm."""
    dialog = open_retraining_dialog(page, reason)
    expect(dialog).to_contain_text(reason)
    dialog.get_by_role("button", name="Confirm request").click()
    expect(dialog).to_have_count(0)


def open_retraining_dialog(page: Page, reason: str) -> Locator:
    """On the Retrain page: give the reason and ask; return what wants it confirmed."""
    field = page.get_by_role("textbox", name="Reason")
    field.fill(reason)
    field.press("Control+Enter")
    settle(page)
    page.get_by_role("button", name="Request retraining").click()
    return page.get_by_role("dialog")


def change_champion(
    page: Page, button: str, confirm: str, version: str, reason: str, key: str | None
) -> None:
    """On the Registry page: promote or roll back, as the dialog asks; ``key`` None where it is known."""
    page.get_by_role("button", name=button).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Type the version to confirm", exact=True).fill(version)
    dialog.get_by_label("Reason", exact=True).fill(reason)
    if key is not None:
        dialog.get_by_label("Admin key", exact=True).fill(key)
    else:
        expect(dialog).to_contain_text("Using the admin key you entered in this session.")
    dialog.get_by_role("button", name=confirm).click()
    expect(dialog).to_have_count(0)


def see_it_serve(page: Page, system: System, done: str, version: str) -> None:
    """Wait until the Registry page says that every worker serves the version."""
    state = page.locator(".st-key-registry_arrival_state")
    expect(state).to_contain_text(f"{done}: every worker serves {version}")
    assert system.client.health().model_version == version
    settle(page)
