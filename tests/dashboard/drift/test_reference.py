"""The Drift page compares with an earlier period: the one before, or one whose ends are written."""

from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from backend.client import HousingClient
from dashboard.drift.report.document import drift_report
from storage.schema.records import utc_now
from tests.dashboard.conftest import OpenPage, Service, sentences
from tests.districts import unseen_districts
from tests.log_writing import spread_predictions

ROWS = 600


def test_an_earlier_period_is_compared_with(open_page: OpenPage, service: Service) -> None:
    with HousingClient(service.settings.addresses.backend_url, timeout_seconds=60) as client:
        client.predict_batch(unseen_districts(2 * ROWS, 1.5))
    service.store_records()
    now = utc_now()
    begin = now.replace(microsecond=0) - timedelta(hours=48)
    spread_predictions(service.settings, begin, now)
    page = open_page("drift", service)
    assert "1 of 8 inputs drifted" in said(page)
    page.selectbox(key="drift_reference").set_value("Period before").run()
    assert not sentences(page)
    text = said(page)
    assert "No drift] compared with an earlier period" in text
    assert "No significant difference from the earlier period." in text
    assert "No alarm] No alarm follows from a comparison with an earlier period." in text
    assert "usual traffic" not in text
    assert not [button for button in page.button if button.key == "drift_ask"]
    page.selectbox(key="drift_reference").set_value("Another period").run()
    assert page.warning[0].value == "Write both times of the period to compare with."
    assert not page.dataframe
    page.text_input(key="drift_reference_from").set_value(f"{begin:%Y-%m-%d %H:%M:%S}")
    end = begin + timedelta(hours=20)
    page.text_input(key="drift_reference_to").set_value(f"{end:%Y-%m-%d %H:%M:%S}").run()
    assert not sentences(page)
    reading = page.session_state["drift_reading"]
    assert (reading.found.reference.since, reading.found.reference.until) == (begin, end)
    assert reading.found.reference.n_samples == pytest.approx(ROWS * 20 / 24, abs=2)
    report = drift_report(reading.found, reading.refused, "Customers")
    assert f"the {reading.found.reference.n_samples} predictions of {begin:%Y-%m-%d}" in report
    page.text_input(key="drift_reference_to").set_value(f"{now:%Y-%m-%d %H:%M:%S}").run()
    assert sentences(page) == ["The period to compare with ends after the window begins."]


def said(page: AppTest) -> str:
    return "\n".join(markdown.value for markdown in page.markdown)
