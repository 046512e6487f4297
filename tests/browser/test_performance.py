"""The Performance page on simulated traffic, as an operator uses it: look, download, fill in, upload."""

import csv
import io
import re
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.console import CLICK_SECONDS, CLICKS, OPERATOR_KEY, System, settle, visit
from tests.system import said_by, wait_for

pytestmark = pytest.mark.xdist_group("browser")

RATE, SECONDS = 40, 12
LABELS_NEEDED = 100


@pytest.fixture
def traffic(system: System) -> None:
    """Districts asked about whose prices are reported a few seconds later."""
    arguments = ["steady", "--rate", str(RATE), "--duration", str(SECONDS), "--seed", "3"]
    arguments += ["--url", system.service_url, "--source", "client"]
    said_by("-m", "backend.simulate", *arguments, HOUSING_OPERATOR_KEY=OPERATOR_KEY)
    wait_for(lambda: system.client.performance().n_labelled >= LABELS_NEEDED, what="labels enough")


def _open_square(page: Page) -> None:
    """Click the first square of the map until its segment is there: a map being redrawn loses clicks."""
    main = page.get_by_test_id("stMain")
    for _ in range(CLICKS):
        square = page.locator(".st-key-performance_map .points path").first
        # Plotly lays an invisible sheet over its marks, and clicks what the pointer has rested on.
        square.hover(force=True)
        page.wait_for_timeout(300)
        square.click(force=True)
        with suppress(AssertionError):
            expect(main).to_contain_text("on the holdout", timeout=CLICK_SECONDS * 1_000)
            return
    expect(main).to_contain_text("on the holdout")


@pytest.mark.usefixtures("traffic")
def test_the_error_is_seen_and_late_values_are_brought_in(
    system: System, page: Page, tmp_path: Path
) -> None:
    visit(page, system, "performance?range=1h")
    main = page.get_by_test_id("stMain")
    expect(main).to_contain_text("holdout's")
    expect(page.locator(".st-key-performance_error canvas").first).to_be_visible()
    expect(page.locator(".st-key-performance_map .points path").first).to_be_visible()
    _open_square(page)
    expect(page).to_have_url(re.compile(r"where=Latitude%3A.*Longitude%3A"))
    expect(main).to_contain_text("Realized")
    expect(main).to_contain_text("RMSE, estimated")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download to fill in").click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text())))
    assert rows
    known = system.client.database_statistics().statistics.labelled
    filled = tmp_path / "filled.csv"
    lines = [f"{row['prediction_id']},{row['prediction']}" for row in rows]
    filled.write_text("\n".join(["prediction_id,actual", *lines, "nobody,1.0", "x,many"]))
    page.locator(".st-key-performance_file input").set_input_files(filled)
    expect(main).to_contain_text("Not a number")
    page.get_by_role("button", name="Save").click()
    report = page.locator(".st-key-performance_attached")
    expect(report).to_contain_text(f"{len(rows):,}")
    expect(report).to_contain_text("Unknown")
    settle(page)
    assert system.client.database_statistics().statistics.labelled == known + len(rows)
