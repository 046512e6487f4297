"""From a click on Retrain to a better model in service, and back: one walk through two pages."""

import pytest
from playwright.sync_api import Page, expect

from storage.models.store import ModelStore
from tests.browser.console import ADMIN_KEY, System, visit
from tests.browser.operator_steps import ask_for_retraining, change_champion, see_it_serve
from tests.system import wait_for
from tests.versions import publish_dearer

pytestmark = pytest.mark.xdist_group("browser")

REDUCED = {"HOUSING_CANDIDATES": "neighbour_boosting", "HOUSING_SEARCH_TRIALS": "0"}
TRAINING_MILLISECONDS = 180_000
TOO_DEAR = 0.5
"""In 100,000 USD: so much dearer a champion that any training finds a better one."""
REASON, BACK = "Every price is too high.", "The new one is to be looked at again."


@pytest.fixture
def poor_champion(system: System, first_champion: str) -> str:
    """A champion that is easily beaten."""
    store = ModelStore(system.paths)
    poor = publish_dearer(store, first_champion, "poor", TOO_DEAR).version
    store.set_champion(poor)
    wait_for(lambda: system.client.health().model_version == poor, what="the poor champion")
    return poor


def test_retraining_is_followed_to_its_promotion_and_rolled_back(
    system: System, page: Page, poor_champion: str
) -> None:
    visit(page, system, "retrain")
    ask_for_retraining(page, REASON)
    job = page.locator(".st-key-retrain_job")
    with system.worker(**REDUCED):
        expect(job).to_contain_text("Training", timeout=TRAINING_MILLISECONDS)
        expect(job).to_contain_text("Promoted", timeout=TRAINING_MILLISECONDS)
    promoted = ModelStore(system.paths).champion()
    assert promoted.version != poor_champion
    wait_for(
        lambda: system.client.health().model_version == promoted.version, what="the new champion"
    )
    visit(page, system, "registry")
    expect(page.locator(".st-key-registry_serving")).to_contain_text(promoted.version)
    change_champion(page, "Roll back", "Roll back now", poor_champion, BACK, key=ADMIN_KEY)
    see_it_serve(page, system, "Rolled back", poor_champion)
    assert ModelStore(system.paths).champion().version == poor_champion
