"""What happened in the shown range is marked on charts of time, and told below them."""

from backend.client import HousingClient
from backend.contract.predictions import EXAMPLE, HousingFeatures
from storage.settings import Settings
from tests.conftest import KEYS
from tests.dashboard.conftest import OpenPage, Service, log_writer, sentences


def test_what_happened_meanwhile_is_marked_and_told(
    open_page: OpenPage, service_settings: Settings
) -> None:
    service = Service(service_settings)
    service.start()
    with HousingClient(service_settings.addresses.backend_url, KEYS["admin_key"]) as admin:
        admin.predict(HousingFeatures(**EXAMPLE))
        with log_writer(service):
            admin.change_monitoring_config(window_hours=12.0)
    service.store_records()
    page = open_page("latency", service, dashboard_key=KEYS["viewer_key"])
    assert not sentences(page)
    (marked,) = page.expander
    assert marked.label == "Marked: 1 × Configuration (C)"
    assert "window" in marked.markdown[0].value
    service.close()
