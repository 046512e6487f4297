"""Around one answer, done for real: interval, contributions, sensitivity, map, scenarios, the link."""

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, Request, expect

from backend.contract.definition import PRESETS, PresetRow
from backend.contract.predictions import FEATURES
from dashboard.predict.nearest import NUMBER
from dashboard.wording.value import written
from tests.browser.console import GROUNDS, System, settle, visit, wear
from tests.browser.contrast import MEASURE, READABLE, READABLE_PICTURE

pytestmark = pytest.mark.xdist_group("browser")

CUPERTINO, DELANO = (
    next(district for district in PRESETS if district.name == name)
    for name in ("Cupertino", "Delano")
)
TELEPHONE_WIDTH = 390
ROW_PIXELS = 35
ANSWERED_MILLISECONDS = 15_000


def test_from_a_district_to_scenarios_and_a_link_that_another_person_opens(
    system: System, page: Page, browser: Browser
) -> None:
    visit(page, system, "predict")
    _ask(system, page, CUPERTINO)
    _expect_interval(system, page, CUPERTINO)
    _expect_contributions_that_add_up(page)
    _expect_every_curve(page)
    _expect_the_map(page)
    _expect_two_scenarios_kept_between_pages(system, page)
    _expect_the_link_to_fill_another_form(page, browser)


def test_an_edited_form_marks_the_old_price_until_it_is_asked_again(
    system: System, page: Page
) -> None:
    visit(page, system, "predict")
    _ask(system, page, CUPERTINO)
    notice = page.get_by_text("Not for the inputs as they are now")
    income = _field(page, "Median income")
    expect(notice).to_be_hidden()
    page.wait_for_function("document.querySelector('.st-key-predict_inputs').isWatched")
    asked = income.input_value()
    income.fill("3.3")
    expect(notice).to_be_visible()
    income.fill(asked)
    expect(notice).to_be_hidden()
    income.fill("3.3")
    page.get_by_role("button", name="Predict price").click()
    expect(notice).to_be_hidden()
    other = CUPERTINO.features.model_copy(update={"MedInc": 3.3})
    price = written(system.client.predict(other).prediction)
    expect(_price(page)).to_have_text(price, timeout=ANSWERED_MILLISECONDS)


def test_wrong_values_in_an_address_are_said_and_left_out(system: System, page: Page) -> None:
    visit(page, system, "predict?HouseAge=old&Latitude=61&MedInc=3.3")
    alert = page.get_by_test_id("stAlert")
    expect(alert).to_contain_text("house age in the link is not a number and was ignored")
    expect(alert).to_contain_text("latitude in the link is outside 32 to 42.5 and was ignored")
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(_field(page, "Median income")).to_have_value("3.3")


def test_going_back_in_the_browser_goes_back_to_the_form_before(system: System, page: Page) -> None:
    visit(page, system, "predict")
    for district in (CUPERTINO, DELANO):
        _ask(system, page, district)
        expect(page).to_have_url(re.compile(f"Latitude={district.inputs[6]}"))
    page.go_back()
    expect(_field(page, "Latitude")).to_have_value(f"{CUPERTINO.inputs[6]:g}")
    expect(page).to_have_url(re.compile(f"Latitude={CUPERTINO.inputs[6]}"))
    price = written(system.client.predict(CUPERTINO.features).prediction)
    expect(_price(page)).to_have_text(price, timeout=ANSWERED_MILLISECONDS)


