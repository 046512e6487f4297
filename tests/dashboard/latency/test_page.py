"""The Latency page: figures of a range, whose requests count, held or live, and what it says without."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from backend.client import HousingClient, ServiceRefused
from backend.contract.predictions import EXAMPLE, HousingFeatures
from backend.contract.stored.traffic import Figures, Step, SummaryResponse, VersionChange
from dashboard.charts.time_steps import RING
from dashboard.latency.chart import latency_option, part_of, rate_of
from dashboard.shared.refresh import OFF, REFRESH
from dashboard.timeline.time_range import BEGIN, END, OWN, RANGE
from dashboard.wording.moment import on_axis
from tests.dashboard.conftest import OpenPage, Service, sentences

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TEN = timedelta(seconds=10)


def test_the_figures_are_those_of_the_service(
    open_page: OpenPage, service: Service, client: HousingClient
) -> None:
    _ask(client, good=8, bad=2)
    service.store_records()
    page = open_page("latency", service)
    assert not sentences(page)
    figures = {metric.label: metric.value for metric in page.metric}
    totals = client.traffic_summary().totals
    assert figures["Requests"] == "10"
    assert figures["Errors"] == "2 :small[:gray[20.0%]]"
    assert figures["Latency, p50"] == f"{totals.p50:.3g} ms"
    assert figures["Mean rate"].endswith(" /s")
    assert len(page.get("echarts_chart")) == 2
    slowest = page.dataframe[0].value["milliseconds"].tolist()
    assert len(slowest) == 10
    assert slowest == sorted(slowest, reverse=True)
    stages = page.dataframe[0].value[["parse", "model", "append", "write"]]
    assert stages.notna().all(axis=1).sum() == 8, "of the predictions, not of what was refused"
    assert any("Time of 8 predictions: " in caption.value for caption in page.caption)


def test_an_endpoint_can_be_chosen_once_it_was_seen(
    open_page: OpenPage, service: Service, client: HousingClient
) -> None:
    _ask(client, good=3, bad=0)
    client.info()
    service.store_records()
    page = open_page("latency", service).run()
    choice = page.selectbox(key="latency_endpoint")
    assert choice.options == ["Predictions", "All requests", "/info", "/predict"]
    choice.set_value("/info").run()
    assert page.metric[0].value == "1"
    assert page.dataframe[0].value["endpoint"].tolist() == ["/info"]
    _show(page, "7d")
    assert page.metric[0].value == "1"
    page.selectbox(key="latency_endpoint").set_value("All requests").run()
    assert int(page.metric[0].value) >= 4
    assert not sentences(page)


def test_without_refresh_a_page_stays_until_another_range_is_chosen(
    open_page: OpenPage, service: Service, client: HousingClient
) -> None:
    _ask(client, good=1, bad=0)
    service.store_records()
    page = open_page("latency", service)
    page.session_state[REFRESH] = OFF
    _ask(client, good=1, bad=0)
    service.store_records()
    page.run()
    assert page.metric[0].value == "1"
    assert any("Read at" in text.value for text in page.caption)
    _show(page, "1h")
    assert page.metric[0].value == "2"


def test_an_earlier_range_has_only_its_own_requests(
    open_page: OpenPage, service: Service, client: HousingClient
) -> None:
    _ask(client, good=1, bad=0)
    service.store_records()
    page = open_page("latency", service)
    page.session_state[BEGIN], page.session_state[END] = "2026-01-05 10:00", "2026-01-05 11:00"
    _show(page, OWN)
    (said,) = sentences(page)
    assert "kept for 90 d" in said
    hour = timedelta(hours=1)
    now = datetime.now(UTC)
    page.session_state[BEGIN], page.session_state[END] = (
        f"{time:%Y-%m-%d %H:%M:%S}" for time in (now - 3 * hour, now - 2 * hour)
    )
    page.run()
    assert any("No requests in the chosen range" in text.value for text in page.markdown)


def test_a_range_without_requests_says_so(open_page: OpenPage, service: Service) -> None:
    page = open_page("latency", service)
    assert not sentences(page)
    assert any("No requests in the last 15 minutes" in text.value for text in page.markdown)
    assert not page.metric


def test_without_the_service_one_sentence_then_everything_when_it_is_back(
    open_page: OpenPage, service: Service, client: HousingClient
) -> None:
    _ask(client, good=1, bad=0)
    service.store_records()
    service.stop()
    page = open_page("latency", service)
    assert len(sentences(page)) == 1
    service.start()
    page.run()
    assert not sentences(page)
    assert page.metric[0].value == "1"


def test_the_chart_names_units_errors_and_the_new_version() -> None:
    part = part_of(summary())
    option = latency_option(part)
    titles = [title["text"] for title in option["title"]]
    assert titles == ["Latency, ms", "Requests per second", "Errors per 10 seconds, 3 in total"]
    names = [series["name"] for series in option["series"] if "datasetIndex" not in series]
    assert names == ["p50", "p95", "p99", "Rate", "400", "503"]
    assert option["series"][0]["markLine"]["data"] == [
        {"xAxis": on_axis(NOON + TEN), "name": "628e4661"}
    ]
    over, running, _link = (dataset["source"] for dataset in option["dataset"])
    (first, second), (third,) = over, running
    assert (first["Rate"], first["400"], first["503"]) == (2.0, 2, 1)
    assert (second["Rate"], second["p50"]) == (0.0, None)
    assert third["Rate"] == pytest.approx(4.0), "over the five seconds that are over"
    (rate,) = (
        series
        for series in option["series"]
        if series["name"] == "Rate" and series.get("datasetIndex") == 1
    )
    assert (rate["symbol"], rate["showSymbol"]) == (RING, True)
    assert all("markLine" not in series for series in option["series"][1:])


def test_a_step_that_has_just_begun_has_no_rate() -> None:
    shown = summary().model_copy(update={"timestamp": NOON + timedelta(seconds=23)})
    part = part_of(shown)
    assert rate_of(part.steps[-1], part) is None


def summary() -> SummaryResponse:
    empty = Figures(requests=0, errors=0, errors_by_status={}, p50=None, p95=None, p99=None)
    busy = {"requests": 20, "p50": 1.0, "p95": 2.0, "p99": 3.0}
    failed = busy | {"errors": 3, "errors_by_status": {400: 2, 503: 1}}
    each: list[dict[str, Any]] = [failed, {}, busy]
    return SummaryResponse(
        timestamp=NOON + timedelta(seconds=25),
        since=NOON,
        until=NOON + 3 * TEN,
        step_seconds=10,
        series=[
            Step(
                time=NOON + place * TEN,
                until=NOON + (place + 1) * TEN,
                unfinished=place == 2,
                **empty.model_dump() | figures,
            )
            for place, figures in enumerate(each)
        ],
        totals=empty,
        requests_by_source={"client": 40},
        version_changes=[
            VersionChange(
                time=NOON + TEN,
                model_version="20261125T214922Z-628e4661",
                previous_version="20261124T214922Z-1a2b3c4d",
            )
        ],
        requests_by_endpoint={},
        heat=None,
        filters={},
    )


def _show(page: AppTest, choice: str) -> None:
    """Choose a range, as the header does."""
    page.session_state[RANGE] = choice
    page.run()


def _ask(client: HousingClient, good: int, bad: int) -> None:
    refused = HousingFeatures.model_construct(None, **EXAMPLE | {"MedInc": -1.0})
    for _ in range(good):
        client.predict(HousingFeatures(**EXAMPLE))
    for _ in range(bad):
        with pytest.raises(ServiceRefused):
            client.predict(refused)


def test_the_page_stands_alone(open_page: OpenPage, service: Service) -> None:
    page: AppTest = open_page("latency", service)
    assert [title.value for title in page.title] == ["Latency"]
