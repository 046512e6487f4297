"""Whose traffic the pages show: the monitor's probes are hidden or not counted, and every page says so."""

import pytest

from backend.client import HousingClient
from backend.contract.predictions import EXAMPLE, HousingFeatures
from storage.schema.source import Source
from tests.dashboard.conftest import OPERATOR_KEY, OpenPage, Service, sentences

ROW = HousingFeatures(**EXAMPLE)
PROBES = 3


def _client(service: Service, source: Source) -> HousingClient:
    url = service.settings.addresses.backend_url
    return HousingClient(url, OPERATOR_KEY, timeout_seconds=60, source=source)


@pytest.fixture
def probed(operated_service: Service) -> Service:
    """A service that one client and the console asked once, and the monitor three times."""
    asked: dict[Source, int] = {"client": 1, "console": 1, "probe": PROBES}
    for source, times in asked.items():
        with _client(operated_service, source) as client:
            for _ in range(times):
                client.predict(ROW)
    operated_service.store_records()
    return operated_service


def test_the_overview_hides_probes(open_page: OpenPage, probed: Service) -> None:
    page = open_page("overview", probed, dashboard_key=OPERATOR_KEY)
    assert float(page.metric[0].value.removesuffix(" /h")) == pytest.approx(2, abs=0.05)
    assert any(
        f"{PROBES} of the monitor's probes are hidden." in each.value for each in page.caption
    )
    assert len(page.dataframe[0].value) == 2
    assert not sentences(page)


def test_latency_hides_probes(open_page: OpenPage, probed: Service) -> None:
    page = open_page("latency", probed, dashboard_key=OPERATOR_KEY)
    assert page.metric[0].value == "2"
    assert any(
        f"{PROBES} of the monitor's probes are hidden." in each.value for each in page.caption
    )
    assert len(page.dataframe[0].value) == 2


@pytest.mark.parametrize(("tab", "name"), [("Requests", "request"), ("Predictions", "prediction")])
def test_logs_hide_probes_until_asked_for(
    open_page: OpenPage, probed: Service, tab: str, name: str
) -> None:
    page = open_page("logs", probed, dashboard_key=OPERATOR_KEY)
    page.session_state["logs_tab"] = tab
    page.run()
    if tab == "Requests":
        page.text_input(key="request_endpoint").set_value("/predict").run()
    counts = {"All but probes": 2, "Everything": 5, "Monitor's probes": PROBES, "This console": 1}
    for choice, rows in counts.items():
        page.selectbox(key=f"{name}_traffic").set_value(choice).run()
        assert len(page.dataframe[0].value) == rows, choice
    assert not sentences(page)


@pytest.mark.parametrize("name", ["drift", "performance"])
def test_what_is_judged_leaves_them_out_and_says_how_many(
    open_page: OpenPage, probed: Service, name: str
) -> None:
    page = open_page(name, probed, dashboard_key=OPERATOR_KEY)
    left_out = f"Not counted: 1 of this console, {PROBES} of the monitor's probes."
    assert any(left_out in each.value for each in page.caption)
    page.selectbox(key=f"{name}_traffic").set_value("Everything").run()
    assert not any("Not counted" in each.value for each in page.caption)
    texts = [each.value for each in [*page.markdown, *page.caption]]
    assert any("5 predictions" in text for text in texts)
    assert not sentences(page)


def test_the_console_says_that_it_asks(open_page: OpenPage, operated_service: Service) -> None:
    page = open_page("predict", operated_service, dashboard_key=OPERATOR_KEY)
    page.button(key="predict_submit").click().run()
    operated_service.store_records()
    with _client(operated_service, "client") as client:
        assert [row.source for row in client.predictions().predictions] == ["console"]