@pytest.mark.parametrize("width", [1440, TELEPHONE_WIDTH])
def test_every_tab_fits_and_can_be_read(system: System, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    page.on("request", note)
    visit(page, system, "predict")
    _ask(system, page, CUPERTINO)
    page.get_by_role("button", name="Pin this prediction").click()
    for tab in ("Contributions", "Sensitivity", "Map", "Scenarios"):
        page.get_by_role("tab", name=tab).click()
        for scheme in GROUNDS:
            wear(page, scheme)
            settle(page)
            page.wait_for_timeout(800)  # text fades in
            settle(page)  # a live part that ran meanwhile shows its Stop button
            main = page.get_by_test_id("stMain")
            assert main.evaluate("main => main.scrollWidth - main.clientWidth") == 0, tab
            assert _too_faint(page) == [], (tab, scheme)
    page.remove_listener("request", note)
    assert [url for url in asked if url.startswith("http") and "127.0.0.1" not in url] == []


def test_no_fact_of_an_answer_is_cut_on_a_small_screen(system: System, page: Page) -> None:
    page.set_viewport_size({"width": 1_024, "height": 1_000})
    visit(page, system, "predict")
    _ask(system, page, CUPERTINO)
    beyond = "box => box.querySelector('table').offsetWidth - box.clientWidth"
    assert page.get_by_test_id("stTable").evaluate(beyond) <= 1


def _ask(system: System, page: Page, district: PresetRow) -> None:
    page.get_by_role("radio", name=district.name).click()
    page.get_by_role("button", name="Predict price").click()
    shown = written(system.client.predict(district.features).prediction)
    expect(_price(page)).to_have_text(shown, timeout=ANSWERED_MILLISECONDS)
    settle(page)


def _expect_interval(system: System, page: Page, district: PresetRow) -> None:
    interval = system.client.predict(district.features).interval
    drawn = page.locator(".st-key-predict_interval")
    expect(drawn).to_contain_text(f"90% interval: {written(interval.lower)} to ")
    bar = drawn.get_by_role("img").bounding_box()
    assert bar is not None
    assert bar["width"] > 200
    expect(page.locator(".st-key-predict_support")).to_contain_text(
        re.compile(r"(Well supported|Sparse|Extrapolation) · support \d\.\d\d")
    )


def _expect_contributions_that_add_up(page: Page) -> None:
    page.get_by_role("button", name="Explain this price").click()
    texts = page.locator(".st-key-predict_waterfall .waterfalllayer .bartext")
    expect(texts).to_have_count(len(FEATURES) + 2, timeout=ANSWERED_MILLISECONDS)
    base, *parts, price = texts.all_text_contents()
    assert price == _price(page).inner_text()
    assert _amount(base) + sum(map(_amount, parts)) == _amount(price)


def _expect_every_curve(page: Page) -> None:
    page.get_by_role("tab", name="Sensitivity").click()
    for feature in FEATURES:
        curve = page.locator(f".st-key-predict_curve_{feature.name} canvas").first
        expect(curve).to_be_visible(timeout=ANSWERED_MILLISECONDS)


def _expect_the_map(page: Page) -> None:
    page.get_by_role("tab", name="Map").click()
    outline = page.locator(".st-key-predict_overview .scatterlayer path.js-line").first
    expect(outline).to_be_visible(timeout=ANSWERED_MILLISECONDS)
    dots = page.locator(".st-key-predict_around .scatterlayer .points path")
    expect(dots.first).to_be_visible()
    assert 2 <= dots.count() <= NUMBER + 1
    expect(page.get_by_text("The red ring marks this block group.")).to_be_visible()
    dots.nth(1).hover(force=True)
    expect(page.locator(".st-key-predict_around .hoverlayer")).to_contain_text("km")


def test_a_near_row_is_asked_about_with_one_click(system: System, page: Page) -> None:
    visit(page, system, "predict")
    _ask(system, page, CUPERTINO)
    page.get_by_role("tab", name="Map").click()
    expect(page.get_by_text("The red ring marks this block group.")).to_be_visible()
    settle(page)
    table = page.get_by_test_id("stDataFrame").locator("canvas").first
    before = page.url
    # The first is the row itself; the second's selection box is at its left edge.
    table.click(position={"x": 16, "y": 52 + ROW_PIXELS}, force=True)
    expect(page).not_to_have_url(before)
    settle(page)
    nearest = system.client.nearest_districts(CUPERTINO.features).districts[1].input
    price = written(system.client.predict(nearest).prediction)
    expect(_price(page)).to_have_text(price, timeout=ANSWERED_MILLISECONDS)


def _expect_two_scenarios_kept_between_pages(system: System, page: Page) -> None:
    page.get_by_role("button", name="Pin this prediction").click()
    expect(page.get_by_role("button", name="Pinned")).to_be_visible()
    _ask(system, page, DELANO)
    page.get_by_role("button", name="Pin this prediction").click()
    expect(page.get_by_role("button", name="Pinned")).to_be_visible()
    page.get_by_role("tab", name="Scenarios").click()
    table = page.locator(".st-key-predict_comparison")
    expect(table).to_contain_text("−$")
    before = table.inner_text()
    page.get_by_role("link", name="Overview").click()
    expect(page.get_by_role("heading", name="Overview", level=1)).to_be_visible()
    page.get_by_role("link", name="Predict").click()
    page.get_by_role("tab", name="Scenarios").click()
    expect(table).to_be_visible(timeout=ANSWERED_MILLISECONDS)
    assert table.inner_text() == before
    page.get_by_role("button", name="Unpin").last.click()
    expect(page.get_by_role("button", name="Unpin")).to_have_count(1)


def _expect_the_link_to_fill_another_form(page: Page, browser: Browser) -> None:
    page.get_by_role("button", name="Link to this form").click()
    link = page.get_by_test_id("stPopoverBody").get_by_test_id("stCode").inner_text().strip()
    context = browser.new_context()
    other = context.new_page()
    other.goto(link)
    settle(other)
    for feature, value in zip(FEATURES, DELANO.inputs, strict=True):
        expect(_field(other, feature.label)).to_have_value(f"{value:.6g}")
    expect(_price(other)).to_have_text(_price(page).inner_text(), timeout=ANSWERED_MILLISECONDS)
    context.close()


def _price(page: Page) -> Locator:
    return page.locator(".st-key-predict_value")


def _field(page: Page, label: str) -> Locator:
    return page.get_by_role("spinbutton", name=re.compile(f"^{label} "))


def _amount(text: str) -> int:
    return int(text.replace("$", "").replace(",", "").replace("+", "").replace("−", "-"))


def _too_faint(page: Page) -> list[dict[str, object]]:
    texts: list[dict[str, object]] = page.evaluate(MEASURE)
    return [
        text
        for text in texts
        if float(str(text["contrast"])) < (READABLE_PICTURE if text["picture"] else READABLE)
    ]
