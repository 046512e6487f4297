"""Trying the routes on the Alerts page: by name, with an admin key, and what each route said."""

from collections.abc import Iterator

import pytest

from backend.alerts.courier import Courier
from backend.alerts.store import AlertStore
from storage.settings import Settings
from tests.backend.alerts.test_courier import Kept
from tests.conftest import KEYS
from tests.dashboard.alerts.test_page import judged, told
from tests.dashboard.conftest import OpenPage, Service


@pytest.fixture
def service(service_settings: Settings) -> Iterator[Service]:
    """A service that knows the three keys, with a monitor that sends on two routes."""
    service = Service(service_settings)
    service.start()
    store = AlertStore(service_settings.paths)
    judged(store, bad=False, routes=("mailto 1", "webhook"))
    courier = Courier(store, {"mailto 1": Kept(), "webhook": Kept("No answer in 10 s.")})
    courier.start()
    yield service
    courier.stop()
    service.close()


def test_a_test_message_says_which_route_took_it(open_page: OpenPage, service: Service) -> None:
    page = open_page("alerts", service, dashboard_key=KEYS["operator_key"])
    page.button(key="alerts_try").click().run()
    assert page.button(key="trial_confirm").disabled
    page.text_input(key="trial_person").set_value("Ada Lovelace").run()
    page.button(key="trial_confirm").click().run()
    assert "admin" in page.error[0].value, "the console's key is an operator's"
    page.text_input(key="trial_key").set_value(KEYS["admin_key"]).run()
    page.button(key="trial_confirm").click().run()
    assert not page.error
    assert "**mailto 1** took it." in told(page)
    assert "**webhook** did not take it: No answer in 10 s." in told(page)
