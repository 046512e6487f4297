"""The Drift page on simulated traffic, as an operator uses it: look, open an input, ask for a retraining."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from backend.contract.drift.analysis import DriftQuery
from tests.browser.console import System, settle, visit
from tests.districts import unseen_districts
from tests.system import wait_for

pytestmark = pytest.mark.xdist_group("browser")

ROWS = 600
REASON = "Incomes rose by half; the newcomers are not in the training data."
ROW_PIXELS = 33


@pytest.fixture
def drifted_traffic(system: System) -> None:
    """Districts asked about whose incomes are half as high again as when the model was trained."""
    system.client.clear_database()
    system.client.predict_batch(unseen_districts(ROWS, income_factor=1.5))
    query = DriftQuery(window=timedelta(hours=1))
    wait_for(lambda: system.client.drift(query).drift_analysis.overall_drift, what="seen drift")


@pytest.mark.usefixtures("drifted_traffic")
def test_drift_is_seen_looked_at_and_answered_with_a_trigger(
    system: System, page: Page, tmp_path: Path
) -> None:
    visit(page, system, "drift?range=1h")
    verdict = page.locator(".st-key-drift_verdict")
    expect(verdict).to_contain_text(re.compile("(Moderate|High) drift"))
    expect(verdict).to_contain_text("Median income: the distribution shifted")
    expect(verdict).to_contain_text("Alarm")
    expect(page.locator(".st-key-drift_harm")).to_contain_text("mainly by median income")
    _send_the_report_on(page, tmp_path / "report.html")
    _open_another_input(page)
    _ask_for_retraining(page)
    expect(page.locator(".st-key-drift_asked_for")).to_contain_text("requested")
    (trigger,) = system.paths.triggers.glob("*.trigger")
    content = json.loads(trigger.read_text())
    assert content["reason"] == REASON
    assert content["window"]["since"] < content["window"]["until"]
    expect(page.locator(".st-key-drift_asked_for")).to_contain_text(trigger.stem)
    _see_the_overview(system, page)
    trigger.unlink()


def _send_the_report_on(page: Page, path: Path) -> None:
    """Download the report and open it from the disk, where nothing may be loaded or go wrong."""
    with page.expect_download() as downloaded:
        page.get_by_role("button", name="Download report").click()
    downloaded.value.save_as(path)
    opened = page.context.new_page()
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.on("console", lambda message: asked.append(message.text))
    opened.goto(path.as_uri())
    expect(opened.get_by_role("heading", level=1)).to_have_text(re.compile("^Drift report: "))
    expect(opened.locator("figure svg")).to_have_count(2)
    assert asked == [path.as_uri()]
    opened.close()


def _open_another_input(page: Page) -> None:
    for chart in ("histogram", "cumulative", "timeline", "multivariate"):
        expect(page.locator(f".st-key-drift_{chart} canvas").first).to_be_visible()
    choice = page.locator(".st-key-drift_opened").get_by_role("combobox")
    expect(choice).to_have_value("Median income")
    settle(page)
    # The table is one picture: the third row's selection box is at its left edge.
    table = page.get_by_test_id("stDataFrame").locator("canvas").first
    table.click(position={"x": 16, "y": 52 + 2 * ROW_PIXELS}, force=True)
    expect(choice).not_to_have_value("Median income")
    settle(page)
    expect(page.get_by_text(f"current n = {ROWS:,}").first).to_be_visible()


def _ask_for_retraining(page: Page) -> None:
    page.get_by_role("button", name="Request retraining with this data").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"{ROWS:,} predictions")
    reason = dialog.get_by_role("textbox", name="Reason")
    expect(reason).to_have_value(re.compile("Median income"))
    reason.fill(REASON)
    reason.press("Control+Enter")
    settle(page)
    dialog.get_by_role("button", name="Confirm request").click()
    expect(dialog).to_have_count(0)


def _see_the_overview(system: System, page: Page) -> None:
    visit(page, system)
    main = page.get_by_test_id("stMain")
    expect(main).to_contain_text("1 of 8 inputs drifted (median income)")
    expect(main).to_contain_text("Estimated ≈")
    expect(main).to_contain_text("Realized: not enough labels (0).")
    chart = page.locator(".st-key-overview_traffic")
    headings = ("Drift, last 24 hours", "Events", "Latest predictions")
    drift, events, predictions = (page.get_by_role("heading", name=name) for name in headings)
    tops = [_top(part) for part in (drift, chart, events, predictions)]
    assert tops == sorted(tops)  # what an operator acts on comes first
    wait_for(
        lambda: any(REASON in event.summary for event in system.client.history().events),
        what="the trigger's event",
    )
    visit(page, system)
    # The table is painted; its text lies in a hidden copy for screen readers.
    expect(main.get_by_text(REASON).first).to_be_attached()


def _top(part: Locator) -> float:
    box = part.bounding_box()
    assert box is not None
    return box["y"]
