"""The walk of a newcomer: from a district to a price, and from the price to everywhere it is recorded."""

import re

import pytest
import requests
from playwright.sync_api import Page, expect

from backend.contract.definition import PRESETS, PresetRow
from backend.contract.records import LogsQuery, RequestsQuery
from dashboard.wording.value import written
from tests.browser.console import System, open_first_row, visit
from tests.system import wait_for

pytestmark = pytest.mark.xdist_group("browser")

CUPERTINO = next(district for district in PRESETS if district.name == "Cupertino")
CLEARED = LogsQuery(q="was cleared", limit=1)
STORED_SECONDS = 30


def test_a_price_in_the_browser_is_found_everywhere_it_is_recorded(
    system: System, page: Page
) -> None:
    counted_before = _predictions_counted(system)
    prediction_id, price = _ask(system, page, CUPERTINO)

    row = wait_for(lambda: _stored(system, prediction_id), STORED_SECONDS, "the stored prediction")
    value, request_id, *inputs = row
    assert written(float(str(value))) == price
    assert tuple(inputs) == CUPERTINO.inputs

    logged = system.client.prediction(prediction_id).prediction
    assert logged.input == CUPERTINO.features
    assert written(logged.prediction) == price
    answered = wait_for(
        lambda: system.client.api_metrics(RequestsQuery(endpoint="/predict")).metrics,
        STORED_SECONDS,
        "the recorded request",
    )
    assert request_id in {request.request_id for request in answered}
    assert system.client.logs(LogsQuery(limit=1)).total == 1
    assert _predictions_counted(system) == counted_before + 1


def test_the_overview_shows_the_prediction_without_a_reload(system: System, page: Page) -> None:
    visit(page, system)
    known = system.client.database_statistics().statistics.predictions
    for _ in range(3):
        system.client.predict(CUPERTINO.features)
    records = page.get_by_role("row", name=re.compile(r"^Predictions"))
    expect(records).to_contain_text(f"{known + 3:,}")
    expect(page.locator(".st-key-overview_traffic canvas").first).to_be_visible()
    expect(page.get_by_text("Latest predictions")).to_be_visible()


def test_an_empty_overview_leads_to_the_first_price(system: System, page: Page) -> None:
    system.client.clear_database()
    visit(page, system)
    page.get_by_role("link", name="Make a prediction").click()
    expect(page.get_by_role("heading", name="Predict", level=1)).to_be_visible()
    expect(page.get_by_text("No price yet")).to_be_visible()


def test_a_quick_press_after_a_district_never_mixes_two(system: System, page: Page) -> None:
    visit(page, system, "predict")
    for district in PRESETS:
        page.get_by_role("radio", name=district.name).click()
        page.get_by_role("button", name="Predict price").click()
        shown = written(system.client.predict(district.features).prediction)
        expect(page.locator(".st-key-predict_value")).to_have_text(shown)


def test_a_log_line_is_searched_and_opened(system: System, page: Page) -> None:
    system.client.clear_database()  # which the service logs
    wait_for(lambda: system.client.logs(CLEARED).total, STORED_SECONDS, "the log line")
    visit(page, system, "logs")
    page.get_by_role("searchbox", name="Search").fill(str(CLEARED.q))
    page.keyboard.press("Enter")
    # A search can be shared by its address, where it stands before the table shows what was found.
    expect(page).to_have_url(re.compile(r"find=was\+cleared"))
    found = system.client.logs(CLEARED).total
    expect(page.locator(".st-key-log_paging")).to_contain_text(f"Page 1, {found} row")
    opened = page.locator(".st-key-log_opened")
    open_first_row(page, opened)
    expect(opened).to_contain_text("The database was cleared")
    expect(opened).to_contain_text(str(system.client.logs(CLEARED).logs[0].request_id))
    # A value of the counts filters with a key too, and the filter is in the address.
    page.locator(".st-key-log_by_level_0 button").first.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"find=was\+cleared.*log_level=|log_level=.*find=was"))


def test_the_navigation_leads_to_every_page_and_out_to_mlflow(system: System, page: Page) -> None:
    visit(page, system)
    for name in ("Predict", "Latency", "Logs", "Overview"):
        page.get_by_test_id("stSidebar").get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
    link = page.get_by_role("link", name=re.compile("MLflow"))
    assert link.get_attribute("href") == "http://127.0.0.1:5001"


def _ask(system: System, page: Page, district: PresetRow) -> tuple[str, str]:
    visit(page, system, "predict")
    page.get_by_role("radio", name=district.name).click()
    income = page.get_by_role("spinbutton", name=re.compile("Median income"))
    expect(income).to_have_value(f"{district.inputs[0]:.6g}")
    page.get_by_role("button", name="Predict price").click()
    price = page.locator(".st-key-predict_value")
    expect(price).to_have_text(re.compile(r"^\$\d{2,3},\d00$"))
    fact = page.get_by_role("row", name=re.compile("Prediction ID")).get_by_role("cell").last
    return fact.inner_text(), price.inner_text()


def _stored(system: System, prediction_id: str) -> tuple[object, ...] | None:
    columns = "prediction, request_id, " + ", ".join(CUPERTINO.features.model_dump())
    query = f"SELECT {columns} FROM predictions WHERE prediction_id = ?"  # noqa: S608 - our own names
    return next(iter(system.rows(query, prediction_id)), None)


def _predictions_counted(system: System) -> float:
    text = requests.get(f"{system.service_url}/metrics", timeout=10).text
    samples = re.findall(r"^ml_predictions_total(?:\{.*\})? (\S+)$", text, re.MULTILINE)
    return sum(float(sample) for sample in samples)
