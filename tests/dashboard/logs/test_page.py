"""The Logs page: filters, search, paging, both tabs, and what it says when it cannot read."""

import logging
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from backend.client import HousingClient
from backend.contract.predictions import EXAMPLE, HousingFeatures
from backend.routes.records import counts
from dashboard.logs.export import Prepared
from dashboard.logs.predictions import said_and_sent
from dashboard.timeline.time_range import BEGIN, END, OWN, RANGE
from storage.errors import DatabaseUnavailable
from storage.schema.counts import RowCounts
from storage.schema.records import LogRecord
from storage.spool.log_handler import open_spool
from storage.spool.spool import Spool
from tests.dashboard.conftest import OpenPage, Service, sentences


@pytest.fixture
def spool(service: Service) -> Iterator[Spool]:
    """A spool of another process that writes log lines."""
    spool = open_spool(service.settings)
    yield spool
    spool.close()


@pytest.fixture
def many_lines(service: Service, spool: Spool) -> None:
    """250 log lines: every tenth an error of the worker."""
    spool.append([_line(number) for number in range(250)])
    service.store_records()


def test_the_newest_lines_are_shown(
    open_page: OpenPage, service: Service, many_lines: None
) -> None:
    page = open_page("logs", service)
    assert not sentences(page)
    assert list(_messages(page))[:2] == ["line 249", "line 248"]
    assert len(_messages(page)) == 100


def test_older_and_newer_turn_the_pages(
    open_page: OpenPage, service: Service, many_lines: None
) -> None:
    page = open_page("logs", service)
    assert page.button(key="log_newer").disabled
    page.button(key="log_older").click().run()
    assert _messages(page)[0] == "line 149"
    page.button(key="log_older").click().run()
    assert _messages(page) == [f"line {number}" for number in range(49, -1, -1)]
    assert page.button(key="log_older").disabled
    page.button(key="log_newer").click().run()
    assert _messages(page)[0] == "line 149"
    assert not sentences(page)


def test_a_filter_begins_at_the_newest_again(
    open_page: OpenPage, service: Service, many_lines: None
) -> None:
    page = open_page("logs", service)
    page.button(key="log_older").click().run()
    page.selectbox(key="log_level").set_value("ERROR").run()
    assert _messages(page) == [f"line {number}" for number in range(240, -1, -10)]
    page.text_input(key="find").set_value("LINE 24").run()
    assert _messages(page) == ["line 240"]
    page.selectbox(key="log_level").set_value("Any level").run()
    page.text_input(key="find").set_value("").run()
    page.text_input(key="log_module").set_value("training").run()
    assert set(page.dataframe[0].value["module"]) == {"training.worker"}
    assert not sentences(page)


def test_a_click_on_a_value_filters_and_a_second_one_does_not(
    open_page: OpenPage, service: Service, many_lines: None
) -> None:
    page = open_page("logs", service)
    assert any(each.value.startswith("250 log lines, per ") for each in page.caption)
    value = page.button(key="log_by_module_1")
    assert "25" in value.label
    value.click().run()
    assert page.text_input(key="log_module").value == "training.worker"
    assert set(page.dataframe[0].value["module"]) == {"training.worker"}
    assert any(each.value.startswith("25 log lines, per ") for each in page.caption)
    page.button(key="log_by_level_0").click().run()
    assert page.selectbox(key="log_level").value == "ERROR"
    page.button(key="log_by_level_0").click().run()
    assert page.selectbox(key="log_level").value == "Any level"
    assert not sentences(page)


