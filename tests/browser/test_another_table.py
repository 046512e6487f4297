"""A person's own file, as an operator takes it: described, trained, served, looked at, trained again."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from storage.paths import RuntimePaths
from tests.browser.console import System, choose, running_system, settle, visit
from tests.browser.operator_steps import ask_for_retraining
from tests.system import free_port, said_by
from tests.tables.rides import DAYS, TARGET, WEATHER, write_rides
from tests.tracking_store import copy_store, empty_store

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.timeout(900)]

FIRST, SECOND = "linear_regression", "hist_gradient_boosting"
"""The second one is fitted by the retraining: it learns more, and takes little time on a small table."""
REASON = "The harbour station moved last week."


@pytest.fixture(scope="module")
def rides(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The system over a table that was described and trained a moment ago."""
    root = tmp_path_factory.mktemp("rides")
    file, folder, runtime = write_rides(root / "rides.csv"), root / "table", root / "runtime"
    options = ("--target", TARGET, "--subject", "day", "-o", folder)
    said = said_by("-m", "training.describe", file, *options)
    assert f"{DAYS} usable" in said
    copy_store(empty_store(tmp_path_factory), RuntimePaths(runtime))
    table = {
        "HOUSING_TABLE": str(folder),
        "HOUSING_BACKEND_WORKERS": "1",
        # A busy machine may answer more slowly than the gate allows.
        "HOUSING_PROMOTION_LATENCY_BUDGET_MICROSECONDS": "1000000",
    }
    train = ("-m", "training", "--candidates", FIRST, "--despite-checks")
    said_by(*train, **table, HOUSING_RUNTIME_DIRECTORY=str(runtime))
    with running_system(runtime, root / "logs", free_port(), free_port(), **table) as system:
        yield system


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    """One tab for the whole walk."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()


def test_words_are_chosen_from_lists_and_a_real_row_fills_the_form(
    rides: System, tab: Page
) -> None:
    visit(tab, rides, "predict")
    expect(tab.get_by_role("combobox", name=re.compile("Weather"))).to_be_visible()
    expect(tab.get_by_role("spinbutton", name=re.compile("Temperature"))).to_be_visible()
    tab.get_by_role("radio", name=re.compile("High hires")).click()
    settle(tab)
    high = _predicted(tab)
    weather = tab.get_by_role("combobox", name=re.compile("Weather"))
    weather.click()
    options = tab.get_by_role("option")
    assert sorted(options.all_inner_texts()) == sorted(WEATHER)
    options.get_by_text("snow", exact=True).click()
    settle(tab)
    assert _predicted(tab, other_than=high) < high


def test_the_data_page_shows_the_columns_the_words_and_the_split(rides: System, tab: Page) -> None:
    visit(tab, rides, "data")
    main = tab.get_by_test_id("stMain")
    expect(main).to_contain_text(f"{DAYS}")
    expect(main.get_by_role("row", name=re.compile("^Time"))).to_contain_text("day")
    for chart in ("target", "split", "column"):
        expect(tab.locator(f".st-key-data_{chart} canvas").first).to_be_visible()
    choose(tab, "Input", "Weather")
    expect(main).to_contain_text("4 different values")


def test_a_retraining_is_asked_for_and_its_result_is_seen(rides: System, tab: Page) -> None:
    visit(tab, rides, "retrain")
    ask_for_retraining(tab, REASON)
    job = tab.locator(".st-key-retrain_job")
    expect(job).to_contain_text(REASON)
    with rides.worker("training.worker", HOUSING_CANDIDATES=SECOND):
        expect(job).to_contain_text(re.compile("Promoted|Not promoted"), timeout=240_000)
    versions = rides.client.models()
    assert len(versions.versions) == 2
    assert len({one.dataset_sha256 for one in versions.versions}) == 1
    expect(tab.get_by_text("Finished retrainings")).to_be_visible()


def _predicted(page: Page, other_than: int = -1) -> int:
    """Press the button and return the answer."""
    page.get_by_role("button", name="Predict hires").click()
    shown = page.locator(".st-key-predict_value")
    expect(shown).to_have_text(re.compile(r"\d"))
    if other_than >= 0:
        expect(shown).not_to_contain_text(re.compile(rf"\b{other_than:,}\b"))
    settle(page)
    return int(re.sub(r"\D", "", shown.inner_text().split(".")[0]))
