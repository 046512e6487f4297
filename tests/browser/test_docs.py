"""The interactive page about the API, in a real browser that can reach nothing but the service."""

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.console import System

pytestmark = pytest.mark.xdist_group("browser")


def test_a_prediction_is_tried_out_without_the_internet(system: System, browser: Browser) -> None:
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    elsewhere: list[str] = []
    complaints: list[str] = []

    def refuse_elsewhere(route: Route) -> None:
        if route.request.url.startswith(system.service_url):
            route.continue_()
        else:
            elsewhere.append(route.request.url)
            route.abort()

    page.route("**/*", refuse_elsewhere)
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{system.service_url}/docs")
    operation = page.locator("#operations-predictions-post_predictions_predict")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Execute").click()
    expect(operation.locator(".live-responses-table")).to_contain_text('"prediction_id"')
    assert elsewhere == []
    assert complaints == []
    page.context.close()