def test_lines_are_shown_even_if_counting_them_fails(
    open_page: OpenPage, service: Service, many_lines: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> RowCounts:
        raise DatabaseUnavailable("It takes too long.")

    monkeypatch.setattr(counts, "count_rows", fail)
    page = open_page("logs", service)
    assert _messages(page)[0] == "line 249"
    assert any(each.value.startswith("Counts unavailable") for each in page.caption)
    assert not sentences(page)


def test_a_time_window_narrows(open_page: OpenPage, service: Service, many_lines: None) -> None:
    page = open_page("logs", service)
    page.session_state[RANGE] = "1h"
    page.run()
    assert len(_messages(page)) == 100
    page.session_state[RANGE] = OWN
    page.session_state[BEGIN], page.session_state[END] = "2020-01-01 00:00", "2020-01-02 00:00"
    page.run()
    assert not page.dataframe
    assert any("No log lines match" in text.value for text in page.markdown)
    assert not sentences(page)


def test_a_page_stays_while_it_is_read_and_refresh_brings_the_newest(
    open_page: OpenPage, service: Service, many_lines: None, spool: Spool
) -> None:
    page = open_page("logs", service)
    spool.append([_line(1_000)])
    service.store_records()
    page.run()
    assert _messages(page)[0] == "line 249"
    page.button(key="log_refresh").click().run()
    assert _messages(page)[0] == "line 1000"


def test_requests_are_listed_and_filtered(
    open_page: OpenPage, service: Service, client: HousingClient
) -> None:
    client.predict(HousingFeatures(**EXAMPLE), request_id="asked-once")
    client.info()
    service.store_records()
    page = open_page("logs", service)
    _open_requests(page)
    table = page.dataframe[0].value
    assert {"/predict", "/info"} <= set(table["endpoint"])
    page.text_input(key="request_endpoint").set_value("/predict").run()
    assert list(page.dataframe[0].value["method"]) == ["POST"]
    page.number_input(key="request_status").set_value(404).run()
    assert any("No requests match" in text.value for text in page.markdown)
    assert not sentences(page)


def test_requests_are_filtered_by_a_click_and_sorted_by_latency(
    open_page: OpenPage, service: Service, client: HousingClient
) -> None:
    for _ in range(3):
        client.predict(HousingFeatures(**EXAMPLE))
    client.info()
    service.store_records()
    page = open_page("logs", service)
    _open_requests(page)
    page.button(key="request_by_status_0").click().run()
    assert page.number_input(key="request_status").value == 200
    page.button(key="request_by_sources_0").click().run()
    assert page.selectbox(key="request_traffic").value == "Clients"
    page.selectbox(key="request_order").set_value("Slowest first").run()
    latencies = list(page.dataframe[0].value["milliseconds"])
    assert latencies == sorted(latencies, reverse=True)
    page.number_input(key="request_latency").set_value(1e6).run()
    assert any("No requests match" in text.value for text in page.markdown)
    assert not sentences(page)


def test_a_live_list_follows_new_rows_until_it_is_switched_off(
    open_page: OpenPage, service: Service, many_lines: None, spool: Spool
) -> None:
    page = open_page("logs", service)
    page.toggle(key="log_live").set_value(True).run()
    spool.append([_line(1_001)])
    service.store_records()
    page.run()
    assert _messages(page)[0] == "line 1001"
    page.toggle(key="log_live").set_value(False).run()
    spool.append([_line(1_002)])
    service.store_records()
    page.run()
    assert _messages(page)[0] == "line 1001"
    assert not sentences(page)


@pytest.mark.parametrize(("form", "first"), [("CSV", b"id,"), ("JSON lines", b'{"id":')])
def test_what_matches_is_exported(
    open_page: OpenPage, service: Service, many_lines: None, form: str, first: bytes
) -> None:
    page = open_page("logs", service)
    page.selectbox(key="log_level").set_value("ERROR").run()
    page.radio(key="log_form").set_value(form).run()
    page.button(key="log_prepare").click().run()
    assert not sentences(page)
    ready: Prepared = page.session_state["log_prepared"]
    assert ready.rows == 25
    assert ready.content.startswith(first)
    assert any(each.value.startswith("25 log lines, 0.0 MB") for each in page.caption)
    page.selectbox(key="log_level").set_value("Any level").run()
    assert not page.get("download_button")


def test_predictions_are_found_by_what_their_caller_said(
    open_page: OpenPage, service: Service, client: HousingClient
) -> None:
    features = HousingFeatures(**EXAMPLE)
    client.predict(features)
    client.predict(features, reference="**17**", metadata={"channel": "web"})
    service.store_records()
    page = open_page("logs", service)
    page.session_state["logs_tab"] = "Predictions"
    page.run()
    assert len(page.dataframe[0].value) == 2
    page.text_input(key="find").set_value("**17**").run()
    assert page.dataframe[-1].value["metadata"].tolist() == ["channel=web"]
    page.text_input(key="find").set_value("").run()
    page.text_input(key="prediction_metadata").set_value("channel = web").run()
    assert page.dataframe[0].value["reference"].tolist() == ["**17**"]
    assert not sentences(page)
    page.text_input(key="prediction_metadata").set_value("1st=web").run()
    assert "A name of metadata begins with a letter" in sentences(page)[0]


def test_an_opened_prediction_shows_the_callers_words_as_they_are(
    service: Service, client: HousingClient
) -> None:
    client.predict(HousingFeatures(**EXAMPLE), reference="**17**", metadata={"channel": "$web$"})
    service.store_records()
    (row,) = client.predictions().predictions
    lines = said_and_sent(row).splitlines()
    assert lines[:4] == ["reference = **17**", "", "channel = $web$", ""]
    assert lines[4] == "MedInc = 8.3252"


def test_without_the_service_one_sentence_then_the_lines_when_it_is_back(
    open_page: OpenPage, service: Service, many_lines: None
) -> None:
    service.stop()
    page = open_page("logs", service)
    assert len(sentences(page)) == 1
    assert service.settings.addresses.backend_url in sentences(page)[0]
    service.start()
    page.run()
    assert not sentences(page)
    assert _messages(page)[0] == "line 249"


def test_a_missing_key_is_said_in_the_words_of_the_service(
    open_page: OpenPage, guarded_service: Service
) -> None:
    page = open_page("logs", guarded_service)
    assert sentences(page) == [
        "This needs a key with the role viewer; send `Authorization: Bearer <key>`."
    ]


def _line(number: int) -> LogRecord:
    return LogRecord(
        level="ERROR" if number % 10 == 0 else logging.getLevelName(logging.INFO),
        module="training.worker" if number % 10 == 0 else "backend.serving.model_host",
        message=f"line {number}",
        process="test",
    )


def _messages(page: AppTest) -> list[str]:
    return list(page.dataframe[0].value["message"])


def _open_requests(page: AppTest) -> None:
    page.session_state["logs_tab"] = "Requests"
    page.run()
